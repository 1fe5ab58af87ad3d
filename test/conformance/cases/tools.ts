import type { ContentPart, Message } from "../../../src/index.ts";
import type { ConformanceCase, Fetchat, Script, Testing } from "../case.ts";
import { all, equal, match, ok, rejects } from "../expect.ts";
import { answer, chunk, completion, DONE, event, finish, jsonReply, streamed } from "../wire.ts";

type Reply = ReturnType<typeof completion>;

/** Returns a call with its arguments as text, or as a value to write as JSON. */
const call = (id: string, name: string, args: unknown = {}): object => ({
  id,
  type: "function",
  function: { name, arguments: typeof args === "string" ? args : JSON.stringify(args) },
});
const said = (message: object, reason: string): Reply =>
  jsonReply({
    id: "c",
    object: "chat.completion",
    created: 1,
    model: "gpt-6-luna",
    choices: [{ index: 0, message: { role: "assistant", content: null, ...message }, finish_reason: reason }],
  });
const asks = (...calls: object[]): Reply => said({ tool_calls: calls }, "tool_calls");
const pieces = (...deltas: object[]): string => event(chunk({ tool_calls: deltas }));
const piece = (index: number, text: string): object => ({ index, function: { arguments: text } });
const head = (index: number, id: string, name: string, text = ""): object => ({ index, ...call(id, name, text) });

/** Returns the results in the last request, after checking all of it against the API's rules. */
async function results(script: Script, testing: Testing): Promise<[id: string, content: unknown][]> {
  const body = (await script.exchanges()).at(-1)?.body as { messages: Message[] };
  equal(testing.checkMessages(body.messages), undefined, "what the API holds against the history");
  return body.messages.flatMap((message) =>
    message.role === "tool" ? [[message.tool_call_id, message.content] as [string, unknown]] : [],
  );
}

/** A schema of the standard interface with a city. */
const CITY = {
  "~standard": {
    version: 1,
    vendor: "house",
    jsonSchema: { input: () => ({ type: "object", properties: { city: { type: "string" } }, required: ["city"] }) },
    validate: (value: unknown) =>
      typeof (value as { city?: unknown }).city === "string"
        ? { value }
        : { issues: [{ message: "no city", path: ["city"] }] },
  },
};

function tools({ tool }: Fetchat) {
  const ran: string[] = [];
  const note = (id: string): string => (ran.push(id), `done ${id}`);
  const good = tool({ name: "good", execute: (_args, { toolCallId }) => note(toolCallId) });
  const checked = tool<{ city: string }>({
    name: "checked",
    parameters: CITY,
    execute: (_args, { toolCallId }) => note(toolCallId),
  });
  const typed = tool({
    name: "typed",
    parameters: { type: "object", properties: { n: { type: "number" } }, required: ["n"] },
    execute: (_args, { toolCallId }) => note(toolCallId),
  });
  return { ran, good, checked, typed };
}

