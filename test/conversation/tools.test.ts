import { describe, expect, it, vi } from "vitest";
import { strict } from "../../src/schema/strictSchema.ts";
import { toStandardJsonSchema } from "@valibot/to-json-schema";
import * as valibot from "valibot";
import { z } from "zod";
import { runCall, tool } from "../../src/conversation/tools.ts";
import type { StandardSchema } from "../../src/conversation/tools.ts";
import { createClient } from "../../src/index.ts";
import { createMockAPI } from "../../src/testing/index.ts";
import { call } from "./fakeClient.ts";

const context = { signal: new AbortController().signal, toolCallId: "a", messages: [] };

describe("parameters that are no schema of an object", () => {
  it.each([
    [{ city: { type: "string" } }, 'without a keyword of JSON Schema (it has "city")'],
    [{ city: "string" }, 'without a keyword of JSON Schema (it has "city")'],
    [{ title: { type: "string" }, type: { type: "string" } }, 'without a keyword of JSON Schema (it has "title")'],
    [{ name: "x", schema: { type: "object" } }, 'without a keyword of JSON Schema (it has "name")'],
    [{ type: "string" }, 'one of type "string"'],
  ])("are refused: %j", (parameters, received) => {
    expect(() => tool({ name: "f", parameters: parameters as never, execute: () => "" })).toThrow(received);
  });

  it("are none where there is a keyword, or nothing", () => {
    for (const parameters of [{}, { properties: {} }, { $ref: "#/$defs/a", $defs: { a: {} } }, { anyOf: [{}] }])
      expect(() => tool({ name: "f", parameters: parameters as never, execute: () => "" })).not.toThrow();
  });
});

describe("a tool without execute", () => {
  it("is a declaration whose calls are returned to the program", async () => {
    const weather = tool({ name: "weather", parameters: z.object({ city: z.string() }) });
    const api = createMockAPI({ pace: "instant" });
    api.reply({ toolCalls: [{ name: "weather", arguments: { city: "Oslo" } }] });
    const chat = createClient({ apiKey: "k", fetch: api.fetch }).newChatSession({ tools: [weather] });
    expect(await chat.send("Is it raining in Oslo?")).toMatchObject({
      tool_calls: [{ function: { name: "weather", arguments: '{"city":"Oslo"}' } }],
    });
    expect(api.requests[0]?.body).toMatchObject({
      tools: [{ function: { name: "weather", parameters: { properties: { city: { type: "string" } } } } }],
    });
  });

  it.each([{ needsApproval: true }, { timeout: 1 }, { execute: null }])("is not meant by %j", (options) => {
    expect(() => tool({ name: "t", ...options } as never)).toThrow("execute: expected a function");
  });
});

describe("the result of a call", () => {
  const contentOf = async (execute: () => unknown): Promise<unknown> =>
    (await runCall(call("a", "f"), [tool({ name: "f", execute })], context)).content;
  const throws = (thrown: unknown) => (): never => {
    throw thrown;
  };

  it.each<[string, () => unknown]>([
    ["Map", () => new Map([[1, 2]])],
    ["Set", () => new Set([1])],
    ["Response", () => new Response("Hi")],
    ["ReadableStream", () => new Blob(["Hi"]).stream()],
    ["Headers", () => new Headers({ a: "b" })],
    ["ArrayBuffer", () => new ArrayBuffer(2)],
    ["AsyncGenerator", () => (async function* () {})()],
  ])("says that a %s cannot be written as JSON, instead of {}", async (kind, execute) => {
    expect(await contentOf(execute)).toBe(
      `Error: The tool ran, but its result cannot be written as JSON: it is a ${kind}`,
    );
  });

  it("is an error where the tool returns an Error", async () => {
    expect(await contentOf(() => new Error("No such city"))).toBe("Error: No such city");
  });

  it.each<[string, () => unknown, unknown]>([
    ["a text", () => "x\ud83d", "x\ufffd"],
    ["a part", () => [{ type: "text", text: "x\ud83d" }], [{ type: "text", text: "x\ufffd" }]],
    ["an error", throws(new Error("x\ud83d")), "Error: x\ufffd"],
  ])("has no half of a surrogate pair in %s: servers refuse it", async (_name, execute, content) => {
    expect(await contentOf(execute)).toEqual(content);
  });

  it.each<[string, unknown, string]>([
    ["no prototype", Object.create(null), "an error that cannot be shown"],
    ["a toString() that throws", { toString: throws(new Error("no")) }, "an error that cannot be shown"],
    ["a message alone", { message: "No such city" }, "No such city"],
    ["undefined", undefined, "undefined"],
  ])("is an error where what the tool throws is an object with %s", async (_name, thrown, words) => {
    expect(await contentOf(throws(thrown))).toBe(`Error: ${words}`);
  });
});

