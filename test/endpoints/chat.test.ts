import { describe, expect, it } from "vitest";
import {
  extra,
  chat,
  createConnection,
  httpInfo,
  InputError,
  streamChat,
  type ChatChunk,
  type Connection,
} from "../../src/index.ts";
import { answer, chunk, delta, DONE, event, finish, HELLO } from "../conformance/wire.ts";
import { body, failure, json, server, sse, type Answer, type Server, type Loose } from "../support/streams.ts";

const COMPLETION = {
  id: "c",
  object: "chat.completion",
  created: 1,
  model: "m",
  choices: [{ index: 0, message: { role: "assistant", content: "Hi", new_field: 1 }, finish_reason: "stop" }],
  field_of_tomorrow: { a: 1 },
};
const over = (...answers: Answer[]): [Connection, Server] => {
  const api = server(...answers);
  return [createConnection({ apiKey: "sk-test-0123456789", fetch: api.fetch, maxRetries: 0 }), api];
};

describe("chat()", () => {
  it("sends messages and params unchanged, and returns the answer unchanged", async () => {
    const [connection, api] = over(json(COMPLETION, 200, { "x-request-id": "r1" }));
    const completion = await chat(
      connection,
      HELLO,
      extra({ temperature: 0, top_p: null, seed: undefined }, { field_of_tomorrow: [1] }),
    );
    expect(api.seen[0]).toMatchObject({ url: "https://api.openai.com/v1/chat/completions", init: { method: "POST" } });
    expect(api.seen[0]!.body).toEqual({
      model: "gpt-6-luna",
      messages: HELLO,
      temperature: 0,
      field_of_tomorrow: [1],
      top_p: null,
    });
    expect(completion).toEqual(COMPLETION);
    expect(httpInfo(completion)).toMatchObject({ requestId: "r1", attempts: 1, status: 200 });
  });

  it("prefers the params' model unless it is undefined", async () => {
    const [connection, api] = over(() => json(COMPLETION));
    await chat(connection, HELLO, { model: "other" });
    await chat(connection, HELLO, { model: undefined });
    expect(api.seen.map((one) => (one.body as { model: string }).model)).toEqual(["other", "gpt-6-luna"]);
  });

  it.each(["signal", "timeout", "maxRetries", "headers", "onChunk"])(
    "refuses the option %s among the params",
    async (name) => {
      const [connection, api] = over(json(COMPLETION));
      expect(await failure(chat(connection, HELLO, { [name]: 1 }))).toMatchObject({
        kind: "InputError",
        path: `params.${name}`,
      });
      expect(await failure(streamChat(connection, HELLO, { [name]: 1 }))).toMatchObject({ path: `params.${name}` });
      expect(api.seen).toEqual([]);
    },
  );

  it.each(["model", "messages", "temperature", "stream", "tools"])(
    "refuses the param %s among the options",
    async (name) => {
      const [connection] = over(json(COMPLETION));
      expect(await failure(chat(connection, HELLO, {}, { [name]: 1 }))).toMatchObject({ path: `options.${name}` });
    },
  );

  it("rejects a flag that would change the result", async () => {
    const [connection] = over(json(COMPLETION));
    expect(await failure(chat(connection, HELLO, { stream: true as never }))).toBeInstanceOf(InputError);
  });

  it("rejects values that JSON cannot represent", async () => {
    const [connection, api] = over(json(COMPLETION));
    const circle: Record<string, unknown> = {};
    circle["circle"] = circle;
    for (const [bad, path] of [
      [circle, "params.circle.circle"],
      [{ seed: 5n }, "params.seed"],
      [{ metadata: { list: ["x", { n: 5n }] } }, "params.metadata.list[1].n"],
    ] as const)
      expect(await failure(chat(connection, HELLO, bad as never))).toMatchObject({ kind: "InputError", path });
    expect(api.seen).toEqual([]);
  });

  it.each([
    [
      "a page of HTML",
      () => new Response("<html>Sign in</html>", { headers: { "content-type": "text/html" } }),
      { code: "not_json", message: "Expected JSON, received text/html (20 characters)" },
    ],
    [
      "an empty body",
      () => new Response(""),
      { code: "no_choices", message: "The answer is no completion: it has no choices" },
    ],
    ["white space", () => new Response(" \n"), { code: "no_choices" }],
    ["no body at all", () => new Response(null), { code: "no_choices" }],
    ["JSON that is no object", () => json('"hello"'), { code: "no_choices", body: "hello" }],
    ["null", () => json("null"), { code: "no_choices" }],
    ["a number", () => json("5"), { code: "no_choices", body: 5 }],
    ["an empty object", () => json("{}"), { code: "no_choices" }],
    ["an empty list", () => json("[]"), { code: "no_choices" }],
    ["choices that are no list", () => json({ choices: { 0: {} } }), { code: "no_choices" }],
    ["no choice", () => json({ choices: [] }), { code: "no_choices" }],
    ["a choice without a message", () => json({ choices: [{ index: 0 }] }), { code: "no_choices" }],
    [
      "a JSON error",
      () => json({ error: { message: "No.", code: "c", type: "t" } }),
      { code: "c", type: "t", message: "No." },
    ],
    ["an error as a bare string", () => json({ error: "No." }), { message: "No." }],
    ["half a completion", () => json('{"choices":[{"mess'), { code: "not_json" }],
    [
      "events that nobody asked for",
      () => sse(body(...answer("Hi"))),
      { code: "not_json", message: expect.stringContaining("text/event-stream") },
    ],
  ] as [string, () => Response, object][])("tells %s at status 200 as what it is", async (_name, make, expected) => {
    const [connection] = over(make);
    const error = await failure(chat(connection, HELLO));
    expect(error).toMatchObject({ kind: "APIError", status: 200, ...expected });
    expect(httpInfo(error)).toMatchObject({ status: 200, attempts: 1 });
  });

  it("rejects an answer beyond the limit, and stops reading", async () => {
    const endless = body("{", ...Array.from({ length: 100 }, () => " ".repeat(1_000)), "hang");
    const api = server(new Response(endless.stream));
    const connection = createConnection({ apiKey: "k", fetch: api.fetch, limits: { answer: 10_000 } });
    expect(await failure(chat(connection, HELLO))).toMatchObject({
      code: "too_large",
      message: "The answer is longer than 10000 bytes",
    });
    expect([endless.cancels, endless.pulls < 20]).toEqual([1, true]);
  });

  it("rejects with a ConnectionError if the answer breaks off", async () => {
    const broken = new TypeError("terminated");
    const [connection] = over(
      new Response(body('{"a":', { fail: broken }).stream, { headers: { "x-request-id": "r1" } }),
    );
    const error = await failure(chat(connection, HELLO));
    expect(error).toMatchObject({ kind: "ConnectionError", cause: broken });
    expect(httpInfo(error)).toMatchObject({ requestId: "r1" });
  });
});

