import { afterEach, describe, expect, it, vi } from "vitest";
import {
  type AnswerMessage,
  type ChatSession,
  type HandTool,
  isAbortError,
  isInputError,
  outputFormat,
  type SavedChat,
  sendFor,
  tool,
} from "../../src/index.ts";
import { responses } from "../../src/responses/index.ts";
import {
  called,
  ev,
  events,
  faultOf,
  refusal,
  type Reply,
  responseBody,
  said,
  scripted,
  streamOf,
  takeRequestFaults,
  text,
} from "./support.ts";

const answer = (id: string, words = "Hi", fields: Record<string, unknown> = {}): Record<string, unknown> =>
  responseBody([said(words, { id: `msg_${id}` })], { id: `resp_${id}`, ...fields });
const calls = (id: string, ...list: object[]): Record<string, unknown> => responseBody(list, { id: `resp_${id}` });
const user = (content: string): object => ({ role: "user", content });
const lost = (id = "resp_1"): Reply =>
  refusal(404, {
    message: `Previous response with id '${id}' not found.`,
    param: "previous_response_id",
    code: "previous_response_not_found",
  });
const weather = tool({
  name: "get_weather",
  parameters: { type: "object", properties: { city: { type: "string" } } },
  execute: ({ city }) => `Sunny in ${String(city)}`,
});
const hand = (name: string): HandTool => ({ type: "function", function: { name } });
const wire = {
  type: "function",
  name: "get_weather",
  parameters: { type: "object", properties: { city: { type: "string" } } },
  strict: false,
};
/** The inputs of requests; that of a single text as the text. */
const inputs = (sent: readonly { body: Record<string, unknown> }[]): unknown[] =>
  sent.map(({ body }) => {
    const input = body["input"] as { role?: string; content?: unknown }[];
    const [only] = input;
    return input.length === 1 && only?.role === "user" && typeof only.content === "string" ? only.content : input;
  });
/** The id of the last answer, as far as the service can continue from it. */
const idOf = (chat: ChatSession): string | undefined =>
  chat.messages.findLast(({ role }) => role === "assistant")?.responses?.id;
const ids = (sent: readonly { body: Record<string, unknown> }[]): unknown[] =>
  sent.map(({ body }) => body["previous_response_id"]);

afterEach(() => {
  expect(takeRequestFaults()).toEqual([]);
});

