import { createResponse, responses as overResponses, streamResponse } from "../../src/responses/index.ts";
import {
  imageGeneration,
  streamImageGeneration,
  imageEdit,
  speech,
  streamSpeech,
  transcription,
  deleteFile,
  uploadFile,
} from "../../src/media/index.ts";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as browser from "../../src/adapters/browser.ts";
import * as cloudflare from "../../src/adapters/cloudflare.ts";
import * as deno from "../../src/adapters/deno.ts";
import {
  streamCompletion,
  createClient,
  createConnection,
  httpInfo,
  OpenAI,
  outputFormat,
  PartialJSON,
  sessionKey,
  tool,
} from "../../src/index.ts";
import type { Fetch } from "../../src/index.ts";
import { aiBinding, azure, custom } from "../../src/providers/index.ts";
import { createMockAPI, record, replay } from "../../src/testing/index.ts";

let sent = 0;
const wire: Fetch = () => {
  sent++;
  return Promise.resolve(
    Response.json({ choices: [{ message: { role: "assistant", content: "Hi" }, finish_reason: "stop" }] }),
  );
};
const client = createClient({ apiKey: "sk-test", fetch: wire, maxRetries: 0 });
const HELLO = [{ role: "user" as const, content: "Hi" }];
const execute = (): string => "x";
/** Params of the Responses API that a session names itself. */
const SESSION_NAMES = ["model", "input", "tool_choice", "stream", "tools"];

/** Returns the error of a call. Nothing must have been sent. */
async function refusal(call: () => unknown): Promise<{ path: string; expected: string; kind: string }> {
  sent = 0;
  try {
    await call();
  } catch (error) {
    expect(sent).toBe(0);
    return error as { path: string; expected: string; kind: string };
  }
  throw new Error("It was taken");
}

