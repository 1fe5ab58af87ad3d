import { afterEach, describe, expect, it, vi, type Mock } from "vitest";
import * as browser from "../../src/adapters/browser.ts";
import * as cloudflare from "../../src/adapters/cloudflare.ts";
import * as deno from "../../src/adapters/deno.ts";
import * as core from "../../src/index.ts";
import { groq, workersAI, type AIBinding } from "../../src/providers/index.ts";
import { createMockAPI } from "../../src/testing/index.ts";

const hello = [{ role: "user" as const, content: "Hello" }];

afterEach(() => vi.unstubAllGlobals());

describe("every adapter", () => {
  it.each([
    ["cloudflare", cloudflare],
    ["deno", deno],
    ["browser", browser],
  ])("%s exports the same names as the core", (_, adapter) => {
    expect(Object.keys(adapter).sort()).toEqual(Object.keys(core).sort());
  });

  it.each([
    ["cloudflare", cloudflare],
    ["deno", deno],
    ["browser", browser],
    ["core", core],
  ])("%s creates a client that chats", async (_, adapter) => {
    const { fetch } = createMockAPI({ pace: "instant" });
    const client = adapter.createClient({ apiKey: "sk-test", fetch });
    expect((await client.chat(hello)).choices[0]?.message.content).not.toBe("");
    expect(client).toBeInstanceOf(core.OpenAI);
  });
});

describe("fetchat/cloudflare", () => {
  it("reads key, base URL and model from the bindings", async () => {
    const mock = createMockAPI({ pace: "instant" });
    const env = {
      OPENAI_API_KEY: "sk-bound",
      OPENAI_BASE_URL: "https://relay.test/v1",
      OPENAI_MODEL: "gpt-4.1",
      KV: {},
    };
    await cloudflare.createClient({ env, fetch: mock.fetch }).chat(hello);
    const [request] = mock.requests;
    expect(request?.url).toBe("https://relay.test/v1/chat/completions");
    expect(request?.headers["authorization"]).toBe("Bearer sk-bound");
    expect((request?.body as { model: string }).model).toBe("gpt-4.1");
  });

  it("prefers options over bindings, and ignores empty variables", async () => {
    const mock = createMockAPI({ pace: "instant" });
    const env = { OPENAI_API_KEY: "sk-bound", OPENAI_BASE_URL: "" };
    await cloudflare.createClient({ env, apiKey: "sk-own", fetch: mock.fetch }).chat(hello);
    expect(mock.requests[0]?.headers["authorization"]).toBe("Bearer sk-own");
    expect(mock.requests[0]?.url).toBe("https://api.openai.com/v1/chat/completions");
  });

  it("says where the key belongs, and sends nothing", () => {
    expect(() => cloudflare.createClient({ env: {} })).toThrow(
      /^apiKey: expected a key: a secret \(wrangler secret put OPENAI_API_KEY\)/,
    );
    expect(() => cloudflare.createClient({ env: { OPENAI_BASE_URL: "https://relay.test/v1" } })).not.toThrow();
  });

  const binding = (): { AI: AIBinding; run: Mock<() => Promise<Response>> } => {
    const run = vi.fn(() =>
      Promise.resolve(
        Response.json({
          choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: "Hi" } }],
        }),
      ),
    );
    return { AI: { gateway: (id) => ({ run: (request) => run(...([id, request] as unknown as [])) }) }, run };
  };

  it("uses Workers AI through the AI binding if no key and no base URL is bound", async () => {
    const { AI, run } = binding();
    await cloudflare.createClient({ env: { AI } }).chat(hello);
    await cloudflare.createClient({ env: { AI, OPENAI_MODEL: "@cf/meta/llama" } }).chat(hello);
    expect(run.mock.calls).toMatchObject([
      [
        "default",
        { provider: "workers-ai", endpoint: "v1/chat/completions", query: { model: "@cf/openai/gpt-oss-120b" } },
      ],
      ["default", { provider: "workers-ai", query: { model: "@cf/meta/llama" } }],
    ]);
  });

  it("does not use the AI binding if a key, a base URL or a provider is given", async () => {
    const { AI, run } = binding();
    const { fetch } = createMockAPI({ pace: "instant" });
    vi.stubGlobal("fetch", fetch);
    await cloudflare.createClient({ env: { AI, OPENAI_API_KEY: "sk-bound" } }).chat(hello);
    await cloudflare
      .createClient({
        env: { AI, OPENAI_BASE_URL: "https://relay.test/v1" },
        headers: { authorization: "Bearer sk-own" },
      })
      .chat(hello);
    await cloudflare.createClient({ env: { AI, GROQ_API_KEY: "gsk-bound" }, provider: groq }).chat(hello);
    expect(() => cloudflare.createClient({ env: { AI }, provider: groq })).toThrow(/GROQ_API_KEY/);
    expect(run).not.toHaveBeenCalled();
  });
});