describe("a session after a failure", () => {
  it.each<[string, Reply]>([
    ["a refusal", refusal(400, { message: "Bad" })],
    ["a broken connection", new TypeError("fetch failed")],
    [
      "a failed response",
      responseBody([], { id: "resp_x", status: "failed", error: { code: "server_error", message: "Boom" } }),
    ],
    ["a cancelled response", responseBody([], { id: "resp_x", status: "cancelled" })],
    ["a page of HTML", new Response("<html>", { headers: { "content-type": "text/html" } })],
    ["an empty object", {}],
    ["JSON that is no response", { hello: "world" }],
  ])("keeps the last good id and sends what was not answered again: %s", async (_name, failure) => {
    const { client, sent } = scripted([answer("1"), failure, answer("2"), answer("3")]);
    const chat = client.newChatSession({ api: responses({ state: "server" }) });
    await chat.send("One");
    await expect(chat.send("Two")).rejects.toThrow();
    expect(idOf(chat)).toBe("resp_1");
    expect(await chat.generateResponse()).toBe("Hi");
    await chat.send("Three");
    expect(ids(sent)).toEqual([undefined, "resp_1", "resp_1", "resp_2"]);
    expect(inputs(sent)).toEqual(["One", "Two", "Two", "Three"]);
  });

  it("sends both with the next turn, where nobody asked again", async () => {
    const { client, sent } = scripted([refusal(500, {}), answer("1")]);
    const chat = client.newChatSession({ api: responses({ state: "server" }) });
    await expect(chat.send("One")).rejects.toMatchObject({ status: 500 });
    await chat.send("Two");
    expect(inputs(sent)[1]).toEqual([user("One"), user("Two")]);
  });

  it.each([
    ["cut", "truncated"],
    ["failed", "provider_error"],
  ])("goes on from before a stream that was %s", async (how, ending) => {
    const failed = responseBody([], { id: "resp_2", status: "failed", error: { code: "bad", message: "Boom" } });
    const { client, sent } = scripted([
      answer("1"),
      how === "cut" ? [text("Hel")] : events(failed, [text("Hel")]),
      answer("2"),
    ]);
    const chat = client.newChatSession({ api: responses({ state: "server" }) });
    await chat.send("One");
    const seen: string[] = [];
    await expect(chat.send("Two", {}, { onChunk: ({ content }) => seen.push(content) })).rejects.toMatchObject({
      ending,
      partial: { text: "Hel" },
    });
    expect(seen.join("")).toBe("Hel");
    expect(idOf(chat)).toBe("resp_1");
    await chat.generateResponse();
    expect(ids(sent)[2]).toBe("resp_1");
    expect(inputs(sent)[2]).toBe("Two");
  });

  it("takes back what was refused before it was sent", async () => {
    const { client, sent } = scripted([answer("1")]);
    const chat = client.newChatSession({ api: responses({ state: "server" }) });
    const loop: Record<string, unknown> = {};
    loop["self"] = loop;
    await expect(chat.send("One", { metadata: loop as Record<string, string> })).rejects.toSatisfy(isInputError);
    expect(chat.messages).toEqual([]);
    await chat.send("Two");
    expect(inputs(sent)).toEqual(["Two"]);
  });

  it("leaves nothing of a turn that was aborted while it waited, and lets the next one in", async () => {
    let let_in = (_reply: Response): void => undefined;
    const { client, sent } = scripted([
      new Response(
        new ReadableStream({
          start: (c) => {
            let_in = (reply) =>
              void reply.text().then((body) => {
                c.enqueue(new TextEncoder().encode(body));
                c.close();
              });
          },
        }),
      ),
      answer("2"),
    ]);
    const chat = client.newChatSession({ api: responses({ state: "server" }) });
    const first = chat.send("One");
    const stopper = new AbortController();
    const second = chat.send("Two", {}, { signal: stopper.signal });
    const third = chat.send("Three");
    stopper.abort();
    await expect(second).rejects.toSatisfy(isAbortError);
    let_in(Response.json(answer("1")));
    await Promise.all([first, third]);
    expect(inputs(sent)).toEqual(["One", "Three"]);
    expect(ids(sent)).toEqual([undefined, "resp_1"]);
  });
});

describe("a lost id", () => {
  it.each<[string, Reply]>([
    ["404", lost()],
    [
      "400",
      refusal(400, {
        message: "Previous response with id 'resp_1' not found.",
        param: "previous_response_id",
        code: "previous_response_not_found",
      }),
    ],
    ["a bare 404 of another server", refusal(404, { message: "Response with id resp_1 does not exist" })],
    ["a server that keeps none", refusal(400, { message: "previous_response_id is not supported" })],
  ])("is made good by sending all items: %s", async (_name, refused) => {
    const reasoned = responseBody([{ id: "rs_1", type: "reasoning", summary: [] }, said("Hi")], { id: "resp_1" });
    const { client, sent } = scripted([reasoned, refused, answer("2", "Yes"), answer("3")]);
    const chat = client.newChatSession({ api: responses({ state: "server" }) });
    await chat.send("One");
    expect(await chat.send("Two")).toBe("Yes");
    await chat.send("Three");
    expect(ids(sent)).toEqual([undefined, "resp_1", undefined, "resp_2"]);
    expect(inputs(sent)[2]).toEqual([user("One"), { role: "assistant", content: "Hi" }, user("Two")]);
    expect(faultOf(inputs(sent)[2])).toBeUndefined();
  });

  it("is made good in a stream too", async () => {
    const second = answer("2", "Yes");
    const { client } = scripted([answer("1"), lost(), events(second, [text("Yes")])]);
    const chat = client.newChatSession({ api: responses({ state: "server" }) });
    await chat.send("One");
    const turn = await (await chat.stream("Two")).final();
    expect(turn).toMatchObject({ text: "Yes" });
  });

  it("twice is a provider that keeps nothing: then all items are sent at once", async () => {
    const { client, sent } = scripted([answer("1"), lost(), answer("2"), lost("resp_2"), answer("3"), answer("4")]);
    const chat = client.newChatSession({ api: responses({ state: "server" }) });
    for (const word of ["One", "Two", "Three", "Four"]) await chat.send(word);
    expect(ids(sent)).toEqual([undefined, "resp_1", undefined, "resp_2", undefined, undefined]);
    expect((inputs(sent)[5] as unknown[]).length).toBe(7);
  });

  it("does not hide other refusals", async () => {
    const { client, sent } = scripted([
      answer("1"),
      refusal(404, { message: "The model `gpt-9` does not exist", code: "model_not_found" }),
    ]);
    const chat = client.newChatSession({ api: responses({ state: "server" }) });
    await chat.send("One");
    await expect(chat.send("Two")).rejects.toMatchObject({ code: "model_not_found" });
    expect(sent).toHaveLength(2);
  });
});