describe("An unknown option", () => {
  it.each<[what: string, call: () => unknown, path: string, meant: string]>([
    ["createClient({ baseUrl })", () => createClient({ baseUrl: "https://x.example" } as never), "baseUrl", "baseURL"],
    ["createClient({ api_key })", () => createClient({ api_key: "sk-x" } as never), "api_key", "apiKey"],
    ["createClient({ key })", () => createClient({ key: "sk-x" } as never), "key", "apiKey"],
    ["createClient({ token })", () => createClient({ token: "sk-x" } as never), "token", "apiKey"],
    [
      "createClient({ defaultHeaders })",
      () => createClient({ defaultHeaders: {} } as never),
      "defaultHeaders",
      "headers",
    ],
    [
      "createClient({ dangerouslyAllowBrowser })",
      () => createClient({ dangerouslyAllowBrowser: true } as never),
      "dangerouslyAllowBrowser",
      "no such option",
    ],
    [
      "createClient({ models: { embeddings } })",
      () => createClient({ models: { embeddings: "x" } } as never),
      "models.embeddings",
      "embedding",
    ],
    [
      "createClient({ limits: { answers } })",
      () => createClient({ limits: { answers: 1 } } as never),
      "limits.answers",
      "answer",
    ],
    [
      "createClient({ timeout: { header } })",
      () => createClient({ timeout: { header: 1 } } as never),
      "timeout.header",
      "headers",
    ],
    [
      "a browser's createClient({ baseUrl })",
      () => browser.createClient({ baseUrl: "/v1" } as never),
      "baseUrl",
      "baseURL",
    ],
    [
      "a Worker's createClient({ apikey })",
      () => cloudflare.createClient({ apikey: "x" } as never),
      "apikey",
      "apiKey",
    ],
    ["Deno's createClient({ baseUrl })", () => deno.createClient({ baseUrl: "x" } as never), "baseUrl", "baseURL"],
    ["createConnection({ fetcher })", () => createConnection({ fetcher: wire } as never), "fetcher", "fetch"],
    [
      "chat(…, { abortSignal })",
      () => client.chat(HELLO, {}, { abortSignal: null } as never),
      "options.abortSignal",
      "signal",
    ],
    [
      "chat(…, { max_retries })",
      () => client.chat(HELLO, {}, { max_retries: 1 } as never),
      "options.max_retries",
      "maxRetries",
    ],
    ["chat(…, { timeoutMs })", () => client.chat(HELLO, {}, { timeoutMs: 1 } as never), "options.timeoutMs", "timeout"],
    [
      "streamChat(…, { onChunk })",
      () => client.streamChat(HELLO, {}, { onChunk: execute } as never),
      "options.onChunk",
      "for await, or chat() with onChunk",
    ],
    [
      "embedding(…, { sginal })",
      () => client.embedding("x", {}, { sginal: null } as never),
      "options.sginal",
      "signal",
    ],
    [
      "uploadFile(…, { fileName })",
      () => uploadFile(client, new Blob(["x"]), { purpose: "batch" }, { fileName: "x" } as never),
      "options.fileName",
      "filename",
    ],
    [
      "fetch(path, { abortSignal })",
      () => client.fetch("/x", { abortSignal: null } as never),
      "init.abortSignal",
      "signal",
    ],
    ["newChatSession({ maxStep })", () => client.newChatSession({ maxStep: 2 } as never), "maxStep", "maxSteps"],
    [
      "newChatSession({ onApprove })",
      () => client.newChatSession({ onApprove: execute } as never),
      "onApprove",
      "onApproval",
    ],
    ["newChatSession({ tool })", () => client.newChatSession({ tool: [] } as never), "tool", "tools"],
    [
      "newChatSession({ abortSignal })",
      () => client.newChatSession({ abortSignal: null } as never),
      "abortSignal",
      "signal",
    ],
    ["newChatSession({ baseUrl })", () => client.newChatSession({ baseUrl: "x" } as never), "baseUrl", "baseURL"],
    ["newChatSession({ max_steps })", () => client.newChatSession({ max_steps: 2 } as never), "max_steps", "maxSteps"],
    [
      "session.send(…, { abortSignal })",
      () => client.newChatSession().send("Hi", {}, { abortSignal: null } as never),
      "options.abortSignal",
      "signal",
    ],
    [
      "tool({ inputSchema })",
      () => tool({ name: "t", inputSchema: {}, execute } as never),
      "inputSchema",
      "parameters",
    ],
    ["tool({ run })", () => tool({ name: "t", run: execute } as never), "run", "execute"],
    ["outputFormat(…, { desc })", () => outputFormat("f", {}, { desc: "x" } as never), "options.desc", "description"],
    ["sessionKey({ prompt })", () => sessionKey({ prompt: execute } as never), "prompt", "ask"],
    ["new PartialJSON({ omitNulls })", () => new PartialJSON({ omitNulls: execute } as never), "omitNulls", "omitNull"],
    ["custom({ baseUrl })", () => custom({ baseUrl: "https://x.example" } as never), "baseUrl", "baseURL"],
    ["azure({ api_version })", () => azure({ api_version: "x" } as never), "api_version", "apiVersion"],
    [
      "aiBinding(ai, { gatewayName })",
      () => aiBinding({} as never, { gatewayName: "x" } as never),
      "gatewayName",
      "one of gateway",
    ],
    ["createMockAPI({ apiKey })", () => createMockAPI({ apiKey: "x" } as never), "apiKey", "apiKeys"],
    ["record(fetch, { clock })", () => record(wire, { clock: execute } as never), "options.clock", "one of now"],
    [
      "replay(cassette, { ignored })",
      () => replay({ version: 1, exchanges: [] }, { ignored: [] } as never),
      "options.ignored",
      "ignore",
    ],
  ])("in %s is rejected with the right name", async (_, call, path, meant) => {
    const error = await refusal(call);
    expect(error).toMatchObject({ kind: "InputError", path });
    expect(error.expected).toContain(meant);
  });

  it("sends no key to OpenAI if baseURL is misspelt", async () => {
    const call = (): unknown =>
      createClient({ apiKey: "sk-test", baseUrl: "https://x.example/v1", fetch: wire } as never).chat(HELLO);
    expect(await refusal(call)).toMatchObject({ kind: "InputError" });
  });

  it("of a session is a param of the API unless it resembles a session option", () => {
    const { chat, responses } = paramsOf();
    expect(chat.length + responses.length).toBeGreaterThan(40);
    for (const name of chat) expect(() => client.newChatSession({ [name]: null })).not.toThrow();
    for (const name of responses.filter((name) => !SESSION_NAMES.includes(name)))
      expect(() => overResponses({ [name]: null })).not.toThrow();
    for (const name of ["top_k", "models", "route", "provider", "min_p", "reasoning", "x_custom", "store", "mode"])
      expect(() => client.newChatSession({ [name]: null })).not.toThrow();
  });
});

/** Names of params in OpenAI's API description, without options of a session. */
function paramsOf(): { chat: string[]; responses: string[] } {
  const types = (file: string, start: string): string[] => {
    const text = readFileSync(`src/wire/${file}`, "utf8");
    const body = text.slice(text.indexOf(start));
    return [...body.slice(0, body.indexOf("\n}")).matchAll(/^ {2}(\w+)\??:/gm)].map(([, name]) => name!);
  };
  const own = ["tools", "functions", "stream", "input", "model"];
  return {
    chat: types("params.ts", "export interface ChatParams").filter((name) => !own.includes(name)),
    responses: types("responses.ts", "export interface ResponseParams").filter((name) => !own.includes(name)),
  };
}