/** The loop of a session that runs the calls. */
const run: ConformanceCase[] = [
  {
    name: "calls of one answer run concurrently, and each has one result in the order of the calls",
    async run({ talk, fetchat, testing }) {
      const { client, script } = await talk(asks(call("a", "slow"), call("b", "quick")), completion("Done."));
      let open = (): void => undefined;
      const opened = new Promise<void>((resolve) => (open = resolve));
      const slow = fetchat.tool({ name: "slow", execute: async () => (await opened, "slow result") });
      const quick = fetchat.tool({ name: "quick", execute: () => (setTimeout(open), "quick result") });
      equal(await client.newChatSession({ tools: [slow, quick] }).send("Go"), "Done.");
      equal(await results(script, testing), [
        ["a", "slow result"],
        ["b", "quick result"],
      ]);
    },
  },
  {
    name: "an unknown name and invalid arguments are reported to the model, and nothing runs",
    hostile: true,
    async run({ talk, fetchat, testing }) {
      const { ran, good, checked, typed } = tools(fetchat);
      const wrong = [
        call("a", "none"),
        call("b", "checked", '{"city":"Os'),
        call("c", "checked", { city: 5 }),
        call("d", "typed", { n: "5" }),
        call("e", "__proto__"),
        call("f", "good"),
      ];
      const { client, script } = await talk(asks(...wrong), completion("Sorry."));
      equal(await client.newChatSession({ tools: [good, checked, typed] }).send("Go"), "Sorry.");
      equal(ran, ["f"]);
      match(await results(script, testing), [
        ["a", /^Error: .*good, checked, typed.*none/],
        ["b", /^Error: arguments: expected JSON/],
        ["c", /^Error: arguments\.city: .*no city/],
        ["d", /^Error: arguments\.n: expected number/],
        ["e", /^Error: /],
        ["f", "done f"],
      ]);
    },
  },
  {
    name: "a tool that throws or times out is reported to the model and the program, and other calls keep their results",
    hostile: true,
    async run({ talk, fetchat, testing }) {
      const { client, script } = await talk(
        asks(call("a", "throws"), call("b", "hangs"), call("c", "good")),
        completion("Sorry."),
      );
      let told: unknown;
      const throws = fetchat.tool({ name: "throws", execute: () => Promise.reject(new Error("boom")) });
      const hangs = fetchat.tool({
        name: "hangs",
        timeout: 30,
        execute: (_args, { signal }) =>
          new Promise(() => signal.addEventListener("abort", () => void (told = signal.reason))),
      });
      const chat = client.newChatSession({ tools: [throws, hangs, tools(fetchat).good] });
      const failed: unknown[] = [];
      for await (const one of await chat.stream("Go"))
        if (one.type === "tool_result" && one.outcome.error) failed.push(one.outcome.error);
      match(failed, [
        { kind: "ToolError", toolName: "throws", toolCallId: "a" },
        { kind: "ToolError", toolName: "hangs", toolCallId: "b" },
      ]);
      match(told, { message: /No result within 30 ms/ });
      match(await results(script, testing), [
        ["a", "Error: boom"],
        ["b", /^Error: No result within 30 ms.*outcome is unknown/],
        ["c", "done c"],
      ]);
    },
  },
  {
    name: "a turn that reaches maxSteps ends with a result for every call and none run",
    async run({ talk, fetchat, testing }) {
      const { ran, good } = tools(fetchat);
      const { client, script } = await talk(
        asks(call("a", "good")),
        asks(call("b", "good"), call("c", "none")),
        completion("Enough."),
      );
      const chat = client.newChatSession({ tools: [good], maxSteps: 2 });
      equal(await chat.send("Go"), "");
      equal([chat.lastTurn?.ending, ran], ["max_steps", ["a"]]);
      equal(await chat.send("Well?"), "Enough.");
      match(await results(script, testing), [
        ["a", "done a"],
        ["b", /^Not run/],
        ["c", /^Not run/],
      ]);
    },
  },
  {
    name: "an abort reaches the running tool, keeps the part that arrived, and leaves a history that the API accepts",
    hostile: true,
    async run({ talk, fetchat, testing }) {
      const { client, script } = await talk(
        asks(call("a", "good"), call("b", "hangs"), call("c", "good")),
        completion("Go on."),
      );
      const stopper = new AbortController();
      let told = false;
      const hangs = fetchat.tool({
        name: "hangs",
        execute: (_args, { signal }) => {
          signal.addEventListener("abort", () => (told = true));
          setTimeout(() => stopper.abort(), 20);
          return new Promise(() => undefined);
        },
      });
      const { ran, good } = tools(fetchat);
      const chat = client.newChatSession({ tools: [good, hangs], maxParallelTools: 2 });
      await rejects(chat.send("Go", {}, { signal: stopper.signal }), { name: "AbortError" });
      ok(told, "the tool's signal did not fire");
      equal(await chat.generateResponse(), "Go on.");
      equal(ran, ["a", "c"]);
      match(await results(script, testing), [
        ["a", "done a"],
        ["b", /outcome is unknown/],
        ["c", "done c"],
      ]);
    },
  },
  {
    name: "results are sent as text, as JSON, and as images, which follow in a message of their own",
    async run({ talk, fetchat, testing }) {
      const picture: ContentPart[] = [
        { type: "text", text: "A map" },
        { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } },
      ];
      const given: Record<string, unknown> = { text: "plain", json: { a: [1, null] }, nothing: undefined, picture };
      const { client, script } = await talk(
        asks(...Object.keys(given).map((name) => call(name, name))),
        completion("Seen."),
      );
      const list = Object.entries(given).map(([name, value]) => fetchat.tool({ name, execute: () => value }));
      equal(await client.newChatSession({ tools: list }).send("Go"), "Seen.");
      equal(await results(script, testing), [
        ["text", "plain"],
        ["json", '{"a":[1,null]}'],
        ["nothing", "null"],
        ["picture", [{ type: "text", text: "A map" }]],
      ]);
      const { messages } = (await script.exchanges())[1]?.body as { messages: Message[] };
      match(messages.at(-1), { role: "user", content: [{ type: "text" }, picture[1]] });
    },
  },
  {
    name: "a strict tool does not get null for an optional argument, and its schema is valid in strict mode",
    async run({ talk, fetchat }) {
      const { client, script } = await talk(
        asks(call("a", "look", { city: "Oslo", unit: null, note: null })),
        completion("Rain."),
      );
      const seen: unknown[] = [];
      const parameters = {
        type: "object",
        properties: {
          city: { type: "string", minLength: 1 },
          unit: { enum: ["C", "F"] },
          note: { type: ["string", "null"] },
        },
        required: ["city", "note"],
      } as const;
      const look = fetchat.tool({
        name: "look",
        parameters: fetchat.strict(parameters),
        execute: (args) => void seen.push(args),
      });
      equal(await client.newChatSession({ tools: [look] }).send("Oslo?"), "Rain.");
      equal(seen, [{ city: "Oslo", note: null }]);
      const { tools: sent } = (await script.exchanges())[0]?.body as { tools: [{ function: { parameters: object } }] };
      equal(sent[0].function.parameters, {
        type: "object",
        properties: {
          city: { type: "string", description: "(minLength: 1)" },
          unit: { anyOf: [{ type: "string", enum: ["C", "F"] }, { type: "null" }] },
          note: { type: ["string", "null"] },
        },
        required: ["city", "unit", "note"],
        additionalProperties: false,
      });
    },
  },
  {
    name: "a forced tool choice applies to the first request of a turn, parallel_tool_calls to all of them",
    async run({ talk, fetchat }) {
      const { good } = tools(fetchat);
      const { client, script } = await talk(asks(call("a", "good")), completion("Done."));
      equal(
        await client
          .newChatSession({ tools: [good] })
          .send("Go", { tool_choice: "required", parallel_tool_calls: false }),
        "Done.",
      );
      match(
        (await script.exchanges()).map(({ body }) => body),
        [
          { tool_choice: "required", parallel_tool_calls: false },
          { tool_choice: "auto", parallel_tool_calls: false },
        ],
      );
    },
  },
];