describe("chat() with onChunk", () => {
  it.each([
    ["print", "string"],
    [null, "null"],
    [{}, "object"],
  ])("rejects %j and sends nothing", async (onChunk, received) => {
    const [connection, api] = over(json(COMPLETION));
    expect(await failure(chat(connection, HELLO, {}, { onChunk: onChunk as never }))).toMatchObject({
      kind: "InputError",
      path: "options.onChunk",
      expected: "a function",
      received,
    });
    expect(api.seen).toEqual([]);
  });

  it("streams internally, and resolves to the whole answer", async () => {
    const [connection, api] = over(body(...answer("Hel", "lo")));
    const chunks: ChatChunk[] = [];
    const completion = await chat(connection, HELLO, {}, { onChunk: (one) => void chunks.push(one) });
    expect([
      chunks.map((one) => one.content).join(""),
      completion.choices[0]?.message.content,
      completion.usage?.total_tokens,
    ]).toEqual(["Hello", "Hello", 5]);
    expect(api.seen[0]!.body).toMatchObject({ stream: true, stream_options: { include_usage: true } });
    expect(httpInfo(completion)?.attempts).toBe(1);
  });

  it("waits for onChunk before it continues to read", async () => {
    const source = body(delta("a"), delta("b"), finish(), DONE);
    const [connection] = over(source);
    const pulls: number[] = [];
    await chat(
      connection,
      HELLO,
      {},
      {
        onChunk: async () => {
          await new Promise((resolve) => setTimeout(resolve, 1));
          pulls.push(source.pulls);
        },
      },
    );
    expect(pulls).toEqual([1, 2, 3]);
  });

  it("rejects with the same error as streamChat() before the stream begins", async () => {
    const [connection] = over(json({ error: { message: "No." } }, 401));
    expect(await failure(chat(connection, HELLO, {}, { onChunk: () => undefined }))).toMatchObject({
      kind: "APIError",
      status: 401,
    });
  });
});

describe("streamChat()", () => {
  it("requests usage unless the params, the provider or null turn it off", async () => {
    const [connection, api] = over(() => sse(body(...answer("Hi"))));
    await streamChat(connection, HELLO);
    await streamChat(connection, HELLO, { stream_options: { include_usage: false } });
    await streamChat(connection, HELLO, { stream_options: null });
    await streamChat(connection, HELLO, { stream_options: undefined });
    await streamChat(createConnection({ apiKey: "k", fetch: api.fetch, includeUsage: false }), HELLO);
    expect(api.seen.map((one) => (one.body as { stream_options: unknown }).stream_options)).toEqual([
      { include_usage: true },
      { include_usage: false },
      null,
      { include_usage: true },
      undefined,
    ]);
    expect(api.seen.every((one) => (one.body as Loose).stream === true)).toBe(true);
  });

  it("rejects with the API's error before the stream begins", async () => {
    for (const status of [400, 401, 403, 404, 429, 500]) {
      const [connection] = over(json({ error: { message: "No.", code: "c" } }, status));
      expect(await failure(streamChat(connection, HELLO))).toMatchObject({ kind: "APIError", status, code: "c" });
    }
  });

  it("has HTTP information", async () => {
    const [connection] = over(
      sse(body(...answer("Hi")), { "x-request-id": "r1", "x-ratelimit-remaining-tokens": "7" }),
    );
    const stream = await streamChat(connection, HELLO);
    expect(httpInfo(stream)).toMatchObject({ requestId: "r1", attempts: 1, rateLimits: { tokens: { remaining: 7 } } });
    expect(httpInfo(await stream.final())).toMatchObject({ requestId: "r1" });
    const [cut] = over(sse(body(delta("a")), { "x-request-id": "r2" }));
    expect(httpInfo(await failure((await streamChat(cut, HELLO)).final()))).toMatchObject({
      requestId: "r2",
      attempts: 1,
    });
  });

  it("yields the chunks of every choice", async () => {
    const [connection] = over(
      body(
        event({
          ...chunk({}),
          choices: [0, 1].map((index) => ({ index, delta: { content: `${index}` }, finish_reason: "stop" })),
        }),
        DONE,
      ),
    );
    const stream = await streamChat(connection, HELLO, { n: 2 });
    expect((await stream.final()).choices.map((one) => one.message.content)).toEqual(["0", "1"]);
  });
});
