import { describe, expect, it } from "vitest";
import { createClient, createConnection, streamChat } from "../../src/index.ts";
import { azure } from "../../src/providers/index.ts";
import { QUESTION, recorder } from "./support.ts";

const env = {
  AZURE_OPENAI_ENDPOINT: "https://res.openai.azure.com/",
  AZURE_OPENAI_API_KEY: "azure-key-1234",
  OPENAI_API_KEY: "not-for-azure",
};

describe("Azure OpenAI", () => {
  it.each([
    "https://res.openai.azure.com",
    "https://res.openai.azure.com///",
    "https://res.openai.azure.com/openai",
    "https://res.openai.azure.com/openai/",
    "https://res.openai.azure.com/openai/v1",
    "https://res.openai.azure.com/openai/v1/",
    "https://res.openai.azure.com/openai/deployments/x/chat/completions?api-version=2024-10-21",
  ])("accepts an endpoint with a part of the path: %s", async (endpoint) => {
    const urls: string[] = [];
    for (const form of ["v1", "deployments"] as const) {
      const { fetch, sent } = recorder();
      const given = createClient({ provider: azure({ endpoint, form }), apiKey: "k", fetch });
      const bound = createClient({
        provider: azure({ form }),
        env: { ...env, AZURE_OPENAI_ENDPOINT: endpoint },
        fetch,
      });
      for (const client of [given, bound]) await client.chat(QUESTION, { model: "m" });
      urls.push(...sent.map(({ url }) => url));
    }
    const v1 = "https://res.openai.azure.com/openai/v1/chat/completions";
    const older = "https://res.openai.azure.com/openai/deployments/m/chat/completions?api-version=2024-10-21";
    expect(urls).toEqual([v1, v1, older, older]);
  });

  it("keeps the path of a project that resembles its own", async () => {
    const { fetch, sent } = recorder();
    for (const endpoint of ["https://openai", "https://res.test/openai-eu", "https://res.test/api/projects/p"])
      await createClient({ provider: azure({ endpoint }), apiKey: "k", fetch }).chat(QUESTION, { model: "m" });
    expect(sent.map(({ url }) => url)).toEqual([
      "https://openai/openai/v1/chat/completions",
      "https://res.test/openai-eu/openai/v1/chat/completions",
      "https://res.test/api/projects/p/openai/v1/chat/completions",
    ]);
  });

  it("in v1 form has OpenAI's paths, the key in its own header, and no api-version", async () => {
    const { fetch, sent } = recorder();
    await createClient({ provider: azure(), env, fetch }).chat(QUESTION, { model: "my-gpt" });
    expect(sent[0]).toMatchObject({
      url: "https://res.openai.azure.com/openai/v1/chat/completions",
      headers: { "api-key": "azure-key-1234" },
      body: { model: "my-gpt" },
    });
    expect(sent[0]?.headers).not.toHaveProperty("authorization");
  });

  it("in v1 form has an api-version if the option is set", async () => {
    const { fetch, sent } = recorder();
    await createClient({ provider: azure({ apiVersion: "preview" }), env, fetch }).request("/responses", {
      model: "d",
      input: "Hi",
    });
    expect(sent[0]?.url).toBe("https://res.openai.azure.com/openai/v1/responses?api-version=preview");
  });

  it("in deployments form has the model in the path and an api-version in the query", async () => {
    const { fetch, sent } = recorder();
    const client = createClient({ provider: azure({ form: "deployments", deployment: "main" }), env, fetch });
    await client.chat(QUESTION);
    await client.chat(QUESTION, { model: "my gpt/4" });
    await client.request("/embeddings", { model: "emb", input: "a" });
    await client.request("/files", { purpose: "batch" }, { method: "GET" });
    await client.request("/responses/r1");
    expect(sent.map((one) => one.url.replace("https://res.openai.azure.com/openai", ""))).toEqual([
      "/deployments/main/chat/completions?api-version=2024-10-21",
      "/deployments/my%20gpt%2F4/chat/completions?api-version=2024-10-21",
      "/deployments/emb/embeddings?api-version=2024-10-21",
      "/files?purpose=batch&api-version=2024-10-21",
      "/responses/r1?api-version=2024-10-21",
    ]);
  });

  it("in deployments form finds the model of a multipart body too", async () => {
    const { fetch, sent } = recorder();
    const body = new FormData();
    body.set("model", "whisper");
    await createClient({ provider: azure({ form: "deployments" }), env, fetch }).fetch("/audio/transcriptions", {
      body,
    });
    expect(sent[0]?.url).toBe(
      "https://res.openai.azure.com/openai/deployments/whisper/audio/transcriptions?api-version=2024-10-21",
    );
  });

  it("in deployments form rejects a request without a deployment, and sends nothing", async () => {
    const { fetch, sent } = recorder();
    await expect(createClient({ provider: azure({ form: "deployments" }), env, fetch }).chat(QUESTION)).rejects.toThrow(
      "model: expected the name of a deployment, in the params or for the client, received none",
    );
    expect(sent).toEqual([]);
  });

  it("reads the deployment from the environment", async () => {
    const { fetch, sent } = recorder();
    await createClient({
      provider: azure({ form: "deployments" }),
      env: { ...env, AZURE_OPENAI_DEPLOYMENT: "d1" },
      fetch,
    }).chat(QUESTION);
    expect(sent[0]?.url).toContain("/deployments/d1/chat/completions");
  });

  it("requests an Entra token before every attempt and sends it as a bearer token", async () => {
    let asked = 0;
    let attempts = 0;
    const { fetch, sent } = recorder();
    const failing: typeof fetch = async (url, init) =>
      ++attempts === 1
        ? (await fetch(url, init), new Response("busy", { status: 503, headers: { "retry-after-ms": "0" } }))
        : fetch(url, init);
    await createClient({ provider: azure({ token: async () => `token-${++asked}-abcdef` }), env, fetch: failing }).chat(
      QUESTION,
      { model: "d" },
    );
    expect(sent.map((one) => [one.headers["authorization"], one.headers["api-key"]])).toEqual([
      ["Bearer token-1-abcdef", undefined],
      ["Bearer token-2-abcdef", undefined],
    ]);
  });

  it("accepts the resource as an option, and streams", async () => {
    const { fetch, sent } = recorder();
    const connection = createConnection({
      provider: azure({ endpoint: "https://other.openai.azure.com/" }),
      apiKey: "azure-key-1234",
      fetch,
    });
    await (await streamChat(connection, QUESTION, { model: "d" })).final();
    expect(sent[0]).toMatchObject({
      url: "https://other.openai.azure.com/openai/v1/chat/completions",
      body: { stream: true, stream_options: { include_usage: true } },
    });
  });

  it("has no moderations", async () => {
    await expect(createClient({ provider: azure(), env }).request("/moderations", { input: "a" })).rejects.toThrow(
      "an endpoint that Azure OpenAI has",
    );
  });

  it("does not repeat its key in an error", async () => {
    const fetch = async (): Promise<Response> =>
      Response.json({ error: { message: "key azure-key-1234 is bad" } }, { status: 401 });
    await expect(createClient({ provider: azure(), env, fetch }).chat(QUESTION, { model: "d" })).rejects.toThrow(
      "key [key] is bad",
    );
  });
});