describe("fetchat/deno", () => {
  const denoWith = (variables: Record<string, string>, granted: string[]) => ({
    env: {
      get: (name: string) => {
        if (!granted.includes(name)) throw Object.assign(new Error("Requires env access"), { name: "NotCapable" });
        return variables[name];
      },
    },
    permissions: {
      querySync: ({ variable }: { variable: string }) => ({ state: granted.includes(variable) ? "granted" : "prompt" }),
    },
  });

  it("reads the permitted variables, and prompts only for the key", async () => {
    const mock = createMockAPI({ pace: "instant" });
    vi.stubGlobal(
      "Deno",
      denoWith({ OPENAI_API_KEY: "sk-env", OPENAI_BASE_URL: "https://hidden.test/v1" }, ["OPENAI_API_KEY"]),
    );
    await deno.createClient({ fetch: mock.fetch }).chat(hello);
    expect(mock.requests[0]?.headers["authorization"]).toBe("Bearer sk-env");
    expect(mock.requests[0]?.url).toBe("https://api.openai.com/v1/chat/completions");
  });

  it("names a missing permission", () => {
    vi.stubGlobal("Deno", denoWith({ OPENAI_API_KEY: "sk-env" }, []));
    expect(() => deno.createClient()).toThrow(/--allow-env=OPENAI_API_KEY/);
    expect(() => deno.createClient({ apiKey: "sk-own" })).not.toThrow();
  });

  it("names a host without permission, and does not retry", async () => {
    const fetch = vi.fn(() => Promise.reject(Object.assign(new Error("Requires net access"), { name: "NotCapable" })));
    vi.stubGlobal("fetch", fetch);
    await expect(deno.createClient({ apiKey: "sk-own" }).chat(hello)).rejects.toThrow(
      /^Not allowed: run with --allow-net=api.openai.com$/,
    );
    expect(fetch).toHaveBeenCalledTimes(1);
  });
});

describe("fetchat/browser", () => {
  it("resolves a base URL to the page's own origin, whatever the path of the page or its worker", async () => {
    vi.stubGlobal("origin", "https://page.test");
    for (const href of ["https://page.test/chat/index.html", "blob:https://page.test/1b4f", "about:srcdoc"]) {
      vi.stubGlobal("location", { href });
      const mock = createMockAPI({ pace: "instant" });
      await browser.createClient({ baseURL: "/v1", apiKey: "sk-visitor", fetch: mock.fetch }).chat(hello);
      expect(mock.requests[0]?.url).toBe("https://page.test/v1/chat/completions");
    }
  });

  it("rejects another host as a path, and paths if the page has no origin", () => {
    vi.stubGlobal("origin", "https://page.test");
    for (const baseURL of ["//evil.test/v1", "/\\evil.test/v1"])
      expect(() => browser.createClient({ baseURL })).toThrow(/^baseURL: expected a URL/);
    vi.stubGlobal("origin", "null");
    expect(() => browser.createClient({ baseURL: "/v1" })).toThrow(
      /^baseURL: expected a whole URL: this page has no origin of its own/,
    );
    expect(() => browser.createClient({ baseURL: "https://relay.test/v1" })).not.toThrow();
  });

  it("rejects a key over plain HTTP in a page", async () => {
    vi.stubGlobal("origin", "http://page.test");
    const { fetch, requests } = createMockAPI({ pace: "instant" });
    await expect(browser.createClient({ baseURL: "/v1", apiKey: "sk-visitor", fetch }).chat(hello)).rejects.toThrow(
      /https where a key is sent/,
    );
    expect(requests).toEqual([]);
  });

  it("says that it needs a visitor's key or a relay, and sends nothing", () => {
    expect(() => browser.createClient()).toThrow(
      /^apiKey: expected a key: the visitor's own \(see sessionKey\), or a relay's baseURL/,
    );
    expect(() => browser.createClient({ apiKey: () => undefined })).not.toThrow();
    expect(() => browser.createClient({ baseURL: "https://relay.test/v1" })).not.toThrow();
  });

  it("rejects a provider that allows no pages, except through a relay", () => {
    expect(() => browser.createClient({ provider: workersAI, apiKey: "key-of-mine" })).toThrow(
      /^provider: expected one that browsers can call/,
    );
    expect(() => browser.createClient({ provider: workersAI, baseURL: "https://relay.test/v1" })).not.toThrow();
  });
});
