import { describe, expect, it } from "vitest";
import * as browser from "../src/adapters/browser.ts";
import * as cloudflare from "../src/adapters/cloudflare.ts";
import * as deno from "../src/adapters/deno.ts";
import { createClient, createConnection, InputError, OpenAI, type ClientOptions } from "../src/index.ts";
import { aiGateway, azure, custom, groq, ollama, openai } from "../src/providers/index.ts";
import { VERSION } from "../src/version.ts";
import { readFileSync } from "node:fs";
import { answer, HELLO } from "./conformance/wire.ts";
import { body, clientOf, failure, json, server, type Loose } from "./support/streams.ts";

const COMPLETION = {
  id: "c",
  object: "chat.completion",
  created: 1,
  model: "m",
  choices: [{ index: 0, message: { role: "assistant", content: "Hi" }, finish_reason: "stop" }],
};

describe("createClient()", () => {
  it.each([
    [{}],
    [{ env: {} }],
    [{ env: { OPENAI_API_KEY: "" } }],
    [{ baseURL: "https://api.openai.com/v1" }],
    [{ baseURL: "https://api.openai.com:443/v1/" }],
    [{ provider: openai }],
    [{ provider: groq, env: { OPENAI_API_KEY: "sk-other" } }],
  ])("says that the key is missing, and how to pass it: %j", (options) => {
    expect(() => createClient(options)).toThrow(
      /^apiKey: expected a key: the environment \(env: process\.env, with \w+_API_KEY in it\), or the apiKey option, received none$/,
    );
  });

  it("needs no key if something else may provide one, or none is needed", () => {
    const fetch = (): Promise<Response> => Promise.resolve(Response.json({}));
    for (const options of [
      { env: { OPENAI_API_KEY: "k" } },
      { apiKey: () => "k" },
      { fetch },
      { headers: { authorization: "x" } },
      { baseURL: "https://relay.test/v1" },
      { baseURL: "https://api.openai.com.relay.test/v1" },
      { provider: ollama },
      { provider: custom({ baseURL: "https://ours.test" }) },
    ])
      expect(createClient(options)).toBeInstanceOf(OpenAI);
  });

  it.each(["groq", azure, aiGateway, null, 5, true, {}, [], { ...groq, variables: undefined }, { ...groq, name: 1 }])(
    "refuses what is no provider: %j",
    (provider) => {
      const options = { provider, apiKey: "k" } as unknown as ClientOptions;
      for (const make of [
        createClient,
        createConnection,
        browser.createClient,
        cloudflare.createClient,
        deno.createClient,
      ])
        expect(() => make(options)).toThrow(
          expect.objectContaining({ kind: "InputError", path: expect.stringMatching(/^provider/) }),
        );
    },
  );

  it("returns a client with the default model, or the given one", () => {
    expect(createClient({ apiKey: "k" })).toBeInstanceOf(OpenAI);
    expect(createClient({ apiKey: "k" }).model).toBe("gpt-6-luna");
    expect(createClient({ apiKey: "k", model: "x" }).model).toBe("x");
  });

  it("reads missing options from env, and ignores empty variables", async () => {
    const api = server(() => json(COMPLETION));
    const env = {
      OPENAI_API_KEY: "sk-env-0123456789",
      OPENAI_BASE_URL: "https://env.example/v1",
      OPENAI_MODEL: "env-model",
      OPENAI_ORG_ID: "",
      OPENAI_PROJECT_ID: 5,
    };
    await createClient({ env, fetch: api.fetch }).chat(HELLO);
    await createClient({ env, fetch: api.fetch, apiKey: "sk-own", baseURL: "https://own.example", model: "own" }).chat(
      HELLO,
    );
    expect(
      api.seen.map((one) => [
        one.url,
        one.headers.get("authorization"),
        (one.body as { model: string }).model,
        one.headers.get("openai-organization"),
        one.headers.get("openai-project"),
      ]),
    ).toEqual([
      ["https://env.example/v1/chat/completions", "Bearer sk-env-0123456789", "env-model", null, null],
      ["https://own.example/chat/completions", "Bearer sk-own", "own", null, null],
    ]);
  });

  it("does not read the process's own environment", async () => {
    const api = server(() => json(COMPLETION));
    process.env["OPENAI_API_KEY"] = "sk-process-0123456789";
    await createClient({ fetch: api.fetch }).chat(HELLO);
    delete process.env["OPENAI_API_KEY"];
    expect(api.seen[0]!.headers.has("authorization")).toBe(false);
  });

  it.each([
    { maxRetries: -1 },
    { timeout: 0 },
    { timeout: { idle: -1 } },
    { baseURL: "ftp://x" },
    { headers: { "a b": "c" } },
    { headers: { a: "b\nc" } },
    { apiKey: "a\nb" },
  ])("rejects %j at once", (options) => {
    expect(() => createClient(options)).toThrow(InputError);
  });
});

describe("the bound methods", () => {
  it("check messages and declarations before anything is sent, and reject instead of throwing", async () => {
    const api = server(() => json(COMPLETION));
    const client = clientOf(api);
    for (const ask of [client.chat.bind(client), client.streamChat.bind(client)] as ((
      messages: Loose,
      params?: Loose,
    ) => Promise<unknown>)[]) {
      expect(await failure(ask([{ role: "nobody", content: "x" }]))).toMatchObject({
        kind: "InputError",
        path: expect.stringContaining("messages[0]"),
      });
      expect(await failure(ask("hello"))).toMatchObject({ kind: "InputError" });
      expect(await failure(ask(HELLO, { tools: [{ type: "function" }] }))).toMatchObject({ kind: "InputError" });
    }
    expect(await failure(client.request("no-slash"))).toBeInstanceOf(InputError);
    expect(api.seen).toEqual([]);
  });

  it("do the same as the free functions", async () => {
    const api = server(
      json(COMPLETION),
      body(...answer("Hi")),
      json({ data: [] }),
      body('data: {"a":1}\n\n'),
      json({}, 404),
    );
    const client = clientOf(api);
    expect(await client.chat(HELLO)).toEqual(COMPLETION);
    expect((await (await client.streamChat(HELLO)).final()).choices[0]?.message.content).toBe("Hi");
    expect(await client.request("/models")).toEqual({ data: [] });
    expect(await (await client.streamRequest("/events", {})).final()).toEqual([{ raw: { a: 1 } }]);
    expect((await client.fetch("/nothing")).status).toBe(404);
  });
});

describe("VERSION", () => {
  it("is the package's version", () => {
    expect(
      (JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { version: string }).version,
    ).toBe(VERSION);
  });
});
