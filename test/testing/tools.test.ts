import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { faults } from "../../src/testing/index.ts";
import { ask, chunks, complete, instant, type ReadCall, say, user } from "./support.ts";

const weather = {
  type: "function",
  function: {
    name: "get_weather",
    description: "Current weather in a city",
    parameters: {
      type: "object",
      properties: {
        city: { type: "string" },
        unit: { type: "string", enum: ["celsius", "fahrenheit"] },
        days: { type: "integer", minimum: 1, maximum: 7 },
      },
      required: ["city"],
    },
  },
};
const dice = {
  type: "function",
  function: {
    name: "rollDice",
    parameters: {
      type: "object",
      properties: { sides: { type: "integer" }, count: { type: "integer" } },
      required: ["count", "sides"],
    },
  },
};

async function called(
  prompt: string,
  params: object,
): Promise<[calls: ReadCall[] | undefined, finish: string | null | undefined]> {
  const { choices } = await complete(instant(), { messages: user(prompt), ...params });
  return [choices[0]?.message.tool_calls, choices[0]?.finish_reason];
}

describe("the default answer calls", () => {
  it("the tool that the prompt names", async () => {
    const tools = [weather, dice];
    const [calls, finish] = await called("Please use get_weather", { tools });
    expect(calls).toEqual([
      {
        id: expect.stringMatching(/^call_\w{24}$/),
        type: "function",
        function: { name: "get_weather", arguments: '{"city":"city"}' },
      },
    ]);
    expect(finish).toBe("tool_calls");
    expect(await called("Tell me a joke", { tools })).toEqual([undefined, "stop"]);
  });

  it("every tool that the prompt names, and only the first if parallel_tool_calls is false", async () => {
    const tools = [weather, dice];
    const [calls] = await called("Use rollDice and get_weather", { tools });
    expect(calls?.map((call) => call.function)).toEqual([
      { name: "get_weather", arguments: '{"city":"city"}' },
      { name: "rollDice", arguments: '{"sides":1,"count":1}' },
    ]);
    expect(new Set(calls?.map((call) => call.id)).size).toBe(2);
    const [one] = await called("Use rollDice and get_weather", { tools, parallel_tool_calls: false });
    expect(one).toHaveLength(1);
  });

  it("the tool that the request names, with the finish reason stop, as the API does", async () => {
    const tool_choice = { type: "function", function: { name: "rollDice" } };
    const [calls, finish] = await called("Use get_weather", { tools: [weather, dice], tool_choice });
    expect([calls?.map((call) => call.function?.name), finish]).toEqual([["rollDice"], "stop"]);
  });

  it("the first tool if the request requires one, and no tool with tool_choice none", async () => {
    expect(await called("Hello", { tools: [dice], tool_choice: "required" })).toMatchObject([
      [{ function: { name: "rollDice" } }],
      "tool_calls",
    ]);
    expect(await called("Use rollDice", { tools: [dice], tool_choice: "none" })).toEqual([undefined, "stop"]);
  });

  it("a custom tool, with the prompt as its input", async () => {
    const [calls] = await called("Use the paint tool", { tools: [{ type: "custom", custom: { name: "paint" } }] });
    expect(calls).toMatchObject([{ type: "custom", custom: { name: "paint", input: "Use the paint tool" } }]);
    const list = await chunks(instant(), {
      messages: user("paint it"),
      tools: [{ type: "custom", custom: { name: "paint" } }],
    });
    expect(list.flatMap((chunk) => chunk.choices[0]?.delta.tool_calls ?? []).map((call) => call.custom)).toEqual([
      { name: "paint", input: "" },
      { input: "paint" },
      { input: " it" },
    ]);
  });

  it("one legacy function", async () => {
    const functions = [weather.function, dice.function];
    const { choices } = await complete(instant(), { messages: user("Use get_weather and rollDice"), functions });
    expect(choices[0]).toMatchObject({
      finish_reason: "function_call",
      message: { content: null, function_call: { name: "get_weather", arguments: '{"city":"city"}' } },
    });
    const named = await complete(instant(), {
      messages: user("Hello"),
      functions,
      function_call: { name: "rollDice" },
    });
    expect(named.choices[0]?.message["function_call"]).toMatchObject({ name: "rollDice" });
  });
});

