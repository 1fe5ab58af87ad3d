import { createResponse, streamResponse, response, resumeResponse } from "../../src/responses/index.ts";
import { describe, expect, it } from "vitest";
import { type AnswerMessage, outputFormat, type SessionTool, tool } from "../../src/index.ts";
import { outputCalls, responses } from "../../src/responses/index.ts";
import type { ResponsesOptions } from "../../src/responses/index.ts";
import { inputFaults } from "../support/responsesInput.ts";
import { called, ev, events, refusal, responseBody, said, scripted, streamOf, text } from "./support.ts";

type Fields = Record<string, unknown>;

const rain: string[] = [];
const weather = tool({
  name: "get_weather",
  parameters: { type: "object" },
  execute: () => {
    rain.push("ran");
    return "Rain";
  },
});
const reasoning = { id: "rs_1", type: "reasoning", summary: [] };
const search = {
  id: "ws_1",
  type: "web_search_call",
  status: "completed",
  action: { type: "search", query: "fjords" },
};
const inputOf = ({ body }: { body: Fields }): Fields[] => body["input"] as Fields[];

describe("a field of a streamed response that has another type", () => {
  const deep = `${"[".repeat(5_000)}1${"]".repeat(5_000)}`;
  it.each([
    '{"type":"response.output_item.added","output_index":0,"item":{"type":{"toString":1}}}',
    `{"type":"response.output_item.added","output_index":0,"item":{"type":${deep}}}`,
    '{"type":"response.output_item.done","output_index":0,"item":{"type":"message","content":{"map":1}}}',
    '{"type":"response.function_call_arguments.delta","item_id":{"toString":1},"delta":{"length":1}}',
    '{"type":"response.output_text.delta","content_index":{"toString":1},"delta":"x"}',
    '{"type":{"toString":1},"delta":["x"]}',
  ])("ends in a result or a typed error: %.70s", async (event) => {
    const body = `data: ${event}\n\n${ev("response.completed", { response: responseBody([said("Hi")]) })}`;
    const stream = await streamResponse(scripted([streamOf(body)]).client, "x");
    expect(await stream.final()).toMatchObject({ status: "completed" });
    expect(stream.partial.response.output).toHaveLength(1);
    const cut = await streamResponse(scripted([streamOf(`data: ${event}\n\n`)]).client, "x");
    await expect(cut.final()).rejects.toMatchObject({ kind: "StreamError", ending: "truncated" });
  });

  it("is no call where the whole response holds it", async () => {
    const output = `[{"type":{"toString":1}},{"type":"function_call","name":{"a":1}},{"type":"message","content":${deep}}]`;
    const body = `data: {"type":"response.completed","response":{"object":"response","status":"completed","output":${output}}}\n\n`;
    const stream = await streamResponse(scripted([streamOf(body)]).client, "x");
    expect(outputCalls(await stream.final())).toEqual([]);
  });
});

describe("tool_call_delta", () => {
  it("names the call that the event's item_id names, where no output_index is sent", async () => {
    const items = ["1", "2"].map((n) => called("by_hand", "", { id: `fc_${n}`, call_id: `call_${n}` }));
    const deltas = [
      ...items.map((item) => ev("response.output_item.added", { item })),
      ev("response.function_call_arguments.delta", { item_id: "fc_1", delta: "{" }),
      ev("response.function_call_arguments.delta", { item_id: "fc_2", delta: "[" }),
    ];
    const { client } = scripted([events(responseBody(items), deltas)]);
    const seen: unknown[] = [];
    for await (const event of await client.newChatSession({ api: responses() }).stream("x"))
      if (event.type === "tool_call_delta") seen.push([event.id, event.index, event.arguments]);
    expect(seen).toEqual([
      ["call_1", 0, ""],
      ["call_2", 1, ""],
      ["call_1", 0, "{"],
      ["call_2", 1, "["],
    ]);
  });
});