/** The same loop in a stream. */
const stream: ConformanceCase[] = [
  {
    name: "events of a turn are in order: a call as it is written, the end of the step, the call's run and result, the answer",
    streams: true,
    async run({ talk, fetchat, testing }) {
      const args = '{"city":"Oslo"}';
      const asked = streamed(
        pieces(head(0, "a", "look")),
        ...Array.from(args, (char) => pieces(piece(0, char))),
        finish("tool_calls"),
        DONE,
      );
      const { client, script } = await talk(asked, streamed(...answer("Rain")));
      const look = fetchat.tool({ name: "look", execute: ({ city }) => `rain in ${String(city)}` });
      const events = await all(await client.newChatSession({ tools: [look] }).stream("Oslo?"));
      const order = events
        .map(({ type }) => type)
        .filter((type, at, types) => type !== "chunk" && type !== types[at - 1]);
      equal(order, [
        "step_start",
        "tool_call_delta",
        "step_end",
        "tool_call",
        "tool_result",
        "step_start",
        "text",
        "step_end",
      ]);
      equal(events.map((one) => (one.type === "tool_call_delta" ? one.arguments : "")).join(""), args);
      equal(await results(script, testing), [["a", "rain in Oslo"]]);
    },
  },
  {
    name: "two streamed calls, interleaved byte by byte, run with their own arguments",
    hostile: true,
    streams: true,
    async run({ talk, fetchat, testing }) {
      const texts = ['{"n":1,"of":"a"}', '{"n":2,"of":"bc"}'];
      const mixed = Array.from({ length: 17 }, (_, at) =>
        pieces(...texts.map((text, index) => piece(index, text.slice(at, at + 1)))),
      );
      const { client, script } = await talk(
        streamed(pieces(head(0, "a", "echo"), head(1, "b", "echo")), ...mixed, finish("tool_calls"), DONE),
        streamed(...answer("Done.")),
      );
      const echo = fetchat.tool({ name: "echo", execute: (args) => args });
      equal((await (await client.newChatSession({ tools: [echo] }).stream("Go")).final()).text, "Done.");
      equal(await results(script, testing), [
        ["a", texts[0]],
        ["b", texts[1]],
      ]);
    },
  },
  {
    name: "calls that a limit or a broken connection cut never run, and the session continues",
    hostile: true,
    streams: true,
    async run({ talk, fetchat, testing }) {
      const { ran, good, typed } = tools(fetchat);
      const cut = [pieces(head(0, "a", "good", "{}")), pieces(head(1, "b", "typed", '{"n":1'))];
      const { client, script } = await talk(
        streamed(...cut, finish("length"), DONE),
        streamed(...cut),
        streamed(...answer("Whole.")),
      );
      const chat = client.newChatSession({ tools: [good, typed] });
      await (await chat.stream("Go")).final();
      equal(chat.lastTurn?.ending, "length");
      await rejects((await chat.stream("Again")).final(), { ending: "truncated" });
      equal((await (await chat.stream()).final()).text, "Whole.");
      equal([ran, await results(script, testing)], [[], []]);
    },
  },
];