describe("an answer that was cut", () => {
  it("gives its text, its ending and its id", async () => {
    const cut = answer("1", "Once upon", { status: "incomplete", incomplete_details: { reason: "max_output_tokens" } });
    const { client, sent } = scripted([cut, answer("2")]);
    const chat = client.newChatSession({ api: responses({ state: "server" }) });
    expect(await chat.send("A story")).toBe("Once upon");
    expect(chat.lastTurn?.ending).toBe("length");
    await chat.send("Go on");
    expect(ids(sent)).toEqual([undefined, "resp_1"]);
  });

  it.each<[string, object[]]>([
    [
      "a call",
      [
        { id: "rs_1", type: "reasoning", summary: [], encrypted_content: "x" },
        called("get_weather", '{"ci', { status: "incomplete" }),
      ],
    ],
    [
      "a whole call beside it",
      [called("get_weather", "{}"), called("get_weather", '{"ci', { status: "incomplete", call_id: "call_2" })],
    ],
    ["reasoning", [{ id: "rs_1", type: "reasoning", summary: [], encrypted_content: "x" }]],
  ])("in the midst of %s is not gone on from by its id: the API would refuse that", async (_name, output) => {
    const cut = responseBody(output, {
      id: "resp_2",
      status: "incomplete",
      incomplete_details: { reason: "max_output_tokens" },
    });
    const { client, sent } = scripted([answer("1"), cut, answer("3"), answer("4")]);
    const chat = client.newChatSession({ api: responses({ state: "server" }), tools: [weather] });
    await chat.send("One");
    expect(await chat.send("Two")).toBe("");
    expect(chat.lastTurn?.ending).toBe("length");
    await chat.send("Three");
    await chat.send("Four");
    expect(ids(sent)).toEqual([undefined, "resp_1", "resp_1", "resp_3"]);
    expect(inputs(sent)[2]).toEqual([user("Two"), user("Three")]);
    expect(sent).toHaveLength(4);
  });
});

