import { afterEach, describe, expect, it, vi } from "vitest";
import * as browser from "../../src/adapters/browser.ts";
import * as cloudflare from "../../src/adapters/cloudflare.ts";
import * as deno from "../../src/adapters/deno.ts";
import * as core from "../../src/index.ts";
import { createStandIn } from "../../src/testing/index.ts";

const hello = [{ role: "user" as const, content: "Hello" }];

afterEach(() => vi.unstubAllGlobals());

describe("every adapter", () => {
  it.each([["cloudflare", cloudflare], ["deno", deno], ["browser", browser]])("%s exports the same names as the core", (_, adapter) => {
    expect(Object.keys(adapter).sort()).toEqual(Object.keys(core).sort());
  });

  it.each([["cloudflare", cloudflare], ["deno", deno], ["browser", browser], ["core", core]])("%s makes a client that chats", async (_, adapter) => {
    const { fetch } = createStandIn({ pace: "instant" });
    const client = adapter.createClient({ apiKey: "sk-test", fetch });
    expect((await client.chat(hello)).choices[0]?.message.content).not.toBe("");
    expect(client).toBeInstanceOf(core.OpenAI);
  });
});

describe("fetchat/cloudflare", () => {
  it("takes key, base URL and model from the bindings", async () => {
    const standIn = createStandIn({ pace: "instant" });
    const env = { OPENAI_API_KEY: "sk-bound", OPENAI_BASE_URL: "https://relay.test/v1", OPENAI_MODEL: "gpt-4.1", KV: {} };
    await cloudflare.createClient({ env, fetch: standIn.fetch }).chat(hello);
    const [request] = standIn.requests;
    expect(request?.url).toBe("https://relay.test/v1/chat/completions");
    expect(request?.headers["authorization"]).toBe("Bearer sk-bound");
    expect((request?.body as { model: string }).model).toBe("gpt-4.1");
  });

  it("lets options rank above the bindings, and takes an empty variable for none", async () => {
    const standIn = createStandIn({ pace: "instant" });
    const env = { OPENAI_API_KEY: "sk-bound", OPENAI_BASE_URL: "" };
    await cloudflare.createClient({ env, apiKey: "sk-own", fetch: standIn.fetch }).chat(hello);
    expect(standIn.requests[0]?.headers["authorization"]).toBe("Bearer sk-own");
    expect(standIn.requests[0]?.url).toBe("https://api.openai.com/v1/chat/completions");
  });

  it("says where the key is to be put, before anything is sent", () => {
    expect(() => cloudflare.createClient({ env: {} })).toThrow(/^apiKey: expected a key: a secret \(wrangler secret put OPENAI_API_KEY\)/);
    expect(() => cloudflare.createClient({ env: { OPENAI_BASE_URL: "https://relay.test/v1" } })).not.toThrow();
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
    permissions: { querySync: ({ variable }: { variable: string }) => ({ state: granted.includes(variable) ? "granted" : "prompt" }) },
  });

  it("reads what it may of the environment, and asks for nothing but the key", async () => {
    const standIn = createStandIn({ pace: "instant" });
    vi.stubGlobal("Deno", denoWith({ OPENAI_API_KEY: "sk-env", OPENAI_BASE_URL: "https://hidden.test/v1" }, ["OPENAI_API_KEY"]));
    await deno.createClient({ fetch: standIn.fetch }).chat(hello);
    expect(standIn.requests[0]?.headers["authorization"]).toBe("Bearer sk-env");
    expect(standIn.requests[0]?.url).toBe("https://api.openai.com/v1/chat/completions");
  });

  it("names the permission that is missing", () => {
    vi.stubGlobal("Deno", denoWith({ OPENAI_API_KEY: "sk-env" }, []));
    expect(() => deno.createClient()).toThrow(/--allow-env=OPENAI_API_KEY/);
    expect(() => deno.createClient({ apiKey: "sk-own" })).not.toThrow();
  });

  it("names the host that may not be reached, without trying again", async () => {
    const fetch = vi.fn(() => Promise.reject(Object.assign(new Error("Requires net access"), { name: "NotCapable" })));
    vi.stubGlobal("fetch", fetch);
    await expect(deno.createClient({ apiKey: "sk-own" }).chat(hello)).rejects.toThrow("Not allowed: run with --allow-net=api.openai.com");
    expect(fetch).toHaveBeenCalledTimes(1);
  });
});

describe("fetchat/browser", () => {
  it("takes a base URL of the page's own origin", async () => {
    vi.stubGlobal("location", { href: "https://page.test/chat/index.html" });
    const standIn = createStandIn({ pace: "instant", apiKeys: [] });
    const client = browser.createClient({ baseURL: "/v1", apiKey: "sk-visitor", fetch: standIn.fetch });
    await client.chat(hello).catch(() => undefined);
    expect(standIn.requests[0]?.url).toBe("https://page.test/v1/chat/completions");
  });

  it("refuses to send a key from a page over plain http", async () => {
    vi.stubGlobal("location", { href: "http://page.test/" });
    const { fetch, requests } = createStandIn({ pace: "instant" });
    await expect(browser.createClient({ baseURL: "/v1", apiKey: "sk-visitor", fetch }).chat(hello)).rejects.toThrow(/https where a key is sent/);
    expect(requests).toEqual([]);
  });
});
