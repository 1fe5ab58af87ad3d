import * as v from "valibot";
import { describe, expect, expectTypeOf, it } from "vitest";
import { z } from "zod";
import { createClient } from "../../src/index.ts";
import { outputFormat } from "../../src/schema/outputFormat.ts";
import { strict } from "../../src/schema/strictSchema.ts";
import type { DeepPartial, Outcome } from "../../src/schema/outputFormat.ts";
import { sendFor } from "../../src/conversation/sendFor.ts";
import { createMockAPI, type Reply, type MockAPI } from "../../src/testing/index.ts";
import type { ChatCompletion, OpenAI } from "../../src/index.ts";

const City = z.object({ name: z.string(), population: z.number() });
const format = outputFormat("city", strict(City));
const hello = [{ role: "user" as const, content: "Oslo?" }];

const completion = (message: object, finish_reason = "stop"): ChatCompletion => ({
  id: "x",
  object: "chat.completion",
  created: 1,
  model: "m",
  choices: [{ index: 0, message: { role: "assistant", content: null, ...message }, finish_reason }],
});

function mock(...replies: Reply[]): { api: MockAPI; client: OpenAI } {
  const api = createMockAPI({ pace: "instant" }).reply(...replies);
  return { api, client: createClient({ apiKey: "sk-test", fetch: api.fetch }) };
}

describe("outputFormat", () => {
  it("is sent as a plain response_format, strict for schemas of strict()", async () => {
    const { api, client } = mock('{"name":"Oslo","population":709000}');
    const answer = await client.chat(hello, { response_format: format });
    expect((api.requests[0]?.body as { response_format: unknown }).response_format).toEqual({
      type: "json_schema",
      json_schema: {
        name: "city",
        strict: true,
        schema: {
          type: "object",
          properties: { name: { type: "string" }, population: { type: "number" } },
          required: ["name", "population"],
          additionalProperties: false,
        },
      },
    });
    const outcome = await format.parse(answer);
    expectTypeOf(outcome).toEqualTypeOf<Outcome<{ name: string; population: number }>>();
    expect(outcome).toMatchObject({ kind: "value", value: { name: "Oslo", population: 709_000 } });
  });

  it("is not strict by default, and strict() says why a schema cannot be strict", () => {
    const open = z.object({ notes: z.record(z.string(), z.string()) });
    expect(outputFormat("note", open).json_schema.strict).toBe(false);
    expect(outputFormat("city", City).json_schema.strict).toBe(false);
    expect(() => strict(open)).toThrow(
      /^schema: expected a schema that strict mode can express, received one in which \/properties\/notes is a map of any names/,
    );
  });

  it("reads a strict schema's null as a missing property, in whole and partial values", async () => {
    const Town = z.object({
      name: z.string(),
      mayor: z.string().optional(),
      river: z.string().nullish(),
      people: z.array(z.object({ age: z.number().optional() })),
    });
    const town = outputFormat("town", strict(Town));
    const text = '{"name":"Hamar","mayor":null,"river":null,"people":[{"age":null},{"age":3}]}';
    const value = { name: "Hamar", river: null, people: [{}, { age: 3 }] };
    expect(await town.parse(completion({ content: text }))).toEqual({ kind: "value", value, text });
    const { client } = mock(text);
    let last: unknown;
    for await (const partial of town.partials(await client.streamChat(hello, { response_format: town }))) {
      expect(partial).not.toHaveProperty("mayor");
      last = partial;
    }
    expect(last).toEqual(value);
    expect(await outputFormat("town", Town).parse(completion({ content: text }))).toMatchObject({
      kind: "invalid",
    });
  });

  it("says what to write for a bare valibot schema, and rejects a bad name", () => {
    expect(() => outputFormat("x", v.object({}) as never)).toThrow(
      /toStandardJsonSchema\(schema\), from @valibot\/to-json-schema/,
    );
    expect(() => outputFormat("a b", {})).toThrow(/^name: expected/);
  });

  it.each([
    ["a refusal", { content: null, refusal: "No." }, "stop", { kind: "refusal", refusal: "No.", text: "" }],
    ["a cut answer", { content: '{"name": "Os' }, "length", { kind: "cut", ending: "length", text: '{"name": "Os' }],
    ["a cut answer that happens to parse", { content: '{"name":"Oslo","population":1}' }, "length", { kind: "cut" }],
    ["a filtered answer", { content: "" }, "content_filter", { kind: "cut", ending: "content_filter" }],
    ["text that is no JSON", { content: "Oslo!" }, "stop", { kind: "not_json", text: "Oslo!" }],
    [
      "JSON that does not fit",
      { content: '{"name":"Oslo","population":"many"}' },
      "stop",
      { kind: "invalid", value: { population: "many" } },
    ],
  ])("returns the outcome for %s", async (_, message, reason, expected) => {
    expect(await format.parse(completion(message, reason))).toMatchObject(expected);
  });

  it("names the place of a value that does not fit", async () => {
    const outcome = await format.parse(completion({ content: '{"name":"Oslo","population":"many"}' }));
    expect(outcome.kind === "invalid" && outcome.error.path).toBe("answer.population");
  });

  it("yields the partial object while it arrives", async () => {
    const { client } = mock('{"name":"Oslo by the fjord","population":709000}');
    const stream = await client.streamChat(hello, { response_format: format });
    const seen: string[] = [];
    for await (const partial of format.partials(stream)) {
      expectTypeOf(partial).toEqualTypeOf<DeepPartial<{ name: string; population: number }>>();
      seen.push(JSON.stringify(partial));
    }
    expect(seen.at(-1)).toBe('{"name":"Oslo by the fjord","population":709000}');
    expect(seen.length).toBeGreaterThan(2);
    expect(await format.parse(await stream.final())).toMatchObject({ kind: "value" });
  });

  it("stops the request when the loop over partials is left", async () => {
    const { api, client } = mock('{"name":"Oslo by the fjord","population":709000}');
    const stream = await client.streamChat(hello, { response_format: format });
    for await (const _ of format.partials(stream)) break;
    expect(stream.ending).toBe("aborted");
    expect(await api.requests[0]?.ended).toBe("cancelled");
  });
});

