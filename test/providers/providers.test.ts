import { describe, expect, it, vi } from "vitest";
import * as browser from "../../src/adapters/browser.ts";
import * as cloudflare from "../../src/adapters/cloudflare.ts";
import * as denoAdapter from "../../src/adapters/deno.ts";
import { createClient, createConnection, request, streamChat } from "../../src/index.ts";
import type { Message } from "../../src/index.ts";
import type { EndpointName, Provider } from "../../src/providers/index.ts";
import * as all from "../../src/providers/index.ts";
import { completion, QUESTION, recorder } from "./support.ts";

const ACCOUNT = { CLOUDFLARE_ACCOUNT_ID: "acc" };
const PLAIN: readonly Provider[] = [
  all.openai,
  all.gemini,
  all.openrouter,
  all.groq,
  all.mistral,
  all.deepseek,
  all.xai,
  all.together,
  all.fireworks,
  all.cerebras,
  all.ollama,
  all.llamaCpp,
  all.vllm,
  all.lmStudio,
];
const EVERY: readonly Provider[] = [...PLAIN, all.workersAI, all.aiGateway("gw")];

const CHAT_URLS: Record<string, string> = {
  OpenAI: "https://api.openai.com/v1/chat/completions",
  Gemini: "https://generativelanguage.googleapis.com/v1beta/openai/chat/completions",
  OpenRouter: "https://openrouter.ai/api/v1/chat/completions",
  Groq: "https://api.groq.com/openai/v1/chat/completions",
  Mistral: "https://api.mistral.ai/v1/chat/completions",
  DeepSeek: "https://api.deepseek.com/chat/completions",
  xAI: "https://api.x.ai/v1/chat/completions",
  "Together AI": "https://api.together.ai/v1/chat/completions",
  "Fireworks AI": "https://api.fireworks.ai/inference/v1/chat/completions",
  Cerebras: "https://api.cerebras.ai/v1/chat/completions",
  Ollama: "http://localhost:11434/v1/chat/completions",
  "llama.cpp": "http://localhost:8080/v1/chat/completions",
  vLLM: "http://localhost:8000/v1/chat/completions",
  "LM Studio": "http://localhost:1234/v1/chat/completions",
  "Workers AI": "https://api.cloudflare.com/client/v4/accounts/acc/ai/v1/chat/completions",
  "AI Gateway": "https://api.cloudflare.com/client/v4/accounts/acc/ai/v1/chat/completions",
};

/** One path of each endpoint. */
const PATHS: Record<EndpointName, string> = {
  completions: "/completions",
  embeddings: "/embeddings",
  moderations: "/moderations",
  models: "/models",
  files: "/files/f1",
  responses: "/responses/r1/cancel",
  images: "/images/generations",
  "images/generations": "/images/generations",
  "images/edits": "/images/edits",
  audio: "/audio/speech",
  "audio/speech": "/audio/speech",
  "audio/transcriptions": "/audio/transcriptions",
  "audio/translations": "/audio/translations",
};