describe("Options of a class", () => {
  class Settings {
    get apiKey(): string {
      return "sk-of-a-class";
    }
    get baseURL(): string {
      return "https://api.example/v1";
    }
    get fetch(): Fetch {
      return (url, { headers }) => {
        asked.push([url, new Headers(headers).get("authorization")]);
        return wire(url, {});
      };
    }
  }
  const asked: unknown[] = [];

  it.each([
    ["createClient", (options) => createClient(options)],
    ["a browser's createClient", (options) => browser.createClient(options)],
    ["a Worker's createClient", (options) => cloudflare.createClient(options)],
    ["Deno's createClient", (options) => deno.createClient(options)],
    ["OpenAI", (options) => new OpenAI(options)],
  ] satisfies [string, (options: Settings) => OpenAI][])("are heeded by %s", async (_, make) => {
    for (const options of [new Settings(), Object.create(new Settings()) as Settings]) {
      asked.length = 0;
      await make(options).chat(HELLO);
      expect(asked).toEqual([["https://api.example/v1/chat/completions", "Bearer sk-of-a-class"]]);
    }
  });

  const blob = new Blob(["x"]);
  it.each<[string, (options: never) => unknown]>([
    ["createClient", (options) => createClient(options).chat(HELLO)],
    ["chat", (options) => client.chat(HELLO, {}, options)],
    ["streamChat", (options) => client.streamChat(HELLO, {}, options)],
    ["createResponse", (options) => createResponse(client, "x", {}, options)],
    ["embedding", (options) => client.embedding("x", {}, options)],
    ["uploadFile", (options) => uploadFile(client, blob, { purpose: "batch" }, options)],
    ["deleteFile", (options) => deleteFile(client, "x", options)],
    ["fetch", (options) => client.fetch("/x", options)],
    ["session.send", (options) => client.newChatSession().send("Hi", {}, options)],
    [
      "a Responses session's send",
      (options) => client.newChatSession({ api: overResponses() }).send("Hi", {}, options),
    ],
  ])("are checked by %s", async (_, call) => {
    for (const wrong of [{ timeout: "5" }, { maxRetries: -1 }, { headers: { "a b": "c" } }])
      expect(await refusal(() => call(Object.create(wrong) as never))).toMatchObject({ kind: "InputError" });
  });

  it("reach the request from every call", async () => {
    const { signal } = new AbortController();
    const options = Object.create({ headers: { "x-own": "yes" }, signal }) as object;
    const headers: unknown[] = [];
    const own = createClient({
      apiKey: "sk-test",
      fetch: (url, init) => {
        headers.push(new Headers(init.headers).get("x-own"));
        return wire(url, init);
      },
    });
    await own.newChatSession().send("Hi", {}, options);
    await deleteFile(own, "x", options).catch(() => undefined);
    await own.models({}, options).catch(() => undefined);
    await own.fetch("/x", options);
    expect(headers).toEqual(["yes", "yes", "yes", "yes"]);
  });

  it("of a session are checked too", async () => {
    for (const wrong of [{ saved: 5 }, { tools: "x" }, { messages: "x" }])
      expect(await refusal(() => client.newChatSession(Object.create(wrong) as never))).toMatchObject({
        kind: "InputError",
      });
  });
});

