import { describe, expect, it } from "vitest";
import { createMockAPI } from "../../src/testing/index.ts";
import { ask, CHAT, chunks, complete, instant, joined, post, say, user } from "./support.ts";

describe("a whole completion", () => {
  it("has the API's shape", async () => {
    const response = await ask(instant({ now: () => 1_700_000_000_999 }), {});
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(await response.json()).toEqual({
      id: expect.stringMatching(/^chatcmpl-[0-9A-Za-z]{29}$/),
      object: "chat.completion",
      created: 1_700_000_000,
      model: "test-model",
      choices: [
        {
          index: 0,
          message: { role: "assistant", content: "You said: Hello", refusal: null, annotations: [] },
          logprobs: null,
          finish_reason: "stop",
        },
      ],
      usage: {
        prompt_tokens: expect.any(Number),
        completion_tokens: expect.any(Number),
        total_tokens: expect.any(Number),
        prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
        completion_tokens_details: {
          reasoning_tokens: 0,
          audio_tokens: 0,
          accepted_prediction_tokens: 0,
          rejected_prediction_tokens: 0,
        },
      },
      service_tier: "default",
      system_fingerprint: expect.stringMatching(/^fp_[0-9a-f]{10}$/),
    });
  });

  it("counts tokens plausibly", async () => {
    const prompt = "A stream of words, each of them with its space, arrives at a reader. ".repeat(10);
    const { usage, choices } = await complete(instant(), { messages: user(prompt) });
    const length = choices[0]?.message.content?.length ?? 0;
    expect(length / (usage?.completion_tokens ?? 0)).toBeGreaterThan(3);
    expect(length / (usage?.completion_tokens ?? 0)).toBeLessThan(7);
    expect(usage?.total_tokens).toBe((usage?.prompt_tokens ?? 0) + (usage?.completion_tokens ?? 0));
  });

  it("has the headers of the API", async () => {
    const { headers } = await ask(instant(), {});
    expect(headers.get("x-request-id")).toMatch(/^req_[0-9a-f]{32}$/);
    expect(headers.get("openai-processing-ms")).toMatch(/^\d+$/);
    expect(headers.get("x-ratelimit-limit-requests")).toBe("10000");
    expect(headers.get("x-ratelimit-remaining-requests")).toBe("9999");
    expect(headers.get("x-ratelimit-reset-requests")).toBe("8.64s");
    expect(headers.get("x-ratelimit-limit-tokens")).toBe("200000");
    expect(Number(headers.get("x-ratelimit-remaining-tokens"))).toBeLessThan(200_000);
    expect(headers.get("x-ratelimit-reset-tokens")).toMatch(/^\d+ms$/);
  });

  it("gives every call another id, and the same ids in every mock API", async () => {
    const [one, other] = [instant(), instant()];
    const ids = [(await complete(one))["id"], (await complete(one))["id"]];
    expect(ids[0]).not.toBe(ids[1]);
    expect([(await complete(other))["id"], (await complete(other))["id"]]).toEqual(ids);
  });
});

describe("a streamed completion", () => {
  it("begins with the role, continues word by word, and ends with an empty delta and the finish reason", async () => {
    const list = await chunks(instant().reply("Hello, dear reader"));
    expect(list.map((chunk) => chunk.choices[0]?.delta)).toEqual([
      { role: "assistant", content: "", refusal: null },
      { content: "Hello," },
      { content: " dear" },
      { content: " reader" },
      {},
    ]);
    expect(list.map((chunk) => chunk.choices[0]?.finish_reason)).toEqual([null, null, null, null, "stop"]);
    expect(list[0]).toMatchObject({
      object: "chat.completion.chunk",
      service_tier: "default",
      choices: [{ index: 0, logprobs: null }],
    });
    expect(new Set(list.map((chunk) => chunk["id"])).size).toBe(1);
    expect(list.every((chunk) => !("usage" in chunk))).toBe(true);
  });

  it("has the content type of an event stream", async () => {
    const response = await ask(instant(), { stream: true });
    expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
  });

  it("has the usage in a chunk of its own if the request asks for it, and null in the others", async () => {
    const list = await chunks(instant(), { stream_options: { include_usage: true } });
    const last = list.pop();
    expect(last).toMatchObject({ choices: [], usage: { prompt_tokens: 8 } });
    expect(list.every((chunk) => chunk.usage === null)).toBe(true);
    expect(last?.usage?.completion_tokens).toBe(list.length - 2);
  });

  it("has the same text as the whole completion", async () => {
    const [whole, streamed] = [
      await say(instant(), "A prompt with emoji: 👋🏽 👩‍👩‍👧‍👦"),
      await chunks(instant(), { messages: user("A prompt with emoji: 👋🏽 👩‍👩‍👧‍👦") }),
    ];
    expect(joined(streamed)).toBe(whole);
  });

  it("interleaves several choices", async () => {
    const list = await chunks(instant(), { n: 3 });
    expect(list.slice(0, 6).map((chunk) => chunk.choices[0]?.index)).toEqual([0, 1, 2, 0, 1, 2]);
    expect(list.filter((chunk) => chunk.choices[0]?.finish_reason === "stop")).toHaveLength(3);
    const whole = await complete(instant(), { n: 3 });
    expect(whole.choices.map((choice) => choice.message.content)).toEqual(
      [0, 1, 2].map((index) => joined(list, index)),
    );
    expect(new Set(whole.choices.map((choice) => choice.message.content)).size).toBe(3);
  });

  it("pads its chunks only if the request asks for it", async () => {
    const list = await chunks(instant(), { stream_options: { include_obfuscation: true } });
    expect(list.every((chunk) => typeof chunk["obfuscation"] === "string")).toBe(true);
  });

  it("never splits a character", async () => {
    const list = await chunks(instant(), { messages: user("👋🏽👩‍👩‍👧‍👦🇳🇴".repeat(20)) });
    for (const chunk of list) expect(chunk.choices[0]?.delta.content ?? "").not.toMatch(/\p{Surrogate}/u);
  });
});

