import { describe, expect, it, vi } from "vitest";
import { faults, type RecordedRequest } from "../../src/testing/index.ts";
import {
  ask,
  CHAT,
  chunks,
  complete,
  dataOf,
  instant,
  joined,
  post,
  readPieces,
  say,
  textOf,
  user,
} from "./support.ts";

describe("scripted replies", () => {
  it("are used in order, each once, before the default answer", async () => {
    const mock = instant().reply("one", { text: "two" });
    expect(mock.pending).toBe(2);
    expect([await say(mock, "a"), await say(mock, "b")]).toEqual(["one", "two"]);
    expect(mock.pending).toBe(0);
    expect(await say(mock, "three")).toBe("You said: three");
  });

  it.each([
    [null, "replies[0]: expected a text, an object or a function, received null"],
    [3, "replies[0]: expected a text, an object or a function, received number"],
    [["a", "b"], "replies[0]: expected a text, an object or a function, received a list"],
    [{ content: "a" }, "replies[0].content: expected the option text, received an unknown name"],
    [{ tool_calls: [] }, "replies[0].tool_calls: expected the option toolCalls, received an unknown name"],
    [{ text: 3 }, "replies[0].text: expected a string, received number"],
    [{ toolCalls: { name: "a" } }, "replies[0].toolCalls: expected a list, received object"],
    [{ toolCalls: [{ arguments: {} }] }, "replies[0].toolCalls[0].name: expected a string, received undefined"],
    [{ functionCall: {} }, "replies[0].functionCall.name: expected a string, received undefined"],
    [{ status: "429" }, "replies[0].status: expected a status from 200 to 599, received string"],
    [{ status: 42 }, "replies[0].status: expected a status from 200 to 599, received 42"],
    [{ chunks: ["a"] }, "replies[0].chunks[0]: expected an object, received string"],
    [{ events: "data: x" }, "replies[0].events: expected a list of strings, received string"],
    [{ pace: -1 }, 'replies[0].pace: expected "instant" or an object, received number'],
    [{ fault: "cut" }, "replies[0].fault: expected a fault, such as faults.cut(), or a list of them, received string"],
    [{ reply: { txt: "a" }, fault: [] }, "replies[0].reply.txt: expected the option text, received an unknown name"],
  ])("are refused when they are queued if a field is wrong: %j", async (reply, message) => {
    const mock = instant();
    expect(() => mock.reply(reply as never)).toThrow(message);
    expect(mock.pending).toBe(0);
    expect(() => mock.failOn(1, reply as never)).toThrow(message.replace("replies[0]", "reply"));
    await expect(say(instant().reply((() => reply) as never), "a")).rejects.toThrow(
      message.replace("replies[0]", "reply"),
    );
  });

  it("are sent as they are, whatever limits the request sets", async () => {
    const mock = instant().reply("one two three");
    expect(await say(mock, "a", { max_completion_tokens: 1, stop: "two" })).toBe("one two three");
  });

  it("can call tools", async () => {
    const toolCalls = [
      { name: "a", arguments: { x: 1 } },
      { name: "b", arguments: '{"half', id: "call_b" },
      { name: "c" },
    ];
    const { choices } = await complete(instant().reply({ toolCalls }));
    expect(choices[0]).toMatchObject({ finish_reason: "tool_calls", message: { content: null } });
    expect(choices[0]?.message.tool_calls).toEqual([
      { id: expect.stringMatching(/^call_\w{24}$/), type: "function", function: { name: "a", arguments: '{"x":1}' } },
      { id: "call_b", type: "function", function: { name: "b", arguments: '{"half' } },
      { id: expect.stringMatching(/^call_\w{24}$/), type: "function", function: { name: "c", arguments: "{}" } },
    ]);
    const list = await chunks(instant().reply({ text: "Well", toolCalls: toolCalls.slice(0, 1) }));
    expect(list.map((chunk) => chunk.choices[0]?.delta)).toMatchObject([
      { role: "assistant", content: "" },
      { content: "Well" },
      { tool_calls: [{ index: 0, type: "function", function: { name: "a", arguments: "" } }] },
      { tool_calls: [{ index: 0, function: { arguments: '{"' } }] },
      { tool_calls: [{ index: 0, function: { arguments: "x" } }] },
      { tool_calls: [{ index: 0, function: { arguments: '":' } }] },
      { tool_calls: [{ index: 0, function: { arguments: "1" } }] },
      { tool_calls: [{ index: 0, function: { arguments: "}" } }] },
      {},
    ]);
  });

  it("can call a legacy function", async () => {
    const mock = instant().reply(
      { functionCall: { name: "f", arguments: { a: 1 } } },
      { functionCall: { name: "f", arguments: "{}" } },
    );
    const { choices } = await complete(mock);
    expect(choices[0]).toMatchObject({
      finish_reason: "function_call",
      message: { content: null, function_call: { name: "f", arguments: '{"a":1}' } },
    });
    const list = await chunks(mock);
    expect(list.map((chunk) => chunk.choices[0]?.delta["function_call"])).toEqual([
      { name: "f", arguments: "" },
      { arguments: "{}" },
      undefined,
    ]);
  });

  it("can have a refusal or reasoning", async () => {
    const mock = instant().reply(
      { refusal: "I will not" },
      { reasoning: "Hm hm", text: "Yes" },
      { refusal: "No" },
      { reasoning: "Hm", text: "Yes" },
    );
    expect((await complete(mock)).choices[0]?.message).toMatchObject({ content: null, refusal: "I will not" });
    const reasoned = await complete(mock);
    expect(reasoned.choices[0]?.message).toMatchObject({ content: "Yes", reasoning_content: "Hm hm" });
    expect(reasoned.usage).toMatchObject({ completion_tokens: 3, completion_tokens_details: { reasoning_tokens: 2 } });
    expect((await chunks(mock)).map((chunk) => chunk.choices[0]?.delta)).toEqual([
      { role: "assistant", content: "", refusal: null },
      { refusal: "No" },
      {},
    ]);
    expect((await chunks(mock)).map((chunk) => chunk.choices[0]?.delta)).toEqual([
      { role: "assistant", content: "", refusal: null },
      { reasoning_content: "Hm" },
      { content: "Yes" },
      {},
    ]);
  });

  it("can override the finish reason, the usage and the headers, even of the default answer", async () => {
    const mock = instant().reply(
      { text: "a", finishReason: "content_filter", usage: { total_tokens: 7 } },
      { finishReason: null, headers: { "X-Mine": "1", "x-request-id": "r" } },
    );
    expect(await complete(mock)).toMatchObject({
      choices: [{ finish_reason: "content_filter" }],
      usage: { total_tokens: 7 },
    });
    const response = await ask(mock, {});
    expect([response.headers.get("x-mine"), response.headers.get("x-request-id")]).toEqual(["1", "r"]);
    expect(await response.json()).toMatchObject({
      choices: [{ finish_reason: null, message: { content: "You said: Hello" } }],
    });
  });

  it("can be an HTTP error with OpenAI's message, another one, or no body", async () => {
    const mock = instant().reply(
      { status: 429, headers: { "retry-after": "2" } },
      { status: 400, error: "Too blue" },
      { status: 418, error: { message: "Teapot", code: 7 } },
      { status: 502, body: "<html>", headers: { "content-type": "text/html" } },
      { status: 500, body: { odd: [1] } },
      { status: 204 },
    );
    const first = await ask(mock, {});
    expect([first.status, first.headers.get("retry-after")]).toEqual([429, "2"]);
    expect(await first.json()).toMatchObject({ error: { type: "requests", code: "rate_limit_exceeded", param: null } });
    expect(await (await ask(mock, {})).json()).toEqual({
      error: { message: "Too blue", type: "invalid_request_error", param: null, code: null },
    });
    expect(await (await ask(mock, {})).json()).toMatchObject({ error: { message: "Teapot", code: 7 } });
    const html = await ask(mock, {});
    expect([html.status, html.headers.get("content-type"), await html.text()]).toEqual([502, "text/html", "<html>"]);
    expect(await (await ask(mock, {})).json()).toEqual({ odd: [1] });
    const empty = await ask(mock, {});
    expect([empty.status, empty.body]).toEqual([204, null]);
    expect(mock.requests.map((request) => request.status)).toEqual(Array(6).fill("complete"));
  });

  it("can be raw chunks, raw events, and raw bytes", async () => {
    const bytes = new Uint8Array([0xff, 0x00]);
    const mock = instant().reply(
      { chunks: [{ a: 1 }, { b: 2 }] },
      { chunks: [{ a: 1 }], done: false },
      { events: [": hi\n\n", "data: 1\r\n\r\n"] },
      { body: "plain", status: 203, headers: { "content-type": "text/plain" } },
      { body: bytes },
      { body: ["a", bytes, "b"] },
    );
    expect(dataOf(await (await ask(mock, {})).text())).toEqual(['{"a":1}', '{"b":2}', "[DONE]"]);
    expect(dataOf(await (await ask(mock, {})).text())).toEqual(['{"a":1}']);
    const events = await ask(mock, {});
    expect(events.headers.get("content-type")).toContain("text/event-stream");
    expect((await readPieces(events)).pieces.map((piece) => textOf([piece]))).toEqual([": hi\n\n", "data: 1\r\n\r\n"]);
    const plain = await ask(mock, {});
    expect([plain.status, plain.headers.get("content-type"), await plain.text()]).toEqual([203, "text/plain", "plain"]);
    expect(new Uint8Array(await (await ask(mock, {})).arrayBuffer())).toEqual(bytes);
    expect((await readPieces(await ask(mock, {}))).pieces).toEqual([new Uint8Array([97]), bytes, new Uint8Array([98])]);
  });

  it("can be a function of the request, which may return a Response", async () => {
    const seen: RecordedRequest[] = [];
    const mock = instant().reply(
      async (request) => {
        seen.push(request);
        return `You asked ${request.method} ${request.path}`;
      },
      () => new Response("mine", { status: 201, headers: { "x-mine": "1" } }),
      () => () => faults.cut({ afterBytes: 2 })("never"),
    );
    expect(await say(mock, "a")).toBe("You asked POST /v1/chat/completions");
    expect(seen).toEqual([mock.requests[0]]);
    const own = await ask(mock, {});
    expect([own.status, own.headers.get("x-mine"), await own.text()]).toEqual([201, "1", "mine"]);
    await expect(mock.requests[1]?.ended).resolves.toBe("complete");
    expect(await (await ask(mock, {})).text()).toBe("{\n");
  });

  it("can answer on any path", async () => {
    const mock = instant().reply({ body: '{"data":[]}' });
    const response = await mock.fetch("https://x/v1/fine_tuning/jobs", post({ input: "a" }));
    expect(await response.json()).toEqual({ data: [] });
    expect((await mock.fetch("https://x/v1/fine_tuning/jobs", post({}))).status).toBe(404);
  });

  it("reject with the error of their function", async () => {
    const mock = instant().reply(() => {
      throw new Error("mine");
    });
    await expect(ask(mock, {})).rejects.toThrow("mine");
    expect(mock.requests[0]?.status).toBe("broken");
  });
});

