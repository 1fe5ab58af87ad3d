import { describe, expect, it } from "vitest";
import type { MockProvider, MockAPI } from "../../src/testing/index.ts";
import { CHAT, instant, post, type ReadObject, user } from "./support.ts";

type Message = Record<string, unknown>;

async function send(mock: MockAPI, messages: unknown, body: object = {}): Promise<[number, string | undefined]> {
  const response = await mock.fetch(CHAT, post({ model: "m", messages, ...body }));
  const text = await response.text();
  return [response.status, response.ok ? undefined : (JSON.parse(text) as ReadObject).error?.message];
}

const call = (id: string, given = "{}", extra: object = {}): Message => ({
  id,
  type: "function",
  function: { name: "f", arguments: given },
  ...extra,
});
const called = (message: Message = {}, ...calls: Message[]): Message[] => [
  ...user("Hi"),
  { role: "assistant", content: "", tool_calls: calls, ...message },
  ...calls.map(({ id }) => ({ role: "tool", tool_call_id: id, content: "1" })),
];
const ID = "aB3xK9mP2";
const signed = { extra_content: { google: { thought_signature: "sig" } } };
const block = { type: "reasoning.text", index: 0, text: "Hm", signature: "s", format: "anthropic-claude-v1" };

interface Case {
  readonly refused: Record<string, Message[]>;
  readonly accepted: Record<string, Message[]>;
}

const cases: Partial<Record<MockProvider, Case>> = {
  "workers-ai": {
    refused: {
      "null beside tool calls": called({ content: null }, call("a")),
      "no content beside tool calls": called({ content: undefined }, call("a")),
      "a list of text parts": user([{ type: "text", text: "Hi" }]),
    },
    accepted: {
      '"" beside tool calls': called({}, call("a")),
      "a picture": user([
        { type: "text", text: "Hi" },
        { type: "image_url", image_url: { url: "x" } },
      ]),
    },
  },
  bedrock: {
    refused: {
      '"" beside tool calls': called({}, call("a")),
      "a blank part": user([{ type: "text", text: " " }]),
      "an empty result": [
        ...called({ content: null }, call("a")).slice(0, 2),
        { role: "tool", tool_call_id: "a", content: "" },
      ],
    },
    accepted: { "null beside tool calls": called({ content: null }, call("a")) },
  },
  mistral: {
    refused: {
      "an id of OpenAI's": called({}, call("call_1234567890")),
      "an id of eight letters": called({}, call("abcdefgh")),
      "an id with a dash": called({}, call("abcd-fghi")),
      "another provider's reasoning": called({ reasoning_content: "Hm" }, call(ID)),
    },
    accepted: { "an id of nine letters and digits": called({}, call(ID)) },
  },
  vllm: {
    refused: {
      "arguments that are cut": called({}, call("a", '{"x":')),
      'arguments "" ': called({}, call("a", "")),
      "arguments that are no object": called({}, call("a", "null")),
    },
    accepted: { "arguments {}": called({}, call("a")) },
  },
  "llama.cpp": {
    refused: { "arguments that are cut": called({}, call("a", '{"x":')), 'arguments ""': called({}, call("a", "")) },
    accepted: { arguments: called({}, call("a", '{"x":1}')) },
  },
  gemini: {
    refused: {
      "a call without its thought signature": called({}, call("a")),
      "a signature on the second call only": called({}, call("a"), call("b", "{}", signed)),
      "an empty signature": called({}, call("a", "{}", { extra_content: { google: { thought_signature: "" } } })),
    },
    accepted: {
      "a signature on the first call": called({}, call("a", "{}", signed), call("b")),
      "calls of an earlier turn": [...called({}, call("a")), { role: "assistant", content: "1" }, ...user("More")],
    },
  },
  deepseek: {
    refused: { "calls without their reasoning": called({}, call("a")) },
    accepted: {
      "calls with their reasoning": called({ reasoning_content: "Hm" }, call("a")),
      "an answer without calls": [...user("Hi"), { role: "assistant", content: "Hi" }, ...user("More")],
    },
  },
  openrouter: {
    refused: {
      "a block in pieces": called(
        {
          reasoning_details: [
            { ...block, text: "H", signature: null },
            { ...block, text: "m", signature: null },
            { type: block.type, index: 0, signature: "s" },
          ],
        },
        call("a"),
      ),
      "a signature without its text": called({ reasoning_details: [{ ...block, text: undefined }] }, call("a")),
      "encrypted reasoning without data": called(
        { reasoning_details: [{ type: "reasoning.encrypted", index: 0 }] },
        call("a"),
      ),
    },
    accepted: {
      "a whole block": called({ reasoning_details: [block] }, call("a")),
      "blocks of two types at one index": called(
        { reasoning_details: [block, { type: "reasoning.encrypted", index: 0, data: "x" }] },
        call("a"),
      ),
    },
  },
  groq: {
    refused: { "another provider's field": called({ reasoning_content: "Hm" }, call("a")) },
    accepted: { "its own": called({ reasoning: "Hm" }, call("a")) },
  },
};