describe("token limits and stop sequences", () => {
  it.each(["max_completion_tokens", "max_tokens"])(
    "cut the answer at %s, with the finish reason length",
    async (name) => {
      const { choices, usage } = await complete(instant(), { messages: user("one two three four"), [name]: 4 });
      expect(choices[0]).toMatchObject({ finish_reason: "length", message: { content: "You said: one two" } });
      expect(usage?.completion_tokens).toBe(4);
      const list = await chunks(instant(), { messages: user("one two three four"), [name]: 4 });
      expect(joined(list)).toBe("You said: one two");
      expect(list.at(-1)?.choices[0]?.finish_reason).toBe("length");
    },
  );

  it("leave an answer that just fits unchanged", async () => {
    const { choices } = await complete(instant(), { messages: user("one two"), max_completion_tokens: 4 });
    expect(choices[0]?.finish_reason).toBe("stop");
  });

  it("cut the arguments of a tool call", async () => {
    const tools = [
      {
        type: "function",
        function: { name: "note", parameters: { type: "object", properties: { text: {} }, required: ["text"] } },
      },
    ];
    const { choices } = await complete(instant(), { messages: user("note this"), tools, max_completion_tokens: 3 });
    expect(choices[0]).toMatchObject({
      finish_reason: "length",
      message: { tool_calls: [{ function: { arguments: '{"text":"' } }] },
    });
  });

  it("end the answer before the first stop sequence", async () => {
    expect(await say(instant(), "one two three four", { stop: "three" })).toBe("You said: one two ");
    expect(await say(instant(), "one two three four", { stop: ["four", "two"] })).toBe("You said: one ");
  });
});

describe("the mock API's address", () => {
  it.each([
    "https://api.openai.com/v1/chat/completions",
    "http://127.0.0.1:8787/openai/v1/chat/completions",
    "https://x/chat/completions",
    "/v1/chat/completions",
    "https://x/v1/chat/completions?a=1",
  ])("answers at %s", async (url) => {
    expect((await instant().fetch(url, post({ model: "m", messages: user("Hi") }))).status).toBe(200);
  });

  it("accepts a URL and a Request as fetch does, and can be called unbound", async () => {
    const { fetch, handle } = instant();
    const init = post({ model: "m", messages: user("Hi") });
    expect((await fetch(new URL(CHAT), init)).status).toBe(200);
    expect((await fetch(new Request(CHAT, init))).status).toBe(200);
    expect((await handle(new Request(CHAT, init))).status).toBe(200);
    expect((await [new Request(CHAT, init)].map(handle)[0])?.status).toBe(200);
  });

  it("rejects the arguments that fetch rejects", async () => {
    const { fetch, requests } = instant();
    await expect(fetch(CHAT, { body: "x" })).rejects.toThrow(TypeError);
    await expect(fetch("http://[")).rejects.toThrow(TypeError);
    await expect(fetch(CHAT, post({}, { signal: AbortSignal.abort(new Error("gone")) }))).rejects.toThrow("gone");
    expect(requests).toHaveLength(0);
  });

  it("lists its models, and returns each of them", async () => {
    const mock = instant({ apiKeys: [] });
    const list = (await (await mock.fetch("https://x/v1/models")).json()) as {
      object: string;
      data: { id: string }[];
    };
    expect(list.object).toBe("list");
    expect(list.data.map((model) => model.id)).toEqual([
      "gpt-6-luna",
      "gpt-6.1-terra",
      "gpt-5",
      "gpt-5-mini",
      "gpt-5-nano",
      "gpt-4.1",
      "gpt-4.1-mini",
    ]);
    expect(await (await mock.fetch("https://x/v1/models/gpt-5-mini")).json()).toEqual({
      id: "gpt-5-mini",
      object: "model",
      created: 1_754_425_928,
      owned_by: "system",
      shutdown_date: "2026-12-11",
    });
    expect(await (await mock.fetch("https://x/v1/models/gpt-6-luna")).json()).toMatchObject({ shutdown_date: null });
    const unknown = await createMockAPI({ models: ["a/b"], apiKeys: [] }).fetch("https://x/v1/models/a%2Fb");
    expect(unknown.status).toBe(200);
  });

  it("answers a page's preflight, and allows only the API's own headers", async () => {
    const response = await instant().fetch(CHAT, {
      method: "OPTIONS",
      headers: { "access-control-request-headers": "x-mine" },
    });
    expect(response.status).toBe(204);
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    expect(response.headers.get("access-control-allow-headers")).toContain("authorization, content-type");
    expect(response.headers.get("access-control-allow-headers")).not.toContain("x-mine");
    const { headers } = await ask(instant(), {});
    expect([headers.get("access-control-allow-origin"), headers.get("access-control-expose-headers")]).toEqual([
      "*",
      "*",
    ]);
  });
});
