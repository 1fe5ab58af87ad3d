import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chunks, complete, instant, type ReadCall, say, user } from "./support.ts";

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

describe("which tool is called", () => {
  it("the one whose words the prompt says", async () => {
    const tools = [weather, dice];
    const [calls, finish] = await called("What is the weather in Oslo?", { tools });
    expect(calls).toEqual([
      {
        id: expect.stringMatching(/^call_\w{24}$/),
        type: "function",
        function: { name: "get_weather", arguments: '{"city":"Oslo"}' },
      },
    ]);
    expect(finish).toBe("tool_calls");
    expect((await called("Is it raining in Oslo?", { tools }))[0]?.[0]?.function?.name).toBe("get_weather");
    expect((await called("Please use rollDice", { tools }))[0]?.[0]?.function?.name).toBe("rollDice");
    expect((await called("Roll some dice", { tools }))[0]?.[0]?.function?.name).toBe("rollDice");
    expect(await called("Tell me a joke", { tools })).toEqual([undefined, "stop"]);
  });

  it("each of several that the prompt says, unless calls must not be parallel", async () => {
    const tools = [weather, dice];
    const [calls] = await called("Both: weather in Oslo and 2 dice with 6 sides", { tools });
    expect(calls?.map((call) => call.function)).toEqual([
      { name: "get_weather", arguments: '{"city":"Oslo"}' },
      { name: "rollDice", arguments: '{"sides":2,"count":6}' },
    ]);
    expect(new Set(calls?.map((call) => call.id)).size).toBe(2);
    const [one] = await called("Both: weather in Oslo and 2 dice with 6 sides", { tools, parallel_tool_calls: false });
    expect(one).toHaveLength(1);
  });

  it("one for each of several places", async () => {
    const [calls] = await called("Weather in Oslo and San Francisco, please", { tools: [weather] });
    expect(calls?.map((call) => call.function?.arguments)).toEqual(['{"city":"Oslo"}', '{"city":"San Francisco"}']);
  });

  it("the one that the request names, which ends with stop, as the API has it", async () => {
    const tool_choice = { type: "function", function: { name: "rollDice" } };
    const [calls, finish] = await called("Weather in Oslo and Rome", { tools: [weather, dice], tool_choice });
    expect([calls?.map((call) => call.function?.name), finish]).toEqual([["rollDice"], "stop"]);
  });

  it("the first where one is required, and none where none may be", async () => {
    expect(await called("Hello", { tools: [dice], tool_choice: "required" })).toMatchObject([
      [{ function: { name: "rollDice" } }],
      "tool_calls",
    ]);
    expect(await called("Roll dice", { tools: [dice], tool_choice: "none" })).toEqual([undefined, "stop"]);
  });

  it("a custom one with text", async () => {
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

  it("a legacy function, alone", async () => {
    const functions = [weather.function, dice.function];
    const { choices } = await complete(instant(), { messages: user("Weather and dice in Oslo"), functions });
    expect(choices[0]).toMatchObject({
      finish_reason: "function_call",
      message: { content: null, function_call: { name: "get_weather", arguments: '{"city":"Oslo"}' } },
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
  it("begins in the first delta where it is alone, and goes on in pieces of its arguments", async () => {
    const list = await chunks(instant(), { messages: user("Weather in Oslo"), tools: [weather] });
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
      ...['{"', "city", '":"', "Oslo", '"}'].map((text) => ({
        tool_calls: [{ index: 0, function: { arguments: text } }],
      })),
      {},
    ]);
    expect(list.at(-1)?.choices[0]?.finish_reason).toBe("tool_calls");
  });

  it("has its own index among several", async () => {
    const list = await chunks(instant(), { messages: user("Weather in Oslo and Rome"), tools: [weather] });
    const calls = list.flatMap((chunk) => chunk.choices[0]?.delta.tool_calls ?? []);
    expect(list[0]?.choices[0]?.delta).toEqual({ role: "assistant", content: null, refusal: null });
    for (const [index, city] of ["Oslo", "Rome"].entries()) {
      const own = calls.filter((call) => call.index === index);
      expect(own.filter((call) => call.id)).toHaveLength(1);
      expect(own.map((call) => call.function?.arguments).join("")).toBe(`{"city":"${city}"}`);
    }
  });
});

describe("arguments", () => {
  it("take what the prompt names of an enum, and numbers within their bounds", async () => {
    const strict = {
      type: "function",
      function: {
        ...weather.function,
        parameters: { ...weather.function.parameters, required: ["city", "unit", "days"] },
      },
    };
    const [calls] = await called("Weather in New York in fahrenheit for 30 days", { tools: [strict] });
    expect(calls?.[0]?.function?.arguments).toBe('{"city":"New York","unit":"fahrenheit","days":7}');
    const [first] = await called("weather", { tools: [strict] });
    expect(first?.[0]?.function?.arguments).toBe('{"city":"weather","unit":"celsius","days":1}');
  });

  it("are an empty object for a tool without parameters", async () => {
    const [calls] = await called("what time is it", { tools: [{ type: "function", function: { name: "time" } }] });
    expect(calls?.[0]?.function?.arguments).toBe("{}");
  });
});

describe("tool results", () => {
  it("are quoted, and no tool is called again", async () => {
    const call = { id: "a", type: "function", function: { name: "get_weather", arguments: "{}" } };
    const messages = [
      ...user("Weather in Oslo"),
      { role: "assistant", content: null, tool_calls: [call, { ...call, id: "b" }] },
      { role: "tool", tool_call_id: "a", content: "rain" },
      { role: "tool", tool_call_id: "b", content: [{ type: "text", text: "sun" }] },
    ];
    const { choices } = await complete(instant(), { messages, tools: [weather] });
    expect(choices[0]).toMatchObject({
      finish_reason: "stop",
      message: { content: "The 2 tools say:\n- rain\n- sun" },
    });
    const legacy = [
      ...user("Weather"),
      { role: "assistant", content: null, function_call: call.function },
      { role: "function", name: "get_weather", content: "rain" },
    ];
    expect((await complete(instant(), { messages: legacy })).choices[0]?.message.content).toBe("The tool says: rain");
  });
});

describe("answers in JSON", () => {
  const format = (schema: object): object => ({
    response_format: { type: "json_schema", json_schema: { name: "answer", schema } },
  });

  it("are an object where any will do", async () => {
    expect(
      JSON.parse(await say(instant(), "As JSON, please", { response_format: { type: "json_object" } })),
    ).toMatchObject({ prompt: "As JSON, please" });
  });

  it("fit the schema that was given", async () => {
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
      name: "Ada",
      kind: "b",
      fixed: 7,
      list: [{ n: 5 }, { n: 5 }, { n: 5 }],
      maybe: 3,
      either: true,
      when: "2026-01-01",
      both: { x: 1, y: null },
    });
  });

  it("come to an end where the schema does not", async () => {
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
  ])("are JSON even where the schema %s", async (_name, schema) => {
    expect(JSON.parse(await say(instant(), "Go on", format(schema)))).toBeDefined();
  });

  it("follow a reference to a reference", async () => {
    const schema = { $ref: "#/$defs/a", $defs: { a: { $ref: "#/$defs/b" }, b: { type: "boolean" } } };
    expect(JSON.parse(await say(instant(), "Go on", format(schema)))).toBe(true);
  });

  it("keep numbers within any bounds", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: -50, max: 50 }),
        fc.nat(50),
        fc.integer({ min: -99, max: 99 }),
        async (low, width, wanted) => {
          const schema = { type: "object", properties: { n: { type: "integer", minimum: low, maximum: low + width } } };
          const { n } = JSON.parse(await say(instant(), `Take ${wanted}`, format(schema))) as { n: number };
          expect(n).toBe(Math.min(low + width, Math.max(low, wanted)));
        },
      ),
    );
  });
});
