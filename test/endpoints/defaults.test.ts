import { createResponse } from "../../src/responses/index.ts";
import { imageGeneration, speech, streamSpeech, transcription, translation } from "../../src/media/index.ts";
import { describe, expect, it } from "vitest";
import {
  streamCompletion,
  createClient,
  type ChatParams,
  type ClientOptions,
  type Message,
  type OpenAI,
  tool,
} from "../../src/index.ts";
import { aiBinding, azure, custom, openai, openrouter } from "../../src/providers/index.ts";
import { completion, QUESTION, recorder } from "../providers/support.ts";
import { failure, lastBody, setUp } from "./support.ts";

const sound = (): File => new File(["sound"], "a.mp3", { type: "audio/mpeg" });
const TOOLS = [{ type: "function", function: { name: "f", parameters: { type: "object" } } }] as const;

describe("a request without a model", () => {
  it("has a default if OpenAI has one", async () => {
    const { client, mock } = setUp();
    await client.chat(QUESTION);
    await createResponse(client, "Hi");
    await imageGeneration(client, "A red square");
    await transcription(client, sound());
    await client.embedding("x");
    await client.moderation("x");
    expect(mock.requests.map(({ body }) => (body as { model: string }).model)).toEqual([
      "gpt-6-luna",
      "gpt-6-luna",
      "gpt-image-2.6-flare",
      "gpt-transcribe",
      "text-embedding-3-small",
      "omni-moderation-latest",
    ]);
  });

  const calls: Record<string, [(client: OpenAI, model?: string) => Promise<unknown>, string]> = {
    completion: [(client, model) => client.completion("x", { model }), "was shut down on 2026-09-28"],
    streamCompletion: [(client, model) => streamCompletion(client, "x", { model }), "was shut down on 2026-09-28"],
    speech: [(client, model) => speech(client, "x", { model }), "/audio/speech ends on 2027-01-06 without a successor"],
    streamSpeech: [(client, model) => streamSpeech(client, "x", { model }), "/audio/speech ends on 2027-01-06"],
    translation: [(client, model) => translation(client, sound(), { model }), "/audio/translations ends on 2027-02-26"],
  };
  it.each(Object.entries(calls))(
    "says why %s() has no default at OpenAI, and sends nothing",
    async (_, [call, why]) => {
      for (const options of [{}, { provider: openai }]) {
        const { client, mock } = setUp(options);
        const error = await failure(call(client));
        expect(error).toMatchObject({ kind: "InputError", path: "params.model", received: "none" });
        expect(error.message).toContain("a model: OpenAI has no default for ");
        expect(error.message).toContain(why);
        expect(mock.requests).toEqual([]);
        await call(client, "m");
        expect(mock.requests).toHaveLength(1);
      }
    },
  );

  it("uses a provider's own default for speech, and rejects with an InputError if there is none", async () => {
    const provider = custom({ name: "Ours", baseURL: "https://ours.test/v1", models: { speech: "our-voice" } });
    const { client, mock } = setUp({ provider });
    await speech(client, "x");
    expect(lastBody(mock)).toMatchObject({ model: "our-voice" });
    expect((await failure(translation(client, sound()))).message).toBe(
      "params.model: expected a model: Ours has no default for translation, so name one here or in the option models, received none",
    );
  });
});