describe("Params", () => {
  const blob = new Blob(["x"]);
  it.each<[what: string, call: (params: never) => unknown, name: string]>([
    ["chat", (params) => client.chat(HELLO, params), "messages"],
    ["streamChat", (params) => client.streamChat(HELLO, params), "messages"],
    ["completion", (params) => client.completion("x", params), "prompt"],
    ["streamCompletion", (params) => streamCompletion(client, "x", params), "prompt"],
    ["embedding", (params) => client.embedding("x", params), "input"],
    ["moderation", (params) => client.moderation("x", params), "input"],
    ["speech", (params) => speech(client, "x", params), "input"],
    ["streamSpeech", (params) => streamSpeech(client, "x", params), "input"],
    ["imageGeneration", (params) => imageGeneration(client, "x", params), "prompt"],
    ["streamImageGeneration", (params) => streamImageGeneration(client, "x", params), "prompt"],
    ["createResponse", (params) => createResponse(client, "x", params), "input"],
    ["streamResponse", (params) => streamResponse(client, "x", params), "input"],
    ["transcription", (params) => transcription(client, blob, params), "file"],
    ["uploadFile", (params) => uploadFile(client, blob, Object.assign({ purpose: "batch" }, params)), "file"],
    ["imageEdit", (params) => imageEdit(client, blob, Object.assign({ prompt: "x" }, params)), "image"],
    ["session.send", (params) => client.newChatSession().send("Hi", params), "messages"],
    ["session.stream", (params) => client.newChatSession().stream("Hi", params), "messages"],
    ["session.generateResponse", (params) => client.newChatSession().generateResponse(params), "messages"],
    ["session.send", (params) => client.newChatSession().send("Hi", params), "tools"],
    [
      "a session's send over the Responses API",
      (params) => client.newChatSession({ api: overResponses() }).send("Hi", params),
      "input",
    ],
    [
      "a session's stream over the Responses API",
      (params) => client.newChatSession({ api: overResponses() }).stream("Hi", params),
      "tools",
    ],
  ])("of %s do not replace checked values", async (_, call, name) => {
    expect(await refusal(() => call({ [name]: [{ role: "nobody" }] } as never))).toMatchObject({
      kind: "InputError",
      path: `params.${name}`,
    });
    for (const option of ["signal", "timeout", "headers", "maxRetries", "onChunk"])
      expect(await refusal(() => call({ [option]: 5 } as never))).toMatchObject({
        kind: "InputError",
        path: `params.${option}`,
        expected: expect.stringContaining("the argument after params") as string,
      });
  });
});

describe("The caller's fetch", () => {
  it.each([
    ["gives nothing", () => undefined],
    ["gives text", () => "x"],
    ["gives an object that is no Response", () => ({ status: 200 })],
    ["gives a promise of null", () => Promise.resolve(null)],
  ])("that %s is named in the error", async (_, fetch) => {
    const own = createClient({ apiKey: "sk-test", fetch: fetch as never });
    await expect(own.chat(HELLO)).rejects.toMatchObject({ kind: "InputError", path: "fetch" });
  });

  it.each([
    ["can only be asked by name", { get: () => null }],
    ["are a Map", new Map([["content-type", "application/json"]])],
    ["are of another library", { get: () => null, forEach: () => undefined }],
  ])("may return a Response whose headers %s", async (_, headers) => {
    const answered = (status: number, body: unknown): Fetch =>
      (() => Promise.resolve({ ok: status < 300, status, headers, body: Response.json(body).body })) as never;
    const fetch = answered(200, {
      choices: [{ message: { role: "assistant", content: "Hi" }, finish_reason: "stop" }],
    });
    const answer = await createClient({ apiKey: "sk-test", fetch }).chat(HELLO);
    expect(httpInfo(answer)?.status).toBe(200);
    const refused = createClient({ apiKey: "sk-test", fetch: answered(400, { error: { message: "No." } }) });
    await expect(refused.chat(HELLO)).rejects.toMatchObject({ kind: "APIError", message: "No." });
  });

  it("that throws at once gives a ConnectionError", async () => {
    const fetch = (): never => {
      throw new TypeError("no network");
    };
    const own = createClient({ apiKey: "sk-test", fetch, maxRetries: 0 });
    await expect(own.chat(HELLO)).rejects.toMatchObject({ kind: "ConnectionError" });
  });
});

describe("A visitor's key", () => {
  it.each([undefined, null, "", "  "])("that is missing (%j) leaves the request unsent", async (answer) => {
    const own = createClient({ apiKey: sessionKey({ ask: () => answer }), fetch: wire, maxRetries: 0 });
    expect(await refusal(() => own.chat(HELLO))).toMatchObject({ kind: "InputError", path: "apiKey" });
  });

  it("is forgotten although the storage is blocked, and requested again", async () => {
    const blocked = (): never => {
      throw new DOMException("blocked", "SecurityError");
    };
    let asked = 0;
    const ask = (): string => `sk-${++asked}`;
    const key = sessionKey({ ask, storage: { getItem: blocked, setItem: blocked, removeItem: blocked } });
    expect(await key()).toBe("sk-1");
    key.forget();
    expect(await key()).toBe("sk-2");
    const readOnly = sessionKey({
      ask,
      storage: { getItem: () => "sk-stored", setItem: blocked, removeItem: blocked },
    });
    expect(await readOnly()).toBe("sk-stored");
    readOnly.forget();
    expect(await readOnly()).toBe("sk-3");
  });
});

describe("A signal", () => {
  it("of another realm is accepted", async () => {
    const { signal } = new AbortController();
    const foreign = {
      aborted: false,
      reason: undefined,
      addEventListener: signal.addEventListener.bind(signal),
      removeEventListener: signal.removeEventListener.bind(signal),
    };
    await expect(client.chat(HELLO, {}, { signal: foreign as never })).resolves.toMatchObject({ choices: [{}] });
  });
});
