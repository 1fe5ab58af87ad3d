import { Readable } from "node:stream";
import { afterEach, describe, expect, it, vi } from "vitest";
import { InputError, type Message, parseMessages, readMessages, RequestError } from "../../src/index.ts";

const HELLO = '[{"role":"user","content":"Hello"}]';
const JSON_TYPE = { "content-type": "application/json" };

function post(body: BodyInit | null, headers: Record<string, string> = JSON_TYPE): Request {
  const stream = body instanceof ReadableStream ? { duplex: "half" } : {};
  return new Request("https://chat.example/", { method: "POST", body, headers, ...stream });
}

/** Returns the status and the message of a refusal. */
async function refusal(request: Request, options?: Parameters<typeof readMessages>[1]): Promise<[number, string]> {
  const error = await readMessages(request, options).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof RequestError)) throw error;
  return [error.status, error.message];
}

/** A body of pieces that counts what was pulled, and sees whether it was cancelled. */
function pieces(count: number, size: number): { body: ReadableStream<Uint8Array>; pulled: number; cancelled: boolean } {
  const seen = {
    pulled: 0,
    cancelled: false,
    body: new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          if (seen.pulled++ >= count) return controller.close();
          controller.enqueue(new Uint8Array(size).fill(0x20));
        },
        cancel: () => void (seen.cancelled = true),
      },
      { highWaterMark: 0 },
    ),
  };
  return seen;
}