describe("function tools on /chat/completions", () => {
  const asked = async (params: ChatParams, options: ClientOptions = {}): Promise<unknown> => {
    const { fetch, sent } = recorder();
    const client = createClient({ apiKey: "k", fetch, ...options });
    await client.chat(QUESTION, params);
    await (await client.streamChat(QUESTION, params)).final();
    const [whole, streamed] = sent.map(({ body }) => body["reasoning_effort"]);
    expect(streamed).toEqual(whole);
    return whole;
  };

  it.each([
    "gpt-5.6",
    "gpt-5.6-mini",
    "gpt-5.7-2026-05-01",
    "gpt-5.10",
    "gpt-6",
    "gpt-6-luna",
    "gpt-6-luna-2026-09-01",
    "gpt-6.1-terra",
    "gpt-6.1-solar",
    "gpt-7",
    "gpt-10.2-x",
    "ft:gpt-6-luna:acme::abc",
  ])("turn reasoning off for %s, which refuses them otherwise", async (model) => {
    expect(await asked({ model, tools: TOOLS })).toBe("none");
  });

  it.each([
    "gpt-6-astra",
    "gpt-6-astra-2026-10-01",
    "gpt-6.1-sol",
    "gpt-5",
    "gpt-5-mini",
    "gpt-5.1",
    "gpt-5.5-2026-01-01",
    "gpt-4o",
    "gpt-4.6",
    "gpt-oss-120b",
    "gpt-50x",
    "openai/gpt-6-luna",
    "o4-mini",
    "my-gpt-6-luna",
  ])("do not change reasoning for %s", async (model) => {
    expect(await asked({ model, tools: TOOLS })).toBeUndefined();
  });

  it("turn reasoning off for the default model, even behind another base URL without a provider", async () => {
    expect(await asked({ tools: TOOLS })).toBe("none");
    expect(await asked({ tools: TOOLS }, { provider: openai })).toBe("none");
    expect(await asked({ tools: TOOLS }, { baseURL: "https://relay.test/v1" })).toBe("none");
    expect(await asked({ tools: TOOLS, reasoning_effort: undefined })).toBe("none");
    expect(await asked({ functions: [{ name: "f" }] })).toBe("none");
  });

  it.each(["high", "none", "minimal", null])("keep the caller's effort %j", async (reasoning_effort) => {
    expect(await asked({ tools: TOOLS, reasoning_effort })).toBe(reasoning_effort);
  });

  it("do not change requests without function tools", async () => {
    expect(await asked({})).toBeUndefined();
    expect(await asked({ tools: [] })).toBeUndefined();
    expect(await asked({ tools: [{ type: "custom", custom: { name: "c" } }] })).toBeUndefined();
    expect(await asked({ functions: [] })).toBeUndefined();
    expect(await asked({ tools: [{ type: "custom", custom: { name: "c" } }, ...TOOLS] })).toBe("none");
  });

  it("do not change requests to other providers, except OpenAI behind an AI binding", async () => {
    const model = "gpt-6-luna";
    const params = { model, tools: TOOLS };
    expect(await asked(params, { provider: openrouter })).toBeUndefined();
    expect(await asked(params, { provider: azure({ endpoint: "https://a.test" }) })).toBeUndefined();
    expect(await asked(params, { provider: custom({ baseURL: "https://ours.test" }) })).toBeUndefined();
    const binding = { gateway: () => ({ run: () => Promise.reject(new Error("not called")) }) };
    expect(await asked(params, { provider: aiBinding(binding, { provider: "openai" }).provider })).toBe("none");
    expect(await asked(params, { provider: aiBinding(binding).provider })).toBeUndefined();
  });

  it("do not change Responses requests", async () => {
    const { client, mock } = setUp();
    await createResponse(client, "Hi", {
      tools: [{ type: "function", name: "f", parameters: { type: "object" }, strict: false }],
    });
    expect(lastBody(mock)).not.toHaveProperty("reasoning");
    expect(lastBody(mock)).not.toHaveProperty("reasoning_effort");
  });

  it("have the effort in every step of a session and in retries, unless the session or the turn sets one", async () => {
    const call = { id: "a", type: "function", function: { name: "f", arguments: "{}" } };
    const effortsOf = async (
      session: { reasoning_effort?: string },
      turn: { reasoning_effort?: string },
    ): Promise<unknown[]> => {
      const sent: Record<string, unknown>[] = [];
      const client = createClient({
        apiKey: "k",
        fetch: (_, init) => {
          sent.push(JSON.parse(init.body as string) as Record<string, unknown>);
          if (sent.length === 1)
            return Promise.resolve(new Response("{}", { status: 500, headers: { "retry-after-ms": "0" } }));
          const history = sent.at(-1)?.["messages"] as Message[];
          const again = history.at(-1)?.role === "tool";
          return Promise.resolve(Response.json(completion(again ? { content: "Done" } : { tool_calls: [call] })));
        },
      });
      const run = tool({ name: "f", description: "", parameters: { type: "object" }, execute: () => "1" });
      await client.newChatSession({ tools: [run], ...session }).send("Hi", turn);
      return sent.map((body) => body["reasoning_effort"]);
    };
    expect(await effortsOf({}, {})).toEqual(["none", "none", "none"]);
    expect(await effortsOf({ reasoning_effort: "low" }, {})).toEqual(["low", "low", "low"]);
    expect(await effortsOf({}, { reasoning_effort: "max" })).toEqual(["max", "max", "max"]);
  });
});