describe("tool()", () => {
  it("is the wire declaration: what runs it cannot be seen, and is not sent", async () => {
    const weather = tool({
      name: "weather",
      description: "The weather",
      parameters: strict({ type: "object" }),
      timeout: 5,
      execute: () => 1,
    });
    expect(Object.keys(weather)).toEqual(["type", "function"]);
    expect(JSON.parse(JSON.stringify(weather))).toEqual({
      type: "function",
      function: {
        name: "weather",
        description: "The weather",
        parameters: { type: "object", properties: {}, required: [], additionalProperties: false },
        strict: true,
      },
    });
    const mock = createMockAPI({ pace: "instant" });
    await createClient({ apiKey: "k", fetch: mock.fetch }).chat([{ role: "user", content: "hi" }], {
      tools: [weather],
    });
    expect(mock.requests[0]?.body).toMatchObject({ tools: [{ type: "function" }] });
  });

  it("leaves out what was not given", () => {
    expect(tool({ name: "now", execute: () => 1 })).toEqual({ type: "function", function: { name: "now" } });
  });

  it("takes a zod schema: sends its JSON Schema, and gives what it parses", async () => {
    const execute = vi.fn((args: { city: string; days: number }) => args.days);
    const weather = tool({
      name: "weather",
      parameters: z.object({ city: z.string(), days: z.number().default(3) }),
      execute,
    });
    expect(weather.function.parameters).toMatchObject({
      type: "object",
      properties: { city: { type: "string" } },
      required: ["city"],
    });
    expect(await weather.execute('{"city":"Oslo"}', context)).toBe(3);
    await expect(weather.execute('{"city":5}', context)).rejects.toMatchObject({
      kind: "InputError",
      path: "arguments.city",
    });
    expect(execute).toHaveBeenCalledTimes(1);
  });

  it("takes a valibot schema that was made a standard one, and says what to write where it was not", async () => {
    const schema = valibot.object({ city: valibot.string() });
    const weather = tool({ name: "weather", parameters: toStandardJsonSchema(schema), execute: ({ city }) => city });
    expect(weather.function.parameters).toMatchObject({ properties: { city: { type: "string" } } });
    expect(await weather.execute('{"city":"Oslo"}', context)).toBe("Oslo");
    expect(() =>
      tool({ name: "weather", parameters: schema as unknown as StandardSchema<unknown>, execute: () => 1 }),
    ).toThrow(
      "parameters: expected toStandardJsonSchema(schema), from @valibot/to-json-schema, received a valibot schema without a JSON Schema",
    );
  });

  it("is strict where that is asked for: what may be left out comes as null, and is left out again", async () => {
    const execute = vi.fn();
    const parameters = z.object({
      city: z.string(),
      unit: z.enum(["C", "F"]).optional(),
      days: z.number().default(3),
      note: z.string().nullable(),
    });
    const weather = tool({ name: "weather", parameters: strict(parameters), execute });
    expect(weather.function).toMatchObject({
      strict: true,
      parameters: { required: ["city", "unit", "days", "note"], additionalProperties: false },
    });
    await weather.execute('{"city":"Oslo","unit":null,"days":null,"note":null}', context);
    expect(execute).toHaveBeenLastCalledWith({ city: "Oslo", days: 3, note: null }, context);
    const plain = { type: "object", properties: { a: { type: "string" }, b: { type: "string" } }, required: ["a"] };
    await tool({ name: "t", parameters: strict(plain), execute }).execute('{"a":"x","b":null}', context);
    expect(execute).toHaveBeenLastCalledWith({ a: "x" }, context);
    await expect(
      tool({ name: "t", parameters: strict(plain), execute }).execute('{"a":null,"b":null}', context),
    ).rejects.toThrow("arguments.a: expected string, received null");
    expect(tool({ name: "t", parameters: strict({ type: "object" }), execute }).function.parameters).toEqual({
      type: "object",
      properties: {},
      required: [],
      additionalProperties: false,
    });
  });

  it("is never strict unasked, and then leaves nulls and the schema as they are", async () => {
    const execute = vi.fn();
    const parameters = { type: "object", properties: { a: { type: "string" } } };
    const lax = tool({ name: "t", parameters, execute });
    expect(lax.function).toEqual({ name: "t", parameters });
    await expect(lax.execute('{"a":null}', context)).rejects.toThrow("arguments.a: expected string, received null");
    expect(execute).not.toHaveBeenCalled();
  });

  it("checks the arguments of a plain JSON Schema as far as types go, and runs nothing that does not fit", async () => {
    const execute = vi.fn((args: object) => args);
    const parameters = {
      type: "object",
      properties: {
        city: { type: "string", minLength: 50 },
        days: { type: "integer" },
        unit: { enum: ["C", "F"] },
        kind: { const: 1 },
        tags: { type: "array", items: { type: ["string", "null"] } },
        place: { $ref: "#/$defs/place" },
        one: { anyOf: [{ type: "object", properties: { a: { type: "number" } } }, { type: "string" }] },
        all: { allOf: [{ type: "string" }, { enum: ["x"] }] },
      },
      required: ["city"],
      $defs: {
        place: {
          type: "object",
          properties: { lat: { type: "number" }, in: { $ref: "#/$defs/place" } },
          required: ["lat"],
        },
        loop: { $ref: "#/$defs/loop" },
      },
    };
    const checked = tool<object>({ name: "t", parameters, execute });
    const good = {
      city: "Oslo",
      days: 2,
      unit: "F",
      kind: 1,
      tags: ["a", null],
      place: { lat: 1, in: { lat: 2 } },
      one: { a: 1 },
      all: "x",
      more: {},
    };
    expect(await checked.execute(JSON.stringify(good), context)).toEqual(good);
    for (const [wrong, why] of [
      [[], "arguments: expected object, received []"],
      [{}, "arguments.city: expected a value, received nothing"],
      [{ city: 5 }, "arguments.city: expected string, received 5"],
      [{ city: "", days: 1.5 }, "arguments.days: expected integer, received 1.5"],
      [{ city: "", unit: "K" }, 'arguments.unit: expected one of "C", "F", received "K"'],
      [{ city: "", kind: "1" }, 'arguments.kind: expected 1, received "1"'],
      [{ city: "", tags: ["a", 1] }, "arguments.tags[1]: expected string or null, received 1"],
      [
        { city: "", place: { lat: 1, in: { lat: "x".repeat(100) } } },
        "arguments.place.in.lat: expected number, received string",
      ],
      [{ city: "", one: { a: "" } }, 'arguments.one.a: expected number, received ""'],
      [{ city: "", one: 1 }, "arguments.one: expected object, received 1"],
      [{ city: "", all: "y" }, 'arguments.all: expected one of "x", received "y"'],
    ] as const)
      await expect(checked.execute(JSON.stringify(wrong), context)).rejects.toThrow(why);
    expect(execute).toHaveBeenCalledTimes(1);
    expect(
      await tool<object>({ name: "t", parameters: { ...parameters, $ref: "#/$defs/loop" }, execute }).execute(
        '{"city":""}',
        context,
      ),
    ).toEqual({ city: "" });
  });

  it("says why a schema cannot be made strict", () => {
    const parameters = z.object({ tags: z.record(z.string(), z.string()) });
    expect(() => strict(parameters)).toThrow(
      /^schema: expected a schema that strict mode can express, received one in which \/properties\/tags is a map of any names/,
    );
  });

  it("says that a schema cannot be written as JSON Schema", () => {
    expect(() => tool({ name: "t", parameters: z.object({ when: z.date() }), execute: () => 1 })).toThrow(
      /^parameters: expected a schema that can be written as JSON Schema/,
    );
  });

  it("refuses a wrong timeout", () => {
    for (const timeout of [0, -1, NaN])
      expect(() => tool({ name: "t", timeout, execute: () => 1 })).toThrow("timeout: expected milliseconds above 0");
  });

  it("takes no arguments for an empty object, and refuses what is no JSON", async () => {
    const echo = tool({ name: "t", execute: (args) => args });
    expect(await echo.execute(" ", context)).toEqual({});
    await expect(echo.execute("{", context)).rejects.toThrow("arguments: expected JSON");
  });
});