describe.each(EVERY.map((provider) => [provider.name, provider] as const))("%s", (name, provider) => {
  const [variable = ""] = provider.variables.apiKey ?? [];
  const env = {
    ...ACCOUNT,
    [variable]: "key-of-env",
    OPENAI_BASE_URL: "https://elsewhere.test/v1",
    ...(name === "OpenAI" ? { OPENAI_BASE_URL: "" } : { OPENAI_API_KEY: "not-for-them" }),
  };

  it("gets requests at its own address, with its own key and its default model", async () => {
    const { fetch, sent } = recorder();
    await createClient({ provider, env, fetch }).chat(QUESTION);
    expect(sent[0]).toMatchObject({
      url: CHAT_URLS[name],
      method: "POST",
      headers: { authorization: "Bearer key-of-env" },
    });
    expect(sent[0]?.body).toEqual({ ...(provider.model === "" ? {} : { model: provider.model }), messages: QUESTION });
  });

  it("is overridden by the caller's options", async () => {
    const { fetch, sent } = recorder();
    const client = createClient({ provider, env, fetch, apiKey: "mine", baseURL: "https://proxy.test/x", model: "m2" });
    await client.chat(QUESTION);
    expect(sent[0]).toMatchObject({
      url: "https://proxy.test/x/chat/completions",
      headers: { authorization: "Bearer mine" },
      body: { model: "m2" },
    });
  });

  it("gets the usage option in streams if it supports it", async () => {
    const { fetch, sent } = recorder();
    const connection = createConnection({ provider, baseURL: "https://proxy.test", fetch });
    await (await streamChat(connection, QUESTION)).final();
    expect(sent[0]?.body["stream_options"]).toEqual(
      provider.includeUsage === false ? undefined : { include_usage: true },
    );
  });

  it("rejects only missing endpoints, and sends nothing", async () => {
    const { fetch, sent } = recorder({});
    const connection = createConnection({ provider, baseURL: "https://proxy.test", fetch });
    for (const [endpoint, path] of Object.entries(PATHS) as [EndpointName, string][]) {
      const lacks =
        provider.lacks?.some((one) => one === endpoint || endpoint.startsWith(`${one}/`)) ||
        (endpoint === "images" && provider.lacks?.includes("images/generations")) ||
        (endpoint === "audio" && provider.lacks?.includes("audio/speech"));
      const before = sent.length;
      if (lacks)
        await expect(request(connection, path)).rejects.toThrow(
          `provider: expected an endpoint that ${name} has, received ${path}`,
        );
      else await request(connection, path);
      expect(sent.length, path).toBe(lacks ? before : before + 1);
    }
    await request(connection, "/chat/completions", { messages: [] });
    await request(connection, "/completionsish");
  });

  it("gets no header that its CORS rules refuse", async () => {
    const { fetch, sent } = recorder();
    await createClient({ provider, env, fetch }).chat(QUESTION);
    const own = Object.keys(provider.headers ?? {});
    expect(Object.keys(sent[0]?.headers ?? {}).sort()).toEqual(
      ["accept", "authorization", "content-type", ...own].sort(),
    );
    const { cors } = provider;
    // A safelisted header needs no permission: https://fetch.spec.whatwg.org/#cors-safelisted-request-header
    if (typeof cors !== "string")
      expect(["accept", ...cors]).toEqual(expect.arrayContaining(Object.keys(sent[0]?.headers ?? {})));
  });

  it("says that the key is missing, if it needs one", () => {
    const make = (): unknown => cloudflare.createClient({ provider, env: ACCOUNT });
    if (provider.keyless) expect(make).not.toThrow();
    else expect(make).toThrow(`apiKey: expected a key: a secret (wrangler secret put ${variable})`);
  });

  it("is plain data", () => {
    expect(JSON.parse(JSON.stringify(provider))).toEqual(provider);
  });
});

describe("an answer's fields in the next request", () => {
  const answer = {
    reasoning: "r",
    reasoning_content: "rc",
    reasoning_details: [{}],
    refusal: "no",
    annotations: [],
    tool_calls: [
      { id: "abcdef123", type: "function", function: { name: "f", arguments: "{}" }, extra_content: { google: {} } },
    ],
  };
  const asked = async (provider: Provider): Promise<Record<string, unknown>> => {
    const { fetch, sent } = recorder();
    const messages = [...QUESTION, { role: "assistant", content: "Hello", name: "bot", ...answer }] as Message[];
    await createClient({ provider, fetch, apiKey: "k", baseURL: "https://proxy.test" }).chat(messages);
    return (sent[0]?.body["messages"] as Record<string, unknown>[])[1] ?? {};
  };
  const bare = {
    role: "assistant",
    content: "Hello",
    name: "bot",
    tool_calls: [{ id: "abcdef123", type: "function", function: { name: "f", arguments: "{}" } }],
  };

  it.each([
    [all.groq, { ...bare, reasoning: "r" }],
    [all.cerebras, { ...bare, reasoning: "r" }],
    [all.mistral, bare],
    [all.fireworks, { ...bare, reasoning_content: "rc" }],
    [all.openai, { ...bare, refusal: "no" }],
  ])("are those that $name accepts", async (provider, expected) => {
    expect(await asked(provider)).toEqual(expected);
  });

  it.each([all.deepseek, all.gemini, all.openrouter, all.ollama, all.vllm])(
    "are all of them at $name",
    async (provider) => {
      expect(await asked(provider)).toEqual({ ...bare, ...answer });
    },
  );

  it.each([
    [all.deepseek, { reasoning_content: "because", tool_calls: answer.tool_calls }],
    [all.gemini, { tool_calls: answer.tool_calls }],
    [
      all.openrouter,
      { reasoning_details: [{ type: "reasoning.text", text: "because" }], tool_calls: answer.tool_calls },
    ],
    [all.cerebras, { reasoning: "because" }],
  ])("are sent back to $name by a session if it requires them", async (provider, message) => {
    const { fetch, sent } = recorder(completion(message));
    const chat = createClient({ provider, fetch, apiKey: "k", baseURL: "https://proxy.test" }).newChatSession({
      tools: [{ type: "function", function: { name: "f" } }],
    });
    await chat.send("Hi");
    await chat.send("tool_calls" in message ? { role: "tool", tool_call_id: "a", content: "1" } : "And?");
    const again = (sent[1]?.body["messages"] as object[])[1];
    for (const field of provider.wants ?? []) expect(JSON.stringify(again)).toContain(field);
    expect(again).toMatchObject(message);
  });
});

