import { chunk, delta, DONE, event, finish, ROLE } from "../wire.ts";
import type { Scenario } from "./scenario.ts";

const calls = (...deltas: object[]): string => event(chunk({ tool_calls: deltas }));
const args = (text: string, more: object = {}): object => ({ ...more, function: { arguments: text } });
const named = (id: string, name: string, text = "", more: object = {}): object => ({
  id,
  type: "function",
  function: { name, arguments: text },
  ...more,
});
const both = [
  ["add", '{"a":1,"b":2}'],
  ["sub", '{"a":3}'],
] as const;
const end = [finish("tool_calls"), DONE];

/** Answers of services that differ from OpenAI. */
export const providers: Scenario[] = [
  {
    name: "one tool call in OpenAI's format",
    reply: {
      body: [
        ROLE,
        calls(named("call_1", "add", "", { index: 0 })),
        calls(args('{"a":1,', { index: 0 })),
        calls(args('"b":2}', { index: 0 })),
        ...end,
      ],
    },
    ending: "tool_calls",
    text: "",
    calls: [["add", '{"a":1,"b":2}']],
  },
  {
    name: "two tool calls, one after the other",
    reply: {
      body: [
        calls(named("call_1", "add", "", { index: 0 })),
        calls(args('{"a":1,"b":2}', { index: 0 })),
        calls(named("call_2", "sub", "", { index: 1 })),
        calls(args('{"a":3}', { index: 1 })),
        ...end,
      ],
    },
    ending: "tool_calls",
    text: "",
    calls: both,
  },
  {
    name: "two tool calls, interleaved character by character",
    hostile: true,
    reply: {
      body: [
        calls(named("call_1", "add", "", { index: 0 }), named("call_2", "sub", "", { index: 1 })),
        ...Array.from('{"a":1,"b":2}').map((char, at) =>
          calls(args(char, { index: 0 }), args('{"a":3}'[at] ?? "", { index: 1 })),
        ),
        ...end,
      ],
    },
    ending: "tool_calls",
    text: "",
    calls: both,
  },
  {
    name: "tool calls without an index, whole (Gemini)",
    hostile: true,
    reply: { body: [calls(named("", "add", '{"a":1,"b":2}'), named("", "sub", '{"a":3}')), finish("stop"), DONE] },
    ending: "tool_calls",
    text: "",
    calls: both,
  },
  {
    name: "tool calls without an index, in two events",
    hostile: true,
    reply: {
      body: [
        calls(named("function-call-1", "add", '{"a":1,"b":2}')),
        calls(named("function-call-2", "sub", '{"a":3}')),
        finish("stop"),
        DONE,
      ],
    },
    ending: "tool_calls",
    text: "",
    calls: both,
  },
  {
    name: "the same call twice without an index or id",
    hostile: true,
    reply: {
      body: [
        calls({ type: "function", function: { name: "add", arguments: '{"a":1}' } }),
        calls({ type: "function", function: { name: "add", arguments: '{"a":2}' } }),
        finish("stop"),
        DONE,
      ],
    },
    ending: "tool_calls",
    text: "",
    calls: [
      ["add", '{"a":1}'],
      ["add", '{"a":2}'],
    ],
  },
  {
    name: "a new call under the same index, with a new id",
    hostile: true,
    reply: {
      body: [
        calls(named("call_1", "add", '{"a":1,"b":2}', { index: 0 })),
        calls(named("call_2", "sub", "", { index: 0 })),
        calls(args('{"a":3}', { index: 0 })),
        ...end,
      ],
    },
    ending: "tool_calls",
    text: "",
    calls: both,
  },
  {
    name: "null for every field that is not repeated",
    hostile: true,
    reply: {
      body: [
        calls(named("call_1", "add", "", { index: 0 })),
        calls({ index: 0, id: null, type: null, function: { name: null, arguments: '{"a":1,"b":2}' } }),
        calls({ index: 0, id: null, function: { name: null, arguments: null } }),
        calls({ index: 0, function: null }),
        event(chunk({ tool_calls: null, content: null })),
        ...end,
      ],
    },
    ending: "tool_calls",
    text: "",
    calls: [["add", '{"a":1,"b":2}']],
    keeps: { tool_calls: [{ id: "call_1" }] },
  },
  {
    name: "indices that start at 1",
    hostile: true,
    reply: {
      body: [
        calls(named("call_1", "add", '{"a":1,"b":2}', { index: 1 })),
        calls(named("call_2", "sub", '{"a":3}', { index: 2 })),
        ...end,
      ],
    },
    ending: "tool_calls",
    text: "",
    calls: both,
  },
  {
    name: "empty ids (llama.cpp)",
    hostile: true,
    reply: {
      body: [
        calls(named("", "add", "", { index: 0 })),
        calls({ index: 0, id: "", function: { arguments: '{"a":1,"b":2}' } }),
        calls(named("", "sub", '{"a":3}', { index: 1 })),
        ...end,
      ],
    },
    ending: "tool_calls",
    text: "",
    calls: both,
  },
  {
    name: "the name and id repeated in every fragment",
    hostile: true,
    reply: {
      body: [
        calls(named("call_1", "add", '{"a":1,', { index: 0 })),
        calls(named("call_1", "add", '"b":2}', { index: 0 })),
        ...end,
      ],
    },
    ending: "tool_calls",
    text: "",
    calls: [["add", '{"a":1,"b":2}']],
  },
  {
    name: "a call with no arguments at all",
    reply: { body: [calls({ index: 0, id: "call_1", type: "function", function: { name: "now" } }), ...end] },
    ending: "tool_calls",
    text: "",
    calls: [["now", ""]],
  },
  {
    name: "text beside a call",
    reply: { body: [delta("Let me see."), calls(named("call_1", "now", "{}", { index: 0 })), ...end] },
    ending: "tool_calls",
    text: "Let me see.",
    calls: [["now", "{}"]],
  },
  {
    name: "an empty list of calls beside text",
    hostile: true,
    reply: { body: [event(chunk({ content: "Hello", tool_calls: [] })), finish(), DONE] },
    ending: "complete",
    text: "Hello",
    calls: [],
  },
  {
    name: "a legacy function call",
    reply: {
      body: [
        event(chunk({ role: "assistant", content: null, function_call: { name: "add", arguments: "" } })),
        event(chunk({ function_call: { arguments: '{"a":1,' } })),
        event(chunk({ function_call: { arguments: '"b":2}' } })),
        finish("function_call"),
        DONE,
      ],
    },
    ending: "tool_calls",
    text: "",
    keeps: { function_call: { name: "add", arguments: '{"a":1,"b":2}' } },
  },
  {
    name: "a thought signature that Gemini requires back",
    reply: {
      body: [
        calls(named("c1", "now", "{}", { extra_content: { google: { thought_signature: "abc=" } } })),
        finish("stop"),
        DONE,
      ],
    },
    ending: "tool_calls",
    text: "",
    calls: [["now", "{}"]],
    keeps: { tool_calls: [{ extra_content: { google: { thought_signature: "abc=" } } }] },
  },
  {
    name: "reasoning as DeepSeek names it",
    reply: {
      body: [
        event(chunk({ role: "assistant", content: null, reasoning_content: "Hmm" })),
        event(chunk({ reasoning_content: ", yes", content: null })),
        event(chunk({ content: "Hello", reasoning_content: null })),
        finish(),
        DONE,
      ],
    },
    ending: "complete",
    text: "Hello",
    reasoning: "Hmm, yes",
    keeps: { reasoning_content: "Hmm, yes" },
  },
  {
    name: "reasoning as OpenRouter and Groq name it",
    reply: { body: [event(chunk({ reasoning: "Hmm" })), delta("Hello"), finish(), DONE] },
    ending: "complete",
    text: "Hello",
    reasoning: "Hmm",
    keeps: { reasoning: "Hmm" },
  },
  {
    name: "the same reasoning under two names",
    hostile: true,
    reply: { body: [event(chunk({ reasoning: "Hmm", reasoning_content: "Hmm" })), delta("Hello"), finish(), DONE] },
    ending: "complete",
    text: "Hello",
    reasoning: "Hmm",
  },
  {
    name: "thinking among the content's parts (Mistral)",
    hostile: true,
    reply: {
      body: [
        event(chunk({ content: [{ type: "thinking", thinking: [{ type: "text", text: "Hmm" }] }] })),
        event(chunk({ content: [{ type: "text", text: "Hel" }] })),
        delta("lo"),
        finish(),
        DONE,
      ],
    },
    ending: "complete",
    text: "Hello",
    reasoning: "Hmm",
  },
  {
    name: "no role in any delta",
    reply: { body: [delta("Hello"), finish(), DONE] },
    ending: "complete",
    text: "Hello",
  },
  {
    name: "a role in every delta",
    reply: {
      body: [
        event(chunk({ role: "assistant", content: "Hel" })),
        event(chunk({ role: "assistant", content: "lo" })),
        finish(),
        DONE,
      ],
    },
    ending: "complete",
    text: "Hello",
  },
  {
    name: "usage in the finish chunk (llama.cpp)",
    reply: {
      body: [
        delta("Hello"),
        event(chunk({}, "stop", { usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 } })),
        DONE,
      ],
    },
    ending: "complete",
    text: "Hello",
    tokens: 7,
  },
  {
    name: "usage that grows in every chunk",
    hostile: true,
    reply: {
      body: [
        event(chunk({ content: "Hel" }, null, { usage: { prompt_tokens: 3, completion_tokens: 1, total_tokens: 4 } })),
        event(chunk({ content: "lo" }, "stop", { usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 } })),
        DONE,
      ],
    },
    ending: "complete",
    text: "Hello",
    tokens: 5,
  },
  {
    name: "the last text in the finish chunk",
    reply: { body: [delta("Hel"), event(chunk({ content: "lo" }, "stop")), DONE] },
    ending: "complete",
    text: "Hello",
  },
  {
    name: "a finish reason with another provider's name",
    hostile: true,
    reply: { body: [delta("Hello"), finish("eos"), DONE] },
    ending: "complete",
    text: "Hello",
  },
  {
    name: "the limit with another provider's name",
    hostile: true,
    reply: { body: [delta("Hello"), finish("MAX_TOKENS"), DONE] },
    ending: "length",
    text: "Hello",
  },
  {
    name: "two choices, interleaved",
    reply: {
      body: [
        event({ ...chunk({}), choices: [{ index: 1, delta: { content: "B1" }, finish_reason: null }] }),
        event({ ...chunk({}), choices: [{ index: 0, delta: { content: "A1" }, finish_reason: null }] }),
        event({
          ...chunk({}),
          choices: [
            { index: 0, delta: { content: "A2" }, finish_reason: "stop" },
            { index: 1, delta: { content: "B2" }, finish_reason: "stop" },
          ],
        }),
        DONE,
      ],
    },
    ending: "complete",
    text: "A1A2",
    choices: ["A1A2", "B1B2"],
  },
  {
    name: "two choices, of which one never ends",
    hostile: true,
    reply: {
      body: [
        event({
          ...chunk({}),
          choices: [
            { index: 0, delta: { content: "A" }, finish_reason: "stop" },
            { index: 1, delta: { content: "B" }, finish_reason: null },
          ],
        }),
      ],
    },
    ending: "truncated",
    text: "A",
  },
  {
    name: "a choice without an index",
    hostile: true,
    reply: {
      body: [
        event({ choices: [{ delta: { content: "Hello" } }] }),
        event({ choices: [{ delta: {}, finish_reason: "stop" }] }),
        DONE,
      ],
    },
    ending: "complete",
    text: "Hello",
  },
  {
    name: "__proto__ where a field is expected",
    hostile: true,
    reply: {
      body: [
        'data: {"__proto__":{"polluted":1},"choices":[{"index":0,"__proto__":{"polluted":1},"delta":{"content":"Hello","__proto__":{"polluted":1},"extra":{"__proto__":{"polluted":1}}}}]}\n\n',
        finish(),
        DONE,
      ],
    },
    ending: "complete",
    text: "Hello",
  },
  {
    name: "absurd indices",
    hostile: true,
    reply: { body: [delta("Hello"), calls(named("c1", "now", "{}", { index: 4_000_000_000 })), ...end] },
    ending: "tool_calls",
    text: "Hello",
    calls: [["now", "{}"]],
  },
  {
    name: "a field nested ten thousand levels deep",
    hostile: true,
    reply: {
      body: [
        `data: {"choices":[{"index":0,"delta":{"content":"Hello","deep":${"[".repeat(10_000)}${"]".repeat(10_000)}}}]}\n\n`,
        finish(),
        DONE,
      ],
    },
    ending: "complete",
    text: "Hello",
    streams: ["whole", 16384],
  },
];