describe("a session", () => {
  it("sends standing params, a turn's own over them, and those of the api value below both", async () => {
    const { client, sent } = scripted([answer("1"), answer("2")]);
    const api = responses({
      state: "server",
      instructions: "Be brief",
      tools: [{ type: "web_search" }],
      temperature: 0.9,
      reasoning: { summary: "auto" },
    });
    const chat = client.newChatSession({ api, model: "gpt-5", temperature: 0.3, reasoning_effort: "low" });
    expect(await chat.send("Hello")).toBe("Hi");
    await chat.send("Again", { tool_choice: "none", temperature: 1 });
    expect(sent[0]!.body).toEqual({
      model: "gpt-5",
      instructions: "Be brief",
      tools: [{ type: "web_search" }],
      temperature: 0.3,
      reasoning: { summary: "auto", effort: "low" },
      input: [user("Hello")],
    });
    expect(sent[1]!.body).toMatchObject({
      instructions: "Be brief",
      tool_choice: "none",
      temperature: 1,
      previous_response_id: "resp_1",
    });
  });

  it("takes input items too: messages in chat's form where they have one, and as they are where not", async () => {
    const { client, sent } = scripted([answer("1"), answer("2"), answer("3")]);
    const chat = client.newChatSession({ api: responses({ state: "server" }) });
    const parts = [
      { type: "input_text" as const, text: "What is it?" },
      { type: "input_image" as const, image_url: "https://x/y.png", detail: "auto" as const },
    ];
    await chat.send([{ role: "user", content: parts }]);
    const file = { role: "user" as const, content: [{ type: "input_file" as const, file_url: "https://x/y.pdf" }] };
    await chat.send(file);
    const approval = { type: "mcp_approval_response" as const, approval_request_id: "mcpr_1", approve: true };
    await chat.send([approval, { role: "developer", content: "Be brief" }]);
    expect(inputs(sent)).toEqual([
      [{ role: "user", content: parts }],
      [file],
      [{ role: "developer", content: "Be brief" }],
    ]);
    expect(chat.messages.filter(({ role }) => role !== "assistant")).toEqual([
      {
        role: "user",
        content: [
          { type: "text", text: "What is it?" },
          { type: "image_url", image_url: { url: "https://x/y.png", detail: "auto" } },
        ],
      },
      { role: "user", content: "", responses: { items: [file] } },
      { role: "user", content: "", responses: { items: [approval] } },
      { role: "developer", content: "Be brief" },
    ]);
  });

  it("never fails for what an answer consists of", async () => {
    const output = [
      { id: "rs_1", type: "reasoning", summary: [] },
      { id: "ig_1", type: "image_generation_call", status: "completed", result: "aGk=" },
      { id: "ws_1", type: "web_search_call", status: "completed" },
      { type: "hologram", depth: 3 },
      {
        id: "m",
        type: "message",
        role: "assistant",
        status: "completed",
        content: [{ type: "refusal", refusal: "No" }],
      },
    ];
    const { client, sent } = scripted([
      responseBody(output),
      responseBody([], { id: "resp_2", output: null }),
      answer("3"),
    ]);
    const chat = client.newChatSession({ api: responses({ state: "server" }) });
    expect(await chat.send("Hello")).toBe("No");
    expect(await chat.send("Hello")).toBe("");
    expect(await chat.send("Hello")).toBe("Hi");
    // An answer of nothing is not in the history.
    expect(ids(sent)).toEqual([undefined, "resp_1", "resp_1"]);
  });

  it("forgets the id that a turn named where the turn failed", async () => {
    const { client, sent } = scripted([answer("1"), refusal(500, {}), answer("2")]);
    const chat = client.newChatSession({ api: responses({ state: "server" }) });
    await chat.send("One");
    await expect(chat.send("Two", { previous_response_id: "resp_9" } as object)).rejects.toThrow();
    await chat.generateResponse();
    expect(ids(sent)).toEqual([undefined, "resp_9", "resp_1"]);
  });

  it("refuses what cannot be sent, with its path, and changes nothing", async () => {
    const { client, sent } = scripted([]);
    const chat = client.newChatSession({ api: responses({ state: "server" }) });
    const bad: [unknown, string][] = [
      [[], "input"],
      [5, "input"],
      [null, "input"],
      [[{ role: "cook", content: "x" }], "input[0].role"],
      [{ role: "user" }, "input.content"],
      [[{ role: "user", content: [{ type: "input_text" }] }], "input[0].content[0].text"],
      [{ type: "item_reference" }, "messages[0].responses.items[0].id"],
      [{ type: "hologram", role: "cook" }, "input.role"],
    ];
    for (const [input, path] of bad)
      await expect(chat.send(input as string)).rejects.toMatchObject({ name: "InputError", path });
    await expect(chat.generateResponse()).rejects.toMatchObject({ name: "InputError", path: "messages" });
    expect(chat.messages).toEqual([]);
    expect(sent).toEqual([]);
  });

  it("says a text or a format in the API's form, and reads the answer by it", async () => {
    const { client, sent } = scripted([answer("1", '{"city":"Oslo"}')]);
    const chat = client.newChatSession({ api: responses() });
    const format = outputFormat("place", { type: "object", properties: { city: { type: "string" } } });
    expect(await sendFor(chat, "Where?", format)).toMatchObject({ kind: "value", value: { city: "Oslo" } });
    expect(sent[0]!.body["text"]).toMatchObject({ format: { type: "json_schema", name: "place" } });
  });
});