describe("runCall()", () => {
  it("gives the tool its arguments, its call's id and a signal of its own", async () => {
    const execute = vi.fn();
    await runCall(call("a", "t", { x: 1 }), [tool({ name: "t", execute })], context);
    expect(execute).toHaveBeenCalledExactlyOnceWith(
      { x: 1 },
      { toolCallId: "a", messages: [], signal: expect.any(AbortSignal) },
    );
  });

  it("leaves no listener on the turn's signal", async () => {
    const { signal } = new AbortController();
    const [added, removed] = [vi.spyOn(signal, "addEventListener"), vi.spyOn(signal, "removeEventListener")];
    await runCall(call("a", "t"), [tool({ name: "t", execute: () => 1 })], { ...context, signal });
    expect([added.mock.calls.length, removed.mock.calls.length]).toEqual([1, 1]);
  });

  it("ignores tools of unknown kinds", async () => {
    const { content } = await runCall(
      call("a", "t"),
      [{ type: "web_search" }, tool({ name: "t", execute: () => "ok" })],
      context,
    );
    expect(content).toBe("ok");
  });

  it("finds no tools named `__proto__` and the like", async () => {
    const { error } = await runCall(call("a", "__proto__"), [tool({ name: "t", execute: () => 1 })], context);
    expect(error).toMatchObject({ kind: "ToolError", toolName: "__proto__" });
  });
});