describe("what goes back of an answer", () => {
  async function secondInput(output: readonly object[]): Promise<Fields[]> {
    const { client, sent } = scripted([responseBody(output), responseBody([said("Yes", { id: "msg_9" })])]);
    const chat = client.newChatSession({ api: responses() });
    await chat.send("One");
    await chat.send("Two");
    const input = inputOf(sent[1]!);
    expect(inputFaults(input)).toEqual([]);
    return input.slice(1, -1);
  }

  it("leaves out hosted calls together with the reasoning that nobody can read", async () => {
    expect(await secondInput([reasoning, search, said("Hi", { phase: "final_answer" })])).toEqual([
      { role: "assistant", content: "Hi", phase: "final_answer" },
    ]);
  });

  it("keeps hosted calls beside encrypted reasoning, and without any", async () => {
    const encrypted = { ...reasoning, encrypted_content: "x" };
    expect(await secondInput([encrypted, search, said("Hi")])).toEqual([encrypted, search, said("Hi")]);
    expect(await secondInput([search, said("Hi")])).toEqual([search, said("Hi")]);
  });

  it("keeps id, type, status and result of an image", async () => {
    const image = { id: "ig_1", type: "image_generation_call", status: "completed", result: "aGk=" };
    expect(await secondInput([{ ...image, size: "1024x1024", revised_prompt: "A fjord" }])).toEqual([image]);
  });

  it("keeps the phase of a message", async () => {
    expect(await secondInput([said("Hi", { phase: "commentary" })])).toMatchObject([{ phase: "commentary" }]);
  });

  it("begins with the last compaction", async () => {
    const { client, sent } = scripted([
      responseBody([said("Hi")]),
      responseBody([{ id: "cmp_1", type: "compaction", encrypted_content: "x" }, said("Yes", { id: "msg_2" })]),
      responseBody([said("Good", { id: "msg_3" })]),
    ]);
    const chat = client.newChatSession({ api: responses() });
    for (const words of ["One", "Two", "Three"]) await chat.send(words);
    expect(inputOf(sent[2]!).map(({ type, role }) => type ?? role)).toEqual(["compaction", "message", "user"]);
  });

  it("gives calls ids of their own, also where the provider repeats them", async () => {
    const again = [called("by_hand", "{}"), called("by_hand", "{}", { id: "fc_2" })];
    const { client, sent } = scripted([responseBody(again), responseBody([said("Yes")])]);
    const byHand = { type: "function" as const, function: { name: "by_hand" } };
    const chat = client.newChatSession({ api: responses({ state: "server" }), tools: [byHand] });
    const { tool_calls = [] } = (await chat.send("One")) as AnswerMessage;
    expect(tool_calls.map(({ id }) => id)).toEqual(["call_1", "call_1_2"]);
    await chat.send(tool_calls.map(({ id: call_id }) => ({ type: "function_call_output", call_id, output: "Good" })));
    expect(sent[1]!.body["previous_response_id"]).toBeUndefined();
    expect(inputFaults(sent[1]!.body["input"])).toEqual([]);
  });

  it("sends {} for arguments that are no JSON", async () => {
    const { client, sent } = scripted([responseBody([called("get_weather", '{"ci')]), responseBody([said("Yes")])]);
    await client.newChatSession({ api: responses(), tools: [weather] }).send("One");
    expect(inputOf(sent[1]!)[1]).toMatchObject({ arguments: "{}" });
  });

  it("does not go on from a shell call that the program left without a result", async () => {
    const shell = { id: "sh_1", type: "shell_call", status: "completed", call_id: "c", action: { commands: ["ls"] } };
    const { client, sent } = scripted([responseBody([reasoning, shell]), responseBody([said("Yes")])]);
    const chat = client.newChatSession({ api: responses({ state: "server" }) });
    await chat.send("One");
    await chat.send("Two");
    expect(sent[1]!.body).not.toHaveProperty("previous_response_id");
    expect(inputOf(sent[1]!)).toEqual([
      { role: "user", content: "One" },
      { role: "user", content: "Two" },
    ]);
  });
});

