import { streamResponse } from "../src/responses/index.ts";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { createClient, httpInfo, type ClientOptions } from "../src/index.ts";
import { answer, delta, HELLO } from "./conformance/wire.ts";
import { ENCODINGS, holdsSecret } from "./support/encodings.ts";
import { body, clientOf, failure, json, readAll, server, sse, type Answer, type Loose } from "./support/streams.ts";

const KEY = "sk-proj-A1b2/C3d4+E5f6==";
const escaped = KEY.replaceAll("/", "\\/");

/** What a way of printing gives, or the words with which a stream refuses it. */
function wordsOf(print: () => string | undefined): string | undefined {
  try {
    return print();
  } catch (error) {
    return inspect(error);
  }
}

/** Everything that anyone could print of a value. */
function printed(value: unknown): string {
  const info = httpInfo(value);
  const error = value as Error;
  return [
    inspect(value, { showHidden: true, depth: 20, getters: true }),
    wordsOf(() => String(value)),
    error.stack,
    wordsOf(() => JSON.stringify(value)),
    JSON.stringify(Object.getOwnPropertyDescriptors(value)),
    inspect(info, { depth: 9 }),
    info && JSON.stringify([...info.headers]),
    error.cause !== undefined && error.cause !== value ? printed(error.cause) : "",
  ].join("\n");
}

const expectNoKey = (value: unknown): void => {
  expect(printed(value)).not.toContain(KEY);
  expect(printed(value)).not.toContain(escaped);
};

/** Ways to give a secret. */
const WAYS: [string, ClientOptions][] = [
  ["the key", { apiKey: KEY }],
  ["a key function", { apiKey: () => KEY }],
  ["an api-key header", { apiKey: undefined, headers: { "api-key": KEY } }],
  ["an authorization header", { apiKey: undefined, headers: { Authorization: `Bearer ${KEY}` } }],
  ["x-goog-api-key", { apiKey: undefined, headers: { "X-Goog-Api-Key": KEY } }],
];

describe("a client", () => {
  it("shows no key, however it is printed", async () => {
    for (const options of [{ apiKey: KEY }, { env: { OPENAI_API_KEY: KEY } }, { headers: { "api-key": KEY } }]) {
      const client = createClient(options);
      expect(JSON.stringify(client)).toBe("{}");
      for (const value of [client, Object.getPrototypeOf(client), client.newChatSession()]) expectNoKey(value);
      for (const name of Reflect.ownKeys(client)) expect(String((client as Loose)[name])).not.toContain(KEY);
    }
  });

  it("shows no key in a stream, a completion or a session", async () => {
    const api = server(() => sse(body(...answer("Hi")), { "x-echo": KEY }));
    const client = clientOf(api, { apiKey: KEY });
    const stream = await client.streamChat(HELLO);
    expectNoKey(stream);
    expectNoKey(await stream.final());
    const session = client.newChatSession();
    await session.send("Hi", {}, { onChunk: () => undefined });
    expectNoKey(session);
  });
});