describe("a base URL with a variable", () => {
  it("names a missing variable", () => {
    expect(() => createClient({ provider: all.workersAI, env: {} })).toThrow(
      "env.CLOUDFLARE_ACCOUNT_ID: expected a value, for Workers AI's base URL (or the baseURL option), received none",
    );
    expect(() => createConnection({ provider: all.workersAI, apiKey: "k" })).toThrow("env.CLOUDFLARE_ACCOUNT_ID");
  });
});

describe("a raw request", () => {
  it("also goes to an endpoint that the provider is said to lack", async () => {
    const { fetch, sent } = recorder();
    await createClient({ provider: all.groq, apiKey: "k", fetch }).fetch("/embeddings", { body: "{}" });
    expect(sent[0]?.url).toBe("https://api.groq.com/openai/v1/embeddings");
  });
});

describe("custom", () => {
  it("needs only a base URL, reads no other service's key, and has no model", async () => {
    const { fetch, sent } = recorder();
    await createClient({
      provider: all.custom({ baseURL: "https://llm.test/v1" }),
      env: { OPENAI_API_KEY: "not-for-them", OPENAI_MODEL: "no" },
      fetch,
    }).chat(QUESTION);
    expect(sent[0]).toMatchObject({ url: "https://llm.test/v1/chat/completions", body: { messages: QUESTION } });
    expect(sent[0]?.headers).not.toHaveProperty("authorization");
    expect(sent[0]?.body).not.toHaveProperty("model");
  });

  it("supports every field of the other providers", async () => {
    const { fetch, sent } = recorder();
    const provider = all.custom({
      baseURL: "https://llm.test",
      name: "Ours",
      model: "m",
      variables: { apiKey: ["OUR_KEY"] },
      keyHeader: "x-api-key",
      headers: { "x-team": "a" },
      query: { v: "2" },
      lacks: ["files"],
    });
    const client = createClient({ provider, env: { OUR_KEY: "k" }, fetch });
    await client.chat(QUESTION);
    await client.request("/models", { limit: 3 }, { method: "GET" });
    expect(sent[0]).toMatchObject({
      url: "https://llm.test/chat/completions?v=2",
      headers: { "x-api-key": "k", "x-team": "a" },
      body: { model: "m" },
    });
    expect(sent[0]?.headers).not.toHaveProperty("authorization");
    expect(sent[1]?.url).toBe("https://llm.test/models?limit=3&v=2");
    await expect(client.request("/files")).rejects.toThrow("an endpoint that Ours has");
  });
});

describe("in Deno", () => {
  const deno = (state: string): object => ({
    env: {
      get: (name: string) => {
        if (state !== "granted") throw new Error("NotCapable");
        return name === "GROQ_API_KEY" ? "key-of-env" : undefined;
      },
    },
    permissions: { querySync: () => ({ state }) },
  });

  it("reads the provider's own key, and prompts for its permission by name", async () => {
    vi.stubGlobal("Deno", deno("granted"));
    const { fetch, sent } = recorder();
    await denoAdapter.createClient({ provider: all.groq, fetch }).chat(QUESTION);
    expect(sent[0]?.headers["authorization"]).toBe("Bearer key-of-env");
    vi.stubGlobal("Deno", deno("denied"));
    expect(() => denoAdapter.createClient({ provider: all.groq })).toThrow(
      "GROQ_API_KEY: expected permission to read it (--allow-env=GROQ_API_KEY)",
    );
    expect(() => denoAdapter.createClient({ provider: all.ollama })).not.toThrow();
  });
});

describe("in a page", () => {
  it("rejects a provider that allows no pages when the client is created, unless it has another base URL or fetch", () => {
    expect(() => browser.createClient({ provider: all.workersAI, apiKey: "k" })).toThrow(
      "provider: expected one that browsers can call, or a relay's baseURL, received Workers AI",
    );
    expect(() => browser.createClient({ provider: all.workersAI, baseURL: "https://relay.test/v1" })).not.toThrow();
    expect(() => browser.createClient({ provider: all.groq, apiKey: "k" })).not.toThrow();
  });
});