describe("calls", () => {
  const call = called("get_weather", '{"city":"Oslo"}');
  const result = (output: unknown, call_id = "call_1"): object => ({ type: "function_call_output", call_id, output });

  it("are run where the tool can, and the answer is the text", async () => {
    const { client, sent } = scripted([
      calls("1", call, { ...call, id: "fc_2", call_id: "call_2", arguments: '{"city":"Bergen"}' }),
      answer("2", "Sunny"),
    ]);
    const chat = client.newChatSession({ api: responses({ state: "server" }), tools: [weather] });
    expect(await chat.send("Weather?")).toBe("Sunny");
    expect(sent[0]!.body["tools"]).toEqual([wire]);
    expect(sent[1]!.body).toMatchObject({
      previous_response_id: "resp_1",
      input: [result("Sunny in Oslo"), result("Sunny in Bergen", "call_2")],
    });
    expect(chat.lastTurn).toMatchObject({
      ending: "complete",
      usage: { prompt_tokens: 6, completion_tokens: 4, total_tokens: 10 },
    });
    expect(chat.lastTurn?.steps).toHaveLength(2);
    expect(idOf(chat)).toBe("resp_2");
  });

  it("tell the model what went wrong: an unknown name, bad arguments, a throw", async () => {
    const broken = tool({
      name: "broken",
      execute: () => {
        throw new Error("no network");
      },
    });
    const { client, sent } = scripted([
      calls(
        "1",
        called("nothing", "{}"),
        called("get_weather", "{oops", { call_id: "call_2" }),
        called("broken", "", { call_id: "call_3" }),
      ),
      answer("2"),
    ]);
    await client.newChatSession({ api: responses({ state: "server" }), tools: [weather, broken] }).send("Go");
    const outputs = (sent[1]!.body["input"] as { call_id: string; output: string }[])
      .toSorted((a, b) => a.call_id.localeCompare(b.call_id))
      .map(({ output }) => output);
    expect(outputs).toEqual([
      expect.stringContaining("name: expected one of get_weather, broken"),
      expect.stringContaining("arguments: expected JSON"),
      "Error: no network",
    ]);
  });

  it("are handed out where nobody runs them, and their results are sent, one or several", async () => {
    const { client, sent } = scripted([calls("1", call, { ...call, call_id: "call_2" }), answer("2", "Done")]);
    const chat = client.newChatSession({ api: responses({ state: "server" }), tools: [hand("get_weather")] });
    const message = (await chat.send("Weather?")) as AnswerMessage;
    expect(message.tool_calls?.map(({ id }) => id)).toEqual(["call_1", "call_2"]);
    expect(chat.lastTurn?.ending).toBe("tool_calls");
    expect(
      await chat.send([
        { type: "function_call_output", call_id: "call_1", output: "1" },
        { type: "function_call_output", call_id: "call_2", output: "2" },
      ]),
    ).toBe("Done");
    expect(inputs(sent)[1]).toEqual([result("1"), result("2", "call_2")]);
  });

  it("that get no result are answered for the program, and a result that comes later takes that place", async () => {
    const unknown = result("No result: the call may have run. Its outcome is unknown.");
    const { client, sent } = scripted([calls("1", call), refusal(500, {}), answer("2")]);
    const chat = client.newChatSession({ api: responses({ state: "server" }), tools: [hand("get_weather")] });
    await chat.send("Weather?");
    await expect(chat.send("Never mind")).rejects.toThrow();
    expect(inputs(sent)[1]).toEqual([unknown, user("Never mind")]);
    await chat.send({ type: "function_call_output", call_id: "call_1", output: "Rain" });
    expect(inputs(sent)[2]).toEqual([result("Rain"), user("Never mind")]);
  });

  it("that ran are not lost where the next request fails", async () => {
    let runs = 0;
    const counting = tool({ name: "count", execute: () => ++runs });
    const { client, sent } = scripted([calls("1", called("count", "{}")), refusal(503, {}), answer("2")]);
    const chat = client.newChatSession({ api: responses({ state: "server" }), tools: [counting] });
    await expect(chat.send("Count")).rejects.toThrow();
    await chat.generateResponse();
    expect(runs).toBe(1);
    expect(ids(sent)).toEqual([undefined, "resp_1", "resp_1"]);
    expect(inputs(sent)[2]).toEqual([result("1")]);
  });

  it("that were aborted are of unknown outcome, and the session goes on", async () => {
    const stopper = new AbortController();
    const slow = tool({
      name: "slow",
      execute: () => {
        stopper.abort();
        return new Promise(() => undefined);
      },
    });
    const { client, sent } = scripted([calls("1", called("slow", "{}")), answer("2")]);
    const chat = client.newChatSession({ api: responses({ state: "server" }), tools: [slow] });
    await expect(chat.send("Go", {}, { signal: stopper.signal })).rejects.toSatisfy(isAbortError);
    await chat.generateResponse();
    expect(inputs(sent)[1]).toEqual([result("No result: the call may have run. Its outcome is unknown.")]);
  });

  it("end where the steps are used up, and every call has its result", async () => {
    const { client, sent } = scripted([calls("1", call), calls("2", { ...call, call_id: "call_2" }), answer("3")]);
    const chat = client.newChatSession({ api: responses({ state: "server" }), tools: [weather], maxSteps: 2 });
    expect(await chat.send("Go")).toBe("");
    expect(chat.lastTurn?.ending).toBe("max_steps");
    expect(await chat.send("Then?")).toBe("Hi");
    expect(inputs(sent)[2]).toEqual([result("Not run: the turn had used up its steps.", "call_2"), user("Then?")]);
  });

  it("of both kinds: those that can be run are, the others are handed out", async () => {
    const { client, sent } = scripted([
      calls("1", call, called("ask_human", "{}", { call_id: "call_2" })),
      answer("2"),
    ]);
    const chat = client.newChatSession({ api: responses({ state: "server" }), tools: [weather, hand("ask_human")] });
    expect(await chat.send("Go")).toMatchObject({ tool_calls: [{ id: "call_1" }, { id: "call_2" }] });
    await chat.send({ type: "function_call_output", call_id: "call_2", output: "Yes" });
    expect(inputs(sent)[1]).toEqual([result("Sunny in Oslo"), result("Yes", "call_2")]);
  });

  it("of custom tools are handed out, and answered in their own form", async () => {
    const { client, sent } = scripted([
      calls("1", { type: "custom_tool_call", id: "ctc_1", call_id: "call_1", name: "code", input: "print(1)" }),
      answer("2"),
    ]);
    const chat = client.newChatSession({
      api: responses({ state: "server" }),
      tools: [{ type: "custom" as const, custom: { name: "code" } }],
    });
    expect(await chat.send("Go")).toMatchObject({ tool_calls: [{ type: "custom", custom: { input: "print(1)" } }] });
    await chat.send("Never mind");
    expect(inputs(sent)[1]).toMatchObject([{ type: "custom_tool_call_output", call_id: "call_1" }, user("Never mind")]);
  });

  it("may give images back", async () => {
    const photo = tool({
      name: "photo",
      execute: () => [
        { type: "text", text: "Here" },
        { type: "image_url", image_url: { url: "data:image/png;base64,aGk=" } },
      ],
    });
    const { client, sent } = scripted([calls("1", called("photo", "{}")), answer("2")]);
    await client.newChatSession({ api: responses({ state: "server" }), tools: [photo] }).send("Go");
    expect(inputs(sent)[1]).toEqual([
      result([
        { type: "input_text", text: "Here" },
        { type: "input_image", image_url: "data:image/png;base64,aGk=", detail: "auto" },
      ]),
    ]);
  });

  it("know the conversation that led to them", async () => {
    const seen = vi.fn();
    const look = tool({
      name: "look",
      execute: (_args, { messages, toolCallId }) => {
        seen(messages, toolCallId);
        return "";
      },
    });
    const { client } = scripted([calls("1", called("look", "{}")), answer("2")]);
    await client.newChatSession({ api: responses({ state: "server" }), tools: [look] }).send("Go");
    expect(seen).toHaveBeenCalledWith(
      [
        user("Go"),
        expect.objectContaining({ role: "assistant", tool_calls: [expect.objectContaining({ id: "call_1" })] }),
      ],
      "call_1",
    );
  });
});