const ADD = ["add", '{"a":1,"b":2}'] as const;
const SUB = ["sub", '{"a":3}'] as const;
const fragment = (more: object, name?: string, args?: unknown): object => ({
  ...more,
  function: { ...(name !== undefined && { name }), ...(args !== undefined && { arguments: args }) },
});

/** Fragments of calls as providers send them, besides those of the streaming scenarios, and the expected calls. */
const shapes: readonly (readonly [
  name: string,
  events: readonly object[],
  calls: readonly (readonly [name: string, args: string])[],
])[] = [
  [
    "whose indices are texts",
    [
      fragment({ index: "0", id: "a" }, "add", ""),
      fragment({ index: "1", id: "b" }, "sub", ""),
      fragment({ index: "0" }, undefined, '{"a":1,'),
      fragment({ index: "1" }, undefined, '{"a":3}'),
      fragment({ index: "0" }, undefined, '"b":2}'),
    ],
    [ADD, SUB],
  ],
  [
    "without any id",
    [fragment({ index: 0 }, "add", ""), fragment({ index: 0 }, undefined, ADD[1]), fragment({ index: 1 }, ...SUB)],
    [ADD, SUB],
  ],
  [
    "whose name comes in pieces",
    [
      fragment({ index: 0, id: "a" }, "a"),
      fragment({ index: 0 }, "d"),
      fragment({ index: 0 }, "d", '{"a":1,'),
      fragment({ index: 0 }, undefined, '"b":2}'),
    ],
    [ADD],
  ],
  ["whose arguments are an object", [fragment({ index: 0, id: "a" }, "add", { a: 1, b: 2 })], [ADD]],
];

const shaped: ConformanceCase[] = shapes.map(([name, events, calls]) => ({
  name: `calls ${name} are assembled, and run once each`,
  hostile: true,
  streams: true,
  async run({ talk, fetchat, testing }) {
    const { client, script } = await talk(
      streamed(...events.map((one) => pieces(one)), finish("stop"), DONE),
      streamed(...answer("Done.")),
    );
    const seen: [string, string][] = [];
    const list = ["add", "sub"].map((own) =>
      fetchat.tool({ name: own, execute: (args) => seen.push([own, JSON.stringify(args)]) }),
    );
    equal((await (await client.newChatSession({ tools: list }).stream("Go")).final()).text, "Done.");
    equal(seen, calls);
    const ids = (await results(script, testing)).map(([id]) => id);
    ok(
      ids.length === calls.length && new Set(ids).size === ids.length && !ids.includes(""),
      `ids must tell calls apart: ${ids.join(", ")}`,
    );
  },
}));

/** Calls that the program runs itself. */
const byHand: ConformanceCase[] = [
  {
    name: "calls of tools without execute are returned, and several results continue the turn",
    async run({ talk, testing }) {
      const add = { type: "function" as const, function: { name: "add", parameters: { type: "object" } } };
      const { client, script } = await talk(asks(call("a", "add", { x: 1 }), call("b", "other")), completion("3"));
      const chat = client.newChatSession({ tools: [add] });
      const handed = await chat.send("1 + 2?", { tool_choice: "required" });
      match(handed, { role: "assistant", tool_calls: [{ id: "a" }, { id: "b", function: { name: "other" } }] });
      const answers = [
        { role: "tool" as const, tool_call_id: "b", content: "none" },
        { role: "tool" as const, tool_call_id: "a", content: "3" },
      ];
      equal(await chat.send(answers, { tool_choice: "none" }), "3");
      equal(await results(script, testing), [
        ["a", "3"],
        ["b", "none"],
      ]);
      match(
        (await script.exchanges()).map(({ body }) => body),
        [{ tool_choice: "required" }, { tool_choice: "none" }],
      );
    },
  },
  {
    name: "a legacy function call is returned, and its result continues the turn",
    async run({ talk }) {
      const { client, script } = await talk(
        said({ function_call: { name: "add", arguments: '{"a":1,"b":2}' } }, "function_call"),
        completion("3"),
      );
      const chat = client.newChatSession({ functions: [{ name: "add", parameters: { type: "object" } }] });
      match(await chat.send("1 + 2?"), {
        role: "assistant",
        content: null,
        function_call: { name: "add", arguments: '{"a":1,"b":2}' },
      });
      equal(await chat.send({ role: "function", name: "add", content: "3" }), "3");
      match((await script.exchanges())[1]?.body, {
        functions: [{ name: "add" }],
        messages: [
          { role: "user" },
          { role: "assistant", content: null, function_call: { name: "add" } },
          { role: "function", name: "add", content: "3" },
        ],
      });
    },
  },
];

export const toolCases: ConformanceCase[] = [...run, ...stream, ...shaped, ...byHand];