describe.each(Object.entries(cases))("the mock API as %s", (name, { refused, accepted }) => {
  const provider = name as MockProvider;

  it.each(Object.entries(refused))("refuses %s", async (_what, messages) => {
    const [status, message] = await send(instant({ provider }), messages);
    expect([400, 422]).toContain(status);
    expect(message).toBeTruthy();
    expect((await send(instant({ provider: "other" }), messages))[0]).toBe(200);
  });

  it.each(Object.entries(accepted))("accepts %s", async (_what, messages) => {
    expect(await send(instant({ provider }), messages)).toEqual([200, undefined]);
  });

  it("accepts fields and parts that OpenAI does not know", async () => {
    const messages = user([{ type: "video_url", video_url: { url: "x" } }]);
    const body = { top_k: 3, service_tier: "on_demand", tool_choice: "any", tools: [{ type: "x" }] };
    expect(await send(instant({ provider }), messages, body)).toEqual([200, undefined]);
    expect((await send(instant(), messages))[0]).toBe(400);
  });

  it("still requires a result for every call", async () => {
    const open = called({}, call(ID)).slice(0, 2);
    expect((await send(instant({ provider }), open))[0]).toBe(400);
  });

  it("accepts its own answer with a tool call back", async () => {
    for (const reply of [
      { toolCalls: [{ name: "f", arguments: {} }] },
      { reasoning: "Hm, so", toolCalls: [{ name: "f" }] },
    ]) {
      const mock = instant({ provider }).reply(reply);
      const asked = await mock.fetch(CHAT, post({ model: "m", messages: user("Hi") }));
      const { message } = ((await asked.json()) as ReadObject).choices[0]!;
      // Clients may have to change an answer before they send it back.
      const content = provider === "workers-ai" ? "" : message["content"];
      const kept = { ...message, content, annotations: undefined, refusal: undefined };
      if (["mistral", "groq"].includes(provider)) delete (kept as Message)["reasoning_content"];
      const results = message.tool_calls!.map(({ id }) => ({ role: "tool", tool_call_id: id, content: "1" }));
      expect(await send(mock, [...user("Hi"), kept, ...results])).toEqual([200, undefined]);
    }
  });
});

describe("two tools with one name", () => {
  const tools = ["f", "g", "f"].map((name) => ({ type: "function", function: { name } }));

  it("are refused by gemini", async () => {
    expect(await send(instant({ provider: "gemini" }), user("Hi"), { tools })).toEqual([
      400,
      "Duplicate function declaration found: f",
    ]);
    expect((await send(instant({ provider: "gemini" }), user("Hi"), { tools: tools.slice(1) }))[0]).toBe(200);
  });

  it("are accepted by openai", async () => {
    expect((await send(instant(), user("Hi"), { tools }))[0]).toBe(200);
  });
});

describe("the mock API as openrouter", () => {
  it("sends reasoning in pieces with a signature at the end, and refuses changes to it", async () => {
    const mock = instant({ provider: "openrouter" }).reply({ reasoning: "Let me think about it", text: "Yes" });
    const response = await mock.fetch(CHAT, post({ model: "m", messages: user("Hi"), stream: true }));
    const details = (await response.text())
      .split("\n\n")
      .filter((event) => event.startsWith("data: {"))
      .map((event) => JSON.parse(event.slice(6)) as ReadObject)
      .flatMap((chunk) => (chunk.choices[0]?.delta["reasoning_details"] ?? []) as Message[]);
    expect(details.length).toBeGreaterThan(2);
    expect(details.every(({ index }) => index === 0)).toBe(true);
    const text = details.map((piece) => (piece["text"] as string | undefined) ?? "").join("");
    const { signature } = details.at(-1)!;
    expect([text, typeof signature]).toEqual(["Let me think about it", "string"]);
    const back = (words: string) => [
      ...user("Hi"),
      { role: "assistant", content: "Yes", reasoning_details: [{ ...block, text: words, signature }] },
      ...user("More"),
    ];
    expect((await send(mock, back(text)))[0]).toBe(200);
    expect(await send(mock, back(`${text} `))).toEqual([
      400,
      "messages.1.content.0: Invalid `signature` in `thinking` block",
    ]);
  });

  it("refuses a scripted signed block that comes back changed", async () => {
    const delta = (fields: object) => ({
      choices: [{ index: 0, delta: { reasoning_details: [{ ...block, ...fields }] } }],
    });
    const mock = instant({ provider: "openrouter" }).reply({
      chunks: [
        delta({ text: "One ", signature: undefined }),
        delta({ text: "two", signature: undefined }),
        delta({ text: undefined, signature: "from-a-test" }),
      ],
    });
    await (await mock.fetch(CHAT, post({ model: "m", messages: user("Hi"), stream: true }))).text();
    const back = (text: string) => [
      ...user("Hi"),
      { role: "assistant", content: "Yes", reasoning_details: [{ ...block, text, signature: "from-a-test" }] },
      ...user("More"),
    ];
    expect((await send(mock, back("One two")))[0]).toBe(200);
    expect((await send(mock, back("One  two")))[0]).toBe(400);
  });
});

it.each<[MockProvider, string]>([
  ["gemini", "https://generativelanguage.googleapis.com/v1beta/openai/chat/completions"],
  ["workers-ai", "https://api.cloudflare.com/client/v4/accounts/a/ai/v1/chat/completions"],
  ["deepseek", "https://api.deepseek.com/chat/completions"],
  ["azure", "https://x.openai.azure.com/openai/deployments/my-gpt/chat/completions?api-version=1"],
])("the mock API as %s answers at the service's address", async (provider, url) => {
  const response = await instant({ provider }).fetch(url, post({ model: "m", messages: user("Hi") }));
  expect(response.status).toBe(200);
});