describe("failures of the n-th call", () => {
  it("replace the n-th answer, before the queue and before every check", async () => {
    const mock = instant()
      .reply("one", "two")
      .failOn(2, { status: 503 })
      .failOn(3, faults.reset({ before: "headers" }));
    expect(await say(mock, "a")).toBe("one");
    expect((await mock.fetch(CHAT)).status).toBe(503);
    await expect(ask(mock, {})).rejects.toThrow(TypeError);
    expect(await say(mock, "a")).toBe("two");
  });

  it("count from one again after reset()", async () => {
    const mock = instant().reply("left").failOn(1, { status: 500 });
    await ask(mock, {});
    mock.reset();
    expect([mock.pending, mock.requests.length]).toEqual([0, 0]);
    mock.failOn(1, { status: 418 });
    expect((await ask(mock, {})).status).toBe(418);
    expect(mock.requests[0]?.number).toBe(1);
  });
});

describe("the list of requests", () => {
  it("has everything that was sent", async () => {
    const mock = instant();
    await mock.fetch(
      `${CHAT}?a=1&b=two`,
      post(
        { model: "m", messages: user("Hi") },
        { headers: { Authorization: "Bearer k", "Content-Type": "application/json", "X-Mine": "1" } },
      ),
    );
    expect(mock.requests[0]).toMatchObject({
      number: 1,
      method: "POST",
      url: `${CHAT}?a=1&b=two`,
      path: "/v1/chat/completions",
      query: { a: "1", b: "two" },
      headers: { authorization: "Bearer k", "content-type": "application/json", "x-mine": "1" },
      body: { model: "m", messages: [{ role: "user", content: "Hi" }] },
      signalAborted: false,
    });
  });

  it("has a body that is not JSON as text, as bytes, or as undefined", async () => {
    const mock = instant();
    await mock.fetch(CHAT, post("{no"));
    await mock.fetch(CHAT, { method: "POST", body: new Uint8Array([0xff]) });
    await mock.fetch(CHAT, { method: "POST" });
    await mock.fetch(CHAT, { method: "POST", body: new URLSearchParams({ a: "b" }) });
    expect(mock.requests.map((request) => request.body)).toEqual(["{no", new Uint8Array([0xff]), undefined, "a=b"]);
    expect(mock.requests[3]?.headers["content-type"]).toContain("application/x-www-form-urlencoded");
  });

  it("keeps concurrent requests in the order of their arrival", async () => {
    const mock = instant();
    await Promise.all(["a", "b", "c"].map((name) => ask(mock, { user: name })));
    expect(mock.requests.map((request) => (request.body as { user: string }).user)).toEqual(["a", "b", "c"]);
  });

  it("keeps the order of arrival even if an earlier body arrives later", async () => {
    const mock = instant();
    const late = new ReadableStream<Uint8Array>({
      start: (controller) => {
        setTimeout(() => {
          controller.enqueue(new TextEncoder().encode('"late"'));
          controller.close();
        }, 0);
      },
    });
    const slow: RequestInit & { duplex: "half" } = { ...post(""), body: late, duplex: "half" };
    await Promise.all([mock.fetch(CHAT, slow), mock.fetch(CHAT, post('"soon"'))]);
    expect(mock.requests.map((request) => request.body)).toEqual(["late", "soon"]);
  });

  it("has the end of each answer", async () => {
    const mock = instant();
    const open = await ask(mock, { stream: true });
    expect(mock.requests[0]?.status).toBe("open");
    await open.text();
    expect(mock.requests[0]?.status).toBe("complete");
    const left = await ask(mock, { stream: true });
    await left.body?.cancel();
    expect(await mock.requests[1]?.ended).toBe("cancelled");
    expect(mock.requests[1]?.signalAborted).toBe(false);
  });

  it("shows that the signal fired, and the body fails with its reason", async () => {
    const mock = instant();
    const aborter = new AbortController();
    const response = await ask(mock, { stream: true }, { signal: aborter.signal });
    const reader = response.body!.getReader();
    await reader.read();
    aborter.abort(new Error("enough"));
    await expect(reader.read()).rejects.toThrow("enough");
    expect(mock.requests[0]).toMatchObject({ status: "cancelled", signalAborted: true });
  });

  it("removes its listeners from a signal that outlives the answer, and finishes a fault's own cleanup", async () => {
    let isUndone = false;
    const own = faults.createFault("own", (draft) => ({
      ...draft,
      pieces: (function* () {
        try {
          yield* draft.pieces;
        } finally {
          isUndone = true;
        }
      })(),
    }));
    const { signal } = new AbortController();
    const [add, remove] = [vi.spyOn(signal, "addEventListener"), vi.spyOn(signal, "removeEventListener")];
    const response = await ask(instant().reply(own), { stream: true }, { signal });
    const reader = response.body!.getReader();
    await reader.read();
    await reader.cancel();
    expect(isUndone).toBe(true);
    expect(add).toHaveBeenCalled();
    expect(remove.mock.calls.map(([, listener]) => listener)).toEqual(add.mock.calls.map(([, listener]) => listener));
  });

  it("ignores a signal that fires after the end", async () => {
    const mock = instant();
    const aborter = new AbortController();
    await (await ask(mock, {}, { signal: aborter.signal })).text();
    aborter.abort();
    expect(mock.requests[0]).toMatchObject({ status: "complete", signalAborted: false });
  });

  it("records the end of a Response that the test created", async () => {
    let cancelled: unknown;
    const endless = (): Response =>
      new Response(
        new ReadableStream({
          pull: (controller) => controller.enqueue(new Uint8Array(1)),
          cancel: (reason) => void (cancelled = reason),
        }),
      );
    const mock = instant().reply(endless, endless);
    await (await ask(mock, {})).body?.cancel("left");
    expect([cancelled, mock.requests[0]?.status]).toEqual(["left", "cancelled"]);
    const aborter = new AbortController();
    const reader = (await ask(mock, {}, { signal: aborter.signal })).body!.getReader();
    await reader.read();
    aborter.abort("gone");
    await expect(reader.read()).rejects.toBe("gone");
    expect([cancelled, mock.requests[1]?.status]).toEqual(["gone", "cancelled"]);
  });

  it("answers a disconnected client of a server with 499", async () => {
    const aborter = new AbortController();
    const mock = instant().reply(faults.stall({ before: "headers" })());
    const answer = mock.handle(
      new Request(CHAT, post({ model: "m", messages: user("Hi") }, { signal: aborter.signal })),
    );
    await Promise.resolve();
    setTimeout(() => aborter.abort(), 0);
    expect((await answer).status).toBe(499);
  });
});

describe("a response of handle()", () => {
  it("ends without an error when its client disconnects, whoever created it", async () => {
    const endless = (): Response =>
      new Response(new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(1)) }));
    const mock = instant().reply(faults.stall({ afterEvents: 1 })("Hi"), endless);
    for (const call of [0, 1]) {
      const aborter = new AbortController();
      const request = new Request(
        CHAT,
        post({ model: "m", messages: user("Hi"), stream: true }, { signal: aborter.signal }),
      );
      const reader = (await mock.handle(request)).body!.getReader();
      await reader.read();
      aborter.abort();
      expect((await reader.read()).done).toBe(true);
      expect(mock.requests[call]).toMatchObject({ status: "cancelled", signalAborted: true });
    }
  });
});

describe("several choices", () => {
  it("each have the scripted text", async () => {
    const list = await chunks(instant().reply("Hi there"), { n: 2 });
    expect([joined(list, 0), joined(list, 1)]).toEqual(["Hi there", "Hi there"]);
  });
});