describe("sendFor", () => {
  it("returns the value", async () => {
    const { client } = mock('{"name":"Oslo","population":1}');
    expect(await sendFor(client.newChatSession(), "Oslo?", format)).toMatchObject({
      kind: "value",
      value: { name: "Oslo" },
    });
  });

  it("retries once if allowed, and tells the model what is wrong", async () => {
    const { api, client } = mock('{"name":"Oslo"}', '{"name":"Oslo","population":1}');
    const chat = client.newChatSession();
    expect(await sendFor(chat, "Oslo?", format, {}, { repair: true })).toMatchObject({ kind: "value" });
    expect(chat.messages).toHaveLength(4);
    expect(JSON.stringify(api.requests[1]?.body)).toContain("answer.population");
  });

  it("rejects other values than an answer or a stream", async () => {
    const { client } = mock();
    const wrong: [given: unknown, received: string][] = [
      [client.chat(hello), "a promise: await it"],
      [await client.streamChat(hello), "a stream: give await stream.final()"],
      [{ object: "response", output: [] }, "a response of the Responses API: read its outputText()"],
      ['{"name":"Oslo"}', "string"],
      [undefined, "undefined"],
    ];
    for (const [given, received] of wrong)
      await expect(format.parse(given as never)).rejects.toMatchObject({
        kind: "InputError",
        path: "completion",
        received,
      });
    for (const given of [client.streamChat(hello), await client.chat(hello), "text", null]) {
      const partials = format.partials(given as never)[Symbol.asyncIterator]();
      await expect(partials.next()).rejects.toMatchObject({ kind: "InputError", path: "stream" });
    }
  });

  it("does not retry unasked, more than once, or without hope", async () => {
    const { api, client } = mock("no", "no", "never");
    expect(await sendFor(client.newChatSession(), "Oslo?", format)).toMatchObject({ kind: "not_json" });
    expect(api.requests).toHaveLength(1);
    expect(await sendFor(client.newChatSession(), "Oslo?", format, {}, { repair: true })).toMatchObject({
      kind: "not_json",
      text: "never",
    });
    expect(api.requests).toHaveLength(3);
    api.reply({ refusal: "No." });
    expect(await sendFor(client.newChatSession(), "Oslo?", format, {}, { repair: true })).toMatchObject({
      kind: "refusal",
    });
    expect(api.requests).toHaveLength(4);
  });
});