describe("a call that a program makes", () => {
  const program = { id: "prog_1", type: "program", call_id: "call_p", code: "f()", fingerprint: "x" };
  const caller = { type: "program", caller_id: "call_p" };

  it.each(["server" as const, "local" as const])("is run, and its result names the caller: %s", async (state) => {
    const call = called("get_weather", "{}", { status: "in_progress", caller });
    const { client, sent } = scripted([responseBody([program, call]), responseBody([said("Rain")])]);
    expect(await client.newChatSession({ api: responses({ state }), tools: [weather] }).send("x")).toBe("Rain");
    expect(inputOf(sent[1]!).at(-1)).toEqual({
      type: "function_call_output",
      call_id: "call_1",
      output: "Rain",
      caller,
    });
  });

  it("is not run where the response is cut, or nobody called", async () => {
    rain.length = 0;
    const cut = { status: "incomplete", incomplete_details: { reason: "max_output_tokens" } };
    const call = called("get_weather", "{}", { status: "in_progress", caller });
    for (const response of [responseBody([program, call], cut), responseBody([{ ...call, caller: undefined }])])
      await scripted([response])
        .client.newChatSession({ api: responses(), tools: [weather] })
        .send("x");
    expect(rain).toEqual([]);
  });
});

describe("a function in a namespace", () => {
  it("is another than one of the same name outside", async () => {
    const find = (place: string): ReturnType<typeof tool> => tool({ name: "find", execute: () => place });
    const tools: SessionTool[] = [
      find("outside"),
      { type: "namespace", name: "crm", description: "Customers", tools: [find("inside")] },
    ];
    const calls = [
      called("find", "{}", { namespace: "crm" }),
      called("find", "{}", { id: "fc_2", call_id: "call_2" }),
      called("find", "{}", { id: "fc_3", call_id: "call_3", namespace: "erp" }),
    ];
    const { client, sent } = scripted([responseBody(calls), responseBody([said("Yes")])]);
    await client.newChatSession({ api: responses({ state: "server" }), tools }).send("x");
    expect(Object.fromEntries(inputOf(sent[1]!).map(({ call_id, output }) => [call_id, output]))).toEqual({
      call_1: "inside",
      call_2: "outside",
      call_3: expect.stringContaining("Error") as unknown,
    });
    expect(sent[0]!.body["tools"]).toMatchObject([
      { type: "function", name: "find" },
      { type: "namespace", name: "crm", tools: [{ type: "function", name: "find" }] },
    ]);
  });
});

describe("encrypted reasoning", () => {
  it.each([
    ["gpt-6-luna", { store: false }, ["reasoning.encrypted_content"]],
    [
      "openai/gpt-5-mini",
      { state: "local" as const, include: ["file_search_call.results"] },
      ["file_search_call.results", "reasoning.encrypted_content"],
    ],
    ["gpt-4o", { store: false }, undefined],
    ["gpt-4.1-mini", { store: false }, undefined],
    ["gpt-5-chat-latest", { store: false }, undefined],
    ["gpt-6-luna", { state: "server" as const }, undefined],
    ["gpt-6-luna", { store: false, include: null }, null],
  ])(
    "is asked for where the session needs it and the model takes it: %s %o",
    async (model, options: ResponsesOptions, include) => {
      const { client, sent } = scripted([responseBody([said("Hi")])]);
      await client.newChatSession({ model, api: responses(options) }).send("x");
      expect(sent[0]!.body["include"]).toEqual(include);
    },
  );

  it("is done without where the API refuses to be asked, or to read its own", async () => {
    const encrypted = { ...reasoning, encrypted_content: "x" };
    const { client, sent } = scripted([
      refusal(400, { message: "Encrypted content is not supported with this model.", param: "include" }),
      responseBody([encrypted, search, said("Hi")]),
      refusal(400, { message: "The encrypted content could not be verified.", code: "invalid_encrypted_content" }),
      responseBody([said("Yes")]),
    ]);
    const chat = client.newChatSession({ model: "gpt-5-mini", api: responses() });
    await chat.send("One");
    expect(await chat.send("Two")).toBe("Yes");
    expect(sent[1]!.body).not.toHaveProperty("include");
    expect(inputOf(sent[3]!)).toEqual([
      { role: "user", content: "One" },
      { role: "assistant", content: "Hi" },
      { role: "user", content: "Two" },
    ]);
  });
});