describe("a streamed call", () => {
  it("begins in the first delta if it is the only call, and continues with pieces of its arguments", async () => {
    const list = await chunks(instant(), { messages: user("Use get_weather"), tools: [weather] });
    const deltas = list.map((chunk) => chunk.choices[0]?.delta);
    expect(deltas[0]).toEqual({
      role: "assistant",
      content: null,
      tool_calls: [
        {
          index: 0,
          id: expect.stringMatching(/^call_/),
          type: "function",
          function: { name: "get_weather", arguments: "" },
        },
      ],
      refusal: null,
    });
    expect(deltas.slice(1)).toEqual([
      ...['{"', "city", '":"', "city", '"}'].map((text) => ({
        tool_calls: [{ index: 0, function: { arguments: text } }],
      })),
      {},
    ]);
    expect(list.at(-1)?.choices[0]?.finish_reason).toBe("tool_calls");
  });

  it("has its own index among several", async () => {
    const list = await chunks(instant(), { messages: user("Use get_weather and rollDice"), tools: [weather, dice] });
    const calls = list.flatMap((chunk) => chunk.choices[0]?.delta.tool_calls ?? []);
    expect(list[0]?.choices[0]?.delta).toEqual({ role: "assistant", content: null, refusal: null });
    for (const [index, sent] of ['{"city":"city"}', '{"sides":1,"count":1}'].entries()) {
      const own = calls.filter((call) => call.index === index);
      expect(own.filter((call) => call.id)).toHaveLength(1);
      expect(own.map((call) => call.function?.arguments).join("")).toBe(sent);
    }
  });
});

describe("default arguments", () => {
  it("fit the schema: its required properties, its enums, its bounds", async () => {
    const { parameters } = weather.function;
    const strict = {
      ...weather,
      function: { ...weather.function, parameters: { ...parameters, required: ["city", "unit", "days"] } },
    };
    const [calls] = await called("get_weather", { tools: [strict] });
    expect(calls?.[0]?.function?.arguments).toBe('{"city":"city","unit":"celsius","days":1}');
  });

  it("are an empty object for a tool without parameters", async () => {
    const [calls] = await called("what time is it", { tools: [{ type: "function", function: { name: "time" } }] });
    expect(calls?.[0]?.function?.arguments).toBe("{}");
  });
});

describe("tool results", () => {
  it("are repeated in the answer, and no tool is called again", async () => {
    const call = { id: "a", type: "function", function: { name: "get_weather", arguments: "{}" } };
    const messages = [
      ...user("Use get_weather"),
      { role: "assistant", content: null, tool_calls: [call, { ...call, id: "b" }] },
      { role: "tool", tool_call_id: "a", content: "rain" },
      { role: "tool", tool_call_id: "b", content: [{ type: "text", text: "sun" }] },
    ];
    const { choices } = await complete(instant(), { messages, tools: [weather] });
    expect(choices[0]).toMatchObject({
      finish_reason: "stop",
      message: { content: "The tool returned: rain, sun" },
    });
    const legacy = [
      ...user("Weather"),
      { role: "assistant", content: null, function_call: call.function },
      { role: "function", name: "get_weather", content: "rain" },
    ];
    expect((await complete(instant(), { messages: legacy })).choices[0]?.message.content).toBe(
      "The tool returned: rain",
    );
  });
});