describe.each(WAYS)("a server that echoes %s", (_name, options) => {
  const ask = (...answers: Answer[]): Promise<unknown> => failure(clientOf(answers, options).chat(HELLO));
  const stream = async (...answers: Answer[]): Promise<unknown> =>
    (await readAll(await clientOf(answers, options).streamChat(HELLO))).error;

  it("is redacted in an error's body of any form", async () => {
    for (const text of [
      JSON.stringify({ error: { message: `Bad key ${KEY}`, code: KEY, type: KEY, param: KEY } }),
      JSON.stringify({ error: KEY }),
      `<html>${KEY}</html>`,
      `{"error":{"message":"Bad key ${escaped}"}}`,
      KEY,
      JSON.stringify({ request: { headers: { authorization: `Bearer ${KEY}` } } }),
    ]) {
      const error = await ask(json(text, 401));
      expectNoKey(error);
      expect(printed(error)).toContain("[key]");
    }
  });

  it.each(ENCODINGS)("is redacted in an error, an event or a cause, written %s", async (_form, encode) => {
    const text = encode(KEY);
    const failed = {
      type: "response.failed",
      response: { object: "response", status: "failed", error: { message: "@" } },
    };
    for (const error of [
      await ask(json(`{"error":{"message":"Bad key ${text}","${text}":1}}`, 401)),
      await ask(json(`{"error":{"message":"Bad key ${text}"}}`)),
      await ask(new TypeError(`Bad key ${text}`, { cause: new Error(text) })),
      await stream(sse(body(delta("a"), `data: {"error":{"message":"Bad key ${text}"}}\n\n`))),
      await failure(
        clientOf([json(`{"choices":[],"a":"${text}"}`)], options)
          .newChatSession()
          .send("Hi"),
      ),
      await failure(
        streamResponse(
          clientOf([sse(body(`data: ${JSON.stringify(failed).replace("@", text)}\n\n`))], options),
          "Hi",
        ).then((answered) => answered.final()),
      ),
    ]) {
      expect(error).toBeInstanceOf(Error);
      expect(holdsSecret(printed(error), KEY)).toBe(false);
    }
  });

  it("is redacted in the headers of errors and of good answers", async () => {
    expectNoKey(await ask(json({ error: "No." }, 401, { "x-echo": `Bearer ${KEY}`, "x-request-id": "r1" })));
    expect(await ask(json({ error: "No." }, 401, { "x-echo": KEY, "x-request-id": "r1" }))).toMatchObject({
      requestId: "r1",
    });
    expectNoKey(await clientOf([json({ ok: 1 }, 200, { "x-echo": KEY })], options).request("/x"));
  });

  it("is redacted in a redirect", async () => {
    expectNoKey(
      await ask(new Response(null, { status: 302, headers: { location: `https://evil.example/?k=${KEY}` } })),
    );
  });

  it("is redacted in a 200 that is not an answer", async () => {
    expectNoKey(await ask(new Response(`<html>${KEY}</html>`)));
    expectNoKey(await ask(json({ error: { message: KEY } })));
    expectNoKey(await ask(json(JSON.stringify(KEY))));
    expectNoKey(await stream(new Response(`<html>${KEY}</html>`)));
    expectNoKey(await stream(json({ error: { message: KEY } })));
  });

  it("is redacted in an event", async () => {
    for (const text of [
      `data: {"error":{"message":"Bad key ${KEY}","code":"${KEY}"}}\n\n`,
      `data: {"error":{"message":"Bad key ${escaped}"}}\n\n`,
      `event: error\ndata: ${KEY}\n\n`,
      `data: {"a":"${KEY}\n\n`,
      `data: {${KEY}\n\n`,
      `data: [{"error":"${KEY}"}]\n\n`,
    ]) {
      const error = await stream(sse(body(delta("a"), text), { "x-echo": KEY }));
      expect((error as Loose).ending).toBe("provider_error");
      expectNoKey(error);
    }
  });

  it("is redacted in an event that is passed on as an error", async () => {
    const near = await clientOf(
      [body(delta("a"), `data: {"error":{"message":"Bad key ${KEY}"}}\n\n`)],
      options,
    ).streamChat(HELLO);
    expect(await near.toResponse().text()).not.toContain(KEY);
  });

  it("is redacted if fetch itself quotes it", async () => {
    const error = await ask(new TypeError(`Headers.append: "Bearer ${KEY}" is an invalid header value.`));
    expect(error).toMatchObject({ kind: "ConnectionError" });
    expectNoKey(error);
  });
});

describe("an error that quotes an answer", () => {
  it("shows none of the answer in a log", async () => {
    for (const text of [
      "The answer.",
      '{"text":"The answer."}',
      '"The answer."',
      "<html>The answer.</html>",
      'data: {"The answer.',
      "data: The answer.",
    ]) {
      const failed = [
        await failure(clientOf([json(text)]).chat(HELLO)),
        (await readAll(await clientOf([sse(body(delta("The answer."), `${text}\n\n`))]).streamChat(HELLO))).error,
      ];
      for (const error of failed) {
        if (error === undefined) continue;
        for (const log of [inspect(error, { depth: 9 }), String(error), JSON.stringify(error)])
          expect(log).not.toContain("The answer.");
      }
    }
  });
});

describe("rejected input", () => {
  it.each([
    { apiKey: `${KEY}\n` },
    { apiKey: `${KEY}\u{1f511}` },
    { headers: { authorization: `Bearer ${KEY}\r\nx: y` } },
    { headers: { "api-key": `${KEY}\0` } },
    { baseURL: KEY },
    { baseURL: `https://user:${KEY}@example.com` },
    { baseURL: `https://example.com?key=${KEY}` },
  ])("is rejected without showing the key (%#)", (options) => {
    let error: unknown;
    try {
      createClient(options);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ kind: "InputError" });
    expectNoKey(error);
  });

  it("is rejected without showing the key for one request too", async () => {
    expectNoKey(await failure(clientOf([]).chat(HELLO, {}, { headers: { "x-key": `${KEY}\n` } })));
    expectNoKey(await failure(clientOf([], { apiKey: () => `${KEY}\n` }).chat(HELLO)));
    expectNoKey(await failure(clientOf([], { apiKey: KEY, baseURL: "http://example.com" }).chat(HELLO)));
  });
});

describe("a placeholder for a key", () => {
  it.each(["null", "none", "key", "x", "error", "1"])("(%s) does not garble the server's messages", async (apiKey) => {
    expect(
      await failure(
        clientOf([json('{"error":{"message":"error 1: no key x","param":null,"code":1}}', 400)], { apiKey }).chat(
          HELLO,
        ),
      ),
    ).toMatchObject({ message: "error 1: no key x", code: 1 });
  });
});