describe("a stored response", () => {
  it("is streamed from where an earlier stream broke", async () => {
    const { client, sent } = scripted([events(responseBody([said("Hello")]), [text("lo")])]);
    const stream = await resumeResponse(client, "resp_1", { starting_after: 7 });
    expect((await stream.final()).output).toHaveLength(1);
    expect(sent[0]).toMatchObject({ url: "/responses/resp_1?starting_after=7&stream=true", method: "GET" });
  });

  it("says which function streams it", async () => {
    const { client, sent } = scripted([]);
    const streamed: object = { stream: true };
    await expect(response(client, "resp_1", streamed)).rejects.toMatchObject({
      kind: "InputError",
      path: "params.stream",
    });
    expect(sent).toEqual([]);
  });
});

describe("outputFormat()", () => {
  it("is flat among a response's params", async () => {
    const { client, sent } = scripted([responseBody([said("{}")])]);
    await createResponse(client, "x", { text: { format: outputFormat("thing", { type: "object" }) } });
    expect(sent[0]!.body["text"]).toMatchObject({ format: { type: "json_schema", name: "thing", schema: {} } });
  });
});

describe("toResponse() of a turn", () => {
  const call = responseBody([called("get_weather", "{}")]);
  const streamed = events(call, [
    ev("response.output_item.added", { output_index: 0, item: called("get_weather", "") }),
    ev("response.function_call_arguments.delta", { output_index: 0, item_id: "fc_1", delta: "{}" }),
    ev("response.output_item.done", { output_index: 0, item: called("get_weather", "{}") }),
  ]);

  it("ends with the calls that wait for approval, or for the program", async () => {
    const gated = tool({ name: "get_weather", needsApproval: true, execute: () => "Rain" });
    for (const tools of [[gated], []]) {
      const { client } = scripted([streamed]);
      const passed = await (await client.newChatSession({ api: responses(), tools }).stream("x")).toResponse().text();
      const far = await scripted([streamOf(passed)]).client.streamChat([{ role: "user", content: "x" }]);
      expect((await far.final()).choices[0]?.message.tool_calls).toMatchObject([{ id: "call_1" }]);
      expect(far.ending).toBe("tool_calls");
    }
  });
});

describe("what no delta has brought", () => {
  const place = { output_index: 0, content_index: 0, item_id: "msg_1" };
  const end = ev("response.completed", { response: responseBody([]) });
  const whole = ev("response.output_text.done", { ...place, text: "Good day" });

  it.each([
    ["the text of its last event", [whole], "Good day"],
    ["nothing twice", [text("Good "), text("day"), whole], "Good day"],
    [
      "nothing twice where the deltas have no place",
      [ev("response.output_text.delta", { delta: "Good day" }), whole],
      "Good day",
    ],
    ["two parts", [whole, ev("response.output_text.done", { ...place, content_index: 1, text: "!" })], "Good day!"],
  ])("is told by the event that ends it: %s", async (_, sent, expected) => {
    const chat = scripted([[...sent, end]]).client.newChatSession({ api: responses() });
    const turn = await chat.stream("Hi");
    let told = "";
    for await (const { content } of turn) told += content;
    expect([told, (await turn.final()).text]).toEqual([expected, expected]);
  });

  it.each([["arguments alone"], ["arguments after deltas"]])("a call runs with its %s", async (how) => {
    rain.length = 0;
    const at = { output_index: 0, item_id: "fc_1" };
    const delta = ev("response.function_call_arguments.delta", { ...at, delta: '{"a":1}' });
    const sent = [
      ev("response.output_item.added", { ...at, item: called("get_weather", "", { status: "in_progress" }) }),
      ...(how === "arguments alone" ? [] : [delta]),
      ev("response.function_call_arguments.done", { ...at, arguments: '{"a":1}' }),
      end,
    ];
    const chat = scripted([sent, events(responseBody([said("Rain")]), [text("Rain")])]).client.newChatSession({
      api: responses(),
      tools: [weather],
    });
    expect((await (await chat.stream("Hi")).final()).text).toBe("Rain");
    expect(rain).toEqual(["ran"]);
    expect(chat.messages[1]).toMatchObject({ tool_calls: [{ function: { arguments: '{"a":1}' } }] });
  });
});