describe("answers in JSON", () => {
  const format = (schema: object): object => ({
    response_format: { type: "json_schema", json_schema: { name: "answer", schema } },
  });

  it("are an object for json_object", async () => {
    expect(JSON.parse(await say(instant(), "As JSON, please", { response_format: { type: "json_object" } }))).toEqual({
      answer: "As JSON, please",
    });
  });

  it("fit the schema of the request", async () => {
    const schema = {
      type: "object",
      properties: {
        name: { type: "string" },
        kind: { enum: ["b", "a"] },
        fixed: { const: 7 },
        list: { type: "array", items: { $ref: "#/$defs/item" }, minItems: 3 },
        maybe: { anyOf: [{ type: "null" }, { type: "number", multipleOf: 0.5, minimum: 3 }] },
        either: { type: ["null", "boolean"] },
        when: { type: "string", format: "date" },
        both: {
          allOf: [{ type: "object", properties: { x: { type: "integer" } } }, { properties: { y: { type: "null" } } }],
        },
      },
      $defs: { item: { type: "object", properties: { n: { type: "integer", exclusiveMinimum: 4 } } } },
    };
    expect(JSON.parse(await say(instant(), "Greetings to Ada", format(schema)))).toEqual({
      name: "name",
      kind: "b",
      fixed: 7,
      list: [{ n: 5 }, { n: 5 }, { n: 5 }],
      maybe: 3,
      either: true,
      when: "2026-01-01",
      both: { x: 1, y: null },
    });
  });

  it("end even if the schema is recursive", async () => {
    const schema = {
      type: "object",
      properties: { next: { anyOf: [{ $ref: "#" }, { type: "null" }] }, all: { type: "array", items: { $ref: "#" } } },
    };
    const text = await say(
      instant(),
      "Go on",
      format({ ...schema, required: ["next"], properties: { next: schema.properties.next } }),
    );
    expect(text.length).toBeLessThan(1000);
    expect(JSON.parse(text)).toHaveProperty("next.next");
  });

  it.each([
    ["is an endless list", { type: "array", items: { $ref: "#" }, minItems: 1 }],
    ["refers to itself", { $ref: "#" }],
    [
      "refers in a circle",
      { $ref: "#/$defs/a", $defs: { a: { anyOf: [{ $ref: "#/$defs/b" }] }, b: { allOf: [{ $ref: "#/$defs/a" }] } } },
    ],
    [
      "branches without an end",
      {
        type: "object",
        properties: Object.fromEntries(["a", "b", "c"].map((name) => [name, { $ref: "#" }])),
        required: [],
      },
    ],
  ])("are JSON even if the schema %s", async (_name, schema) => {
    expect(JSON.parse(await say(instant(), "Go on", format(schema)))).toBeDefined();
  });

  it("follow a reference to a reference", async () => {
    const schema = { $ref: "#/$defs/a", $defs: { a: { $ref: "#/$defs/b" }, b: { type: "boolean" } } };
    expect(JSON.parse(await say(instant(), "Go on", format(schema)))).toBe(true);
  });

  it("keep numbers within any bounds", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: -50, max: 50 }), fc.nat(50), async (low, width) => {
        const schema = { type: "object", properties: { n: { type: "integer", minimum: low, maximum: low + width } } };
        const { n } = JSON.parse(await say(instant(), "A number", format(schema))) as { n: number };
        expect(n).toBe(Math.min(low + width, Math.max(low, 1)));
      }),
    );
  });
});

describe("the option defaultReply", () => {
  it("answers without a queued reply, with a function or a fixed reply", async () => {
    const mock = instant({ defaultReply: ({ number }) => `Call ${number}` }).reply("queued");
    expect([await say(mock, "a"), await say(mock, "b"), await say(mock, "c")]).toEqual(["queued", "Call 2", "Call 3"]);
    expect(await say(instant({ defaultReply: { status: 204 } }), "a").catch(String)).toContain("SyntaxError");
  });

  it("leaves a request to the default answer if its function returns undefined", async () => {
    expect(await say(instant({ defaultReply: () => undefined }), "Hello")).toBe("You said: Hello");
  });

  it("is the reply for a fault without a reply", async () => {
    const mock = instant({ defaultReply: "one two three" }).reply(faults.cut({ afterEvents: 3 })());
    expect(await (await ask(mock, { stream: true })).text()).not.toContain("three");
    expect(await say(mock, "a")).toBe("one two three");
    const faulty = instant({ defaultReply: faults.status(503) });
    expect((await ask(faulty, {})).status).toBe(503);
  });

  it("is refused if it is not a reply", () => {
    expect(() => instant({ defaultReply: 7 as never })).toThrow("defaultReply");
  });
});