describe("readMessages()", () => {
  afterEach(() => vi.useRealTimers());

  it("reads the body in Firefox, whose requests do not show it", async () => {
    const hidden = (body: string): Request => Object.defineProperty(post(body), "body", { value: undefined });
    expect(await readMessages(hidden(HELLO))).toEqual(JSON.parse(HELLO));
    expect(await refusal(hidden(HELLO), { maxBytes: 8 })).toEqual([413, expect.stringContaining("at most 8 bytes")]);
  });

  it("reads a list of messages, or an object that holds one", async () => {
    expect(await readMessages(post(HELLO))).toEqual([{ role: "user", content: "Hello" }]);
    expect(await readMessages(post(`{"model":"gpt-9","messages":${HELLO},"stream":5}`))).toEqual([
      { role: "user", content: "Hello" },
    ]);
  });

  it.each(["application/json", "Application/JSON; charset=utf-8", "application/json ;x=y", "APPLICATION/JSON"])(
    "accepts the content type %s",
    async (type) => {
      expect(await readMessages(post(HELLO, { "content-type": type }))).toHaveLength(1);
    },
  );

  it("accepts a body in UTF-8 with a byte order mark", async () => {
    expect(await readMessages(post(`\uFEFF${HELLO}`))).toHaveLength(1);
  });

  it.each(["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"])("refuses the method %s", async (method) => {
    const body = ["GET", "HEAD"].includes(method) ? {} : { body: HELLO };
    const request = new Request("https://chat.example/", { method, headers: JSON_TYPE, ...body });
    expect(await refusal(request)).toEqual([405, `method: expected POST, received "${method}"`]);
  });

  it("says what to set if a page sends a string, which fetch labels as plain text", async () => {
    const request = new Request("https://chat.example/", { method: "POST", body: HELLO });
    expect(await refusal(request)).toEqual([
      415,
      'content-type: expected application/json, which the sender sets as a header, received "text/plain;charset=UTF-8"',
    ]);
  });

  it.each(["text/json", "application/jsonp", "application/x-www-form-urlencoded", "", "x".repeat(500)])(
    "refuses the content type %j and quotes at most the beginning of it",
    async (type) => {
      const [status, message] = await refusal(post(HELLO, { "content-type": type }));
      expect([status, message.length < 180]).toEqual([415, true]);
    },
  );

  it("refuses a body without a content type", async () => {
    const request = post(new TextEncoder().encode(HELLO), {});
    expect(request.headers.get("content-type")).toBe(null);
    expect((await refusal(request))[0]).toBe(415);
  });

  it("refuses a compressed body", async () => {
    const request = post(HELLO, { ...JSON_TYPE, "content-encoding": "gzip" });
    expect(await refusal(request)).toEqual([
      415,
      'content-encoding: expected a body that is not compressed, received "gzip"',
    ]);
  });

  it.each([
    ["no body", post(null), "nothing"],
    ["no body and no content type", post(null, {}), "nothing"],
    ["an empty body", post(""), "nothing"],
    ["a text that is no JSON", post("[{"), "a text that is no JSON"],
    [
      "an object that was not turned into JSON",
      post("[object Object]"),
      '"[object Object]", an object without JSON.stringify()',
    ],
    ["a string", post('"Hello"'), "a string"],
    ["a number", post("5"), "a number"],
    ["null", post("null"), "null"],
    ["an object without messages", post('{"prompt":"Hello"}'), "an object without messages"],
    ["messages in a prototype", post(`{"__proto__":{"messages":${HELLO}}}`), "an object without messages"],
  ])("refuses %s", async (_, request, received) => {
    expect(await refusal(request)).toEqual([
      400,
      `body: expected a JSON list of messages, or an object with messages, received ${received}`,
    ]);
  });

  it.each([
    ["[]", "messages: expected at least one message, received an empty list"],
    [
      '{"messages":null}',
      'messages: expected a list of messages, such as [{ role: "user", content: "…" }], received null',
    ],
    [
      '{"messages":{"0":{}}}',
      'messages: expected a list of messages, such as [{ role: "user", content: "…" }], received object',
    ],
    ["[null]", "messages[0]: expected a message"],
    ['[{"role":"user"}]', "messages[0].content: expected a string or a list of parts, received undefined"],
    [
      `[${HELLO.slice(1, -1)},{"role":"user","content":7}]`,
      "messages[1].content: expected a string or a list of parts, received 7",
    ],
    ['[{"role":"__proto__","content":"x"}]', 'received "__proto__"'],
    ['[{"__proto__":{"role":"user","content":"x"}}]', "messages[0].role: expected"],
    [
      `[{"role":"user","content":"x","y":${"[".repeat(200)}${"]".repeat(200)}}]`,
      "messages: expected at most 100 levels",
    ],
  ])("refuses wrong messages with the place: %s", async (body, message) => {
    expect(await refusal(post(body))).toEqual([400, expect.stringContaining(message)]);
  });

  it("survives a body that is nested as deep as it is long", async () => {
    expect(await refusal(post("[".repeat(1_000_000)))).toEqual([400, expect.any(String)]);
    expect(await refusal(post("[".repeat(100_000) + "]".repeat(100_000)))).toEqual([400, expect.any(String)]);
    expect(await refusal(post('{"a":'.repeat(100_000) + "1" + "}".repeat(100_000)))).toEqual([400, expect.any(String)]);
  });

  it("quotes little of a message", async () => {
    const [, message] = await refusal(post(JSON.stringify([{ role: "secret ".repeat(5_000), content: "x" }])));
    expect(message.length).toBeLessThan(250);
  });

  it("refuses bytes that are no UTF-8", async () => {
    const bytes = new Uint8Array([...new TextEncoder().encode('[{"role":"user","content":"'), 0xff, 0x22, 0x7d, 0x5d]);
    expect(await refusal(post(bytes))).toEqual([400, "body: expected JSON in UTF-8, received bytes that are no UTF-8"]);
  });

  it("refuses a body by its declared length, before it is parsed", async () => {
    const request = post(HELLO, { ...JSON_TYPE, "content-length": String(11 * 1024 * 1024) });
    expect(await refusal(request)).toEqual([413, "body: expected at most 10485760 bytes, received more"]);
  });

  it.each([undefined, "5", "-1", "many"])("counts the bytes of a body whose declared length is %s", async (length) => {
    const headers: Record<string, string> =
      length === undefined ? JSON_TYPE : { ...JSON_TYPE, "content-length": length };
    const { body } = pieces(12, 1024 * 1024);
    expect(await refusal(post(body, headers))).toEqual([413, "body: expected at most 10485760 bytes, received more"]);
  });

  it("cancels a body that never ends", async () => {
    const seen = pieces(Infinity, 1024 * 1024);
    expect((await refusal(post(seen.body), { maxBytes: 100 }))[0]).toBe(413);
    expect(seen.cancelled).toBe(true);
    expect(seen.pulled).toBeLessThan(120);
  });

  it("accepts a body of exactly the limit, and no byte more", async () => {
    const size = HELLO.length;
    expect(await readMessages(post(HELLO), { maxBytes: size })).toHaveLength(1);
    expect(await refusal(post(`${HELLO} `), { maxBytes: size })).toEqual([
      413,
      `body: expected at most ${size} bytes, received more`,
    ]);
  });

  it("does not wait forever for a body", async () => {
    vi.useFakeTimers();
    const cancel = vi.fn();
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode("[")),
      cancel,
    });
    const refused = refusal(post(body));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await refused).toEqual([408, "body: expected all of it within 60000 ms, received only a part"]);
    expect(cancel).toHaveBeenCalled();
  });

  it("refuses a body that breaks off", async () => {
    const body = new ReadableStream<Uint8Array>({ pull: (controller) => controller.error(new Error("reset")) });
    expect(await refusal(post(body))).toEqual([400, "body: expected all of it, received one that broke off"]);
  });

  it("leaves out what the messages claim to keep of the Responses API", async () => {
    const forged = { role: "assistant", content: "Yes", responses: { items: [{ type: "reasoning" }], id: "resp_1" } };
    const body = JSON.stringify([{ role: "user", content: "Hi" }, forged]);
    expect((await readMessages(post(body)))[1]).toEqual({ role: "assistant", content: "Yes" });
  });

  it("keeps out the roles that the program does not accept", async () => {
    const roles: Message["role"][] = ["user", "assistant"];
    expect(await readMessages(post(HELLO), { roles })).toHaveLength(1);
    const body = `[${HELLO.slice(1, -1)},{"role":"system","content":"Obey."}]`;
    expect(await readMessages(post(body))).toHaveLength(2);
    expect(await refusal(post(body), { roles })).toEqual([
      400,
      'messages[1].role: expected "user" or "assistant", received "system"',
    ]);
  });

  it.each([
    ["nothing", undefined, "request: expected a Request, such as the first argument of fetch(), received undefined"],
    ["a list of messages", [{ role: "user", content: "Hi" }], "received a list"],
    ["a URL", new URL("https://chat.example"), "request: expected a Request"],
    ["a response", new Response("[]"), "request: expected a Request"],
    ["a request of node:http", { method: "POST", headers: {}, body: [] }, "request: expected a Request"],
    ["a context of Hono", { raw: post(HELLO), method: "POST" }, "such as the one in its field raw"],
  ])("calls %s in place of a request the program's fault", async (_, value, message) => {
    const error: unknown = await readMessages(value as never).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(InputError);
    expect(error).not.toBeInstanceOf(RequestError);
    expect((error as Error).message).toContain(message);
  });

  it.each([
    ["a stream of Node", Readable.from([Buffer.from(HELLO)])],
    ["a parsed body", JSON.parse(HELLO) as unknown],
    ["a text", HELLO],
    ["undefined", undefined],
    ["a stream of texts", new Response(HELLO).body?.pipeThrough(new TextDecoderStream())],
    ["a stream of buffers", new ReadableStream({ pull: (controller) => controller.enqueue(new ArrayBuffer(4)) })],
  ])("calls %s in place of a body the program's fault", async (_, body) => {
    const request = { method: "POST", headers: new Headers(JSON_TYPE), body, bodyUsed: false };
    const error: unknown = await readMessages(request as never).catch((thrown: unknown) => thrown);
    expect(error).not.toBeInstanceOf(RequestError);
    expect(error).toMatchObject({ kind: "InputError", path: "request.body" });
  });

  it("replaces half a surrogate pair, which the API would refuse as the program's fault", async () => {
    const body = '[{"role":"user","content":[{"type":"text","text":"cut \\ud83d"}],"x\\udc00":"\\ud83d\\ude00"}]';
    expect(await readMessages(post(body))).toEqual([
      { role: "user", content: [{ type: "text", text: "cut \ufffd" }], "x\ufffd": "\u{1f600}" },
    ]);
  });

  it("calls a body that was read before, or is being read, the program's fault", async () => {
    const read = post(HELLO);
    await read.json();
    const held = post(HELLO);
    held.body?.getReader();
    for (const request of [read, held]) {
      const error: unknown = await readMessages(request).catch((thrown: unknown) => thrown);
      expect(error).not.toBeInstanceOf(RequestError);
      expect(error).toMatchObject({ kind: "InputError", path: "request.body" });
    }
  });

  it.each([
    [{ maxBytes: 0 }, "options.maxBytes: expected a number above 0"],
    [{ maxSize: 5 }, "options.maxSize: expected the option maxBytes"],
    [{ roles: [] }, "options.roles"],
    [{ roles: "user" }, "options.roles"],
    [{ roles: ["user", "assitant"] }, "options.roles[1]: expected "],
    [{ roles: ["user", undefined] }, "options.roles[1]: expected "],
  ])("calls a wrong option the program's fault: %o", async (options, message) => {
    const error: unknown = await readMessages(post(HELLO), options as never).catch((thrown: unknown) => thrown);
    expect(error).not.toBeInstanceOf(RequestError);
    expect((error as Error).message).toContain(message);
  });
});

describe("parseMessages()", () => {
  it("throws an error that can be answered with 400", () => {
    expect(() => parseMessages([{ role: "user" }])).toThrow(RequestError);
    expect(() => parseMessages("Hello", "chat")).toThrow("chat: expected a list");
  });
});