describe("stream()", () => {
  const first = calls("1", called("get_weather", '{"city":"Oslo"}'));
  const firstEvents = events(first, [
    ev("response.output_item.added", { output_index: 0, item: called("get_weather", "", { status: "in_progress" }) }),
    ev("response.function_call_arguments.delta", { item_id: "fc_1", output_index: 0, delta: '{"city":"Oslo"}' }),
    ev("response.output_item.done", { output_index: 0, item: called("get_weather", '{"city":"Oslo"}') }),
  ]);
  const secondEvents = events(answer("2", "Sunny"), [
    ev("response.reasoning_text.delta", { item_id: "rs_1", output_index: 0, content_index: 0, delta: "Hm" }),
    text("Sun", { output_index: 0 }),
    text("ny", { output_index: 0 }),
  ]);

  it("gives what happens in its order", async () => {
    const { client } = scripted([firstEvents, secondEvents]);
    const chat = client.newChatSession({ api: responses({ state: "server" }), tools: [weather] });
    const stream = await chat.stream("Weather?");
    const seen: string[] = [];
    let content = "";
    for await (const event of stream) {
      if (event.type !== "chunk")
        seen.push(event.type === "tool_call_delta" ? `${event.name}(${event.arguments})` : event.type);
      content += event.content;
    }
    expect(seen).toEqual([
      "step_start",
      "get_weather()",
      'get_weather({"city":"Oslo"})',
      "step_end",
      "tool_call",
      "tool_result",
      "step_start",
      "reasoning",
      "text",
      "text",
      "step_end",
    ]);
    expect(content).toBe("Sunny");
    expect(await stream.final()).toBe(chat.lastTurn);
    expect(stream.ending).toBe("complete");
  });

  it("stops where it is left, and the session goes on", async () => {
    const { client, sent } = scripted([streamOf(text("Hel"), { open: true }), answer("1")]);
    const chat = client.newChatSession({ api: responses({ state: "server" }) });
    for await (const event of await chat.stream("One")) if (event.type === "text") break;
    await chat.send("Two");
    expect(inputs(sent)[1]).toEqual([user("One"), user("Two")]);
  });

  it("is one chat completion at the other end of toResponse(), with one end and no call that was answered", async () => {
    const { client } = scripted([firstEvents, secondEvents]);
    const chat = client.newChatSession({ api: responses({ state: "server" }), tools: [weather] });
    const passed = await (await chat.stream("Weather?")).toResponse().text();
    const far = await scripted([streamOf(passed)]).client.streamChat([{ role: "user", content: "x" }]);
    let content = "";
    let reasoning = "";
    for await (const chunk of far) {
      content += chunk.content;
      reasoning += chunk.reasoning;
    }
    expect([content, reasoning, far.ending]).toEqual(["Sunny", "Hm", "complete"]);
    expect((await far.final()).usage).toEqual({ prompt_tokens: 6, completion_tokens: 4, total_tokens: 10 });
    expect(passed.match(/"finish_reason":"/g)).toHaveLength(1);
    expect(passed).not.toContain("Oslo");
  });
});

describe("a background response", () => {
  const numbered = (list: readonly string[]): string[] =>
    list.map((event, at) => event.replace(/data: \{/, `data: {"sequence_number":${at},`));
  const all = numbered(events(answer("b", "Hello"), [text("Hel"), text("lo")]));
  const api = responses({ background: true });

  it("is gone on with in another process, from what was saved while it ran", async () => {
    const saves: SavedChat[] = [];
    const { client } = scripted([streamOf(all.slice(0, 3).join(""), { open: true })]);
    const chat = client.newChatSession({ api, save: (saved) => void saves.push(structuredClone(saved)) });
    for await (const event of await chat.stream("Hi", { temperature: 0 })) if (event.type === "text") break;
    // As soon as it had an id, before anything else came.
    expect(saves[0]?.turn).toEqual({ steps: 0, params: { temperature: 0 }, background: { id: "resp_b", after: 0 } });
    expect(chat.toJSON().turn).toMatchObject({ background: { id: "resp_b", after: 2 } });
    const later = scripted([all.slice(3), answer("2")]);
    const session = later.client.newChatSession({ api, saved: JSON.parse(JSON.stringify(chat)) as SavedChat });
    expect(await session.generateResponse()).toBe("Hello");
    expect(later.sent[0]).toMatchObject({ method: "GET", url: "/responses/resp_b?stream=true&starting_after=2" });
    expect(session.toJSON()).not.toHaveProperty("turn");
    await session.send("On");
    expect(later.sent[1]).toMatchObject({ method: "POST" });
  });

  it("is given up where something else is said", async () => {
    const { client, sent } = scripted([streamOf(all.slice(0, 3).join(""), { open: true }), events(answer("2"), [])]);
    const chat = client.newChatSession({ api });
    for await (const event of await chat.stream("Hi")) if (event.type === "text") break;
    await chat.send("Never mind");
    expect(sent[1]).toMatchObject({ method: "POST", body: { input: [user("Hi"), user("Never mind")] } });
  });

  it("that was saved by hand is checked", () => {
    const saved = { version: 1, messages: [], spent: { steps: 0, time: 0 }, turn: { steps: 0, background: { id: 5 } } };
    expect(() => scripted([]).client.newChatSession({ saved: saved as unknown as SavedChat })).toThrow(
      "saved.turn.background.id",
    );
  });
});
