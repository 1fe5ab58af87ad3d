import fc from "fast-check";
import { expect, it } from "vitest";
import type { MockProvider, MockAPIOptions } from "../../src/testing/index.ts";
import { instant, post } from "./support.ts";

const call = { id: "a", type: "function", function: { name: "f", arguments: "{}" } };
const schema = {
  type: "object",
  properties: { a: { type: ["string", "null"], enum: ["x"] }, b: { $ref: "#/$defs/c" } },
  $defs: { c: { items: { type: "string" }, type: "array" } },
};
const said = { type: "message", role: "assistant", content: [{ type: "output_text", text: "Hi", annotations: [] }] };

/** Valid bodies with as many fields of the API as possible. */
const BODIES: Readonly<Record<string, readonly object[]>> = {
  "/chat/completions": [
    {
      model: "m",
      messages: [
        { role: "system", content: "Be brief" },
        {
          role: "user",
          name: "ada",
          content: [
            { type: "text", text: "Call f in Oslo" },
            { type: "image_url", image_url: { url: "https://example.com/x.png", detail: "low" } },
          ],
        },
        {
          role: "assistant",
          content: null,
          tool_calls: [call],
          reasoning_details: [{ type: "reasoning.text", index: 0, text: "x", signature: "y" }],
        },
        { role: "tool", tool_call_id: "a", content: "1" },
        { role: "user", content: "Call f again, and count to 3" },
      ],
      tools: [{ type: "function", function: { name: "f", description: "d", parameters: schema, strict: false } }],
      tool_choice: { type: "function", function: { name: "f" } },
      stream: true,
      stream_options: { include_usage: true },
      n: 2,
      stop: ["x"],
      max_tokens: 50,
      temperature: 1,
      metadata: { a: "b" },
    },
    {
      model: "m",
      messages: [{ role: "user", content: "JSON please" }],
      response_format: { type: "json_schema", json_schema: { name: "n", schema, strict: false } },
    },
    {
      model: "gpt-6-luna",
      messages: [{ role: "user", content: "json" }],
      response_format: { type: "json_object" },
      functions: [{ name: "f", parameters: schema }],
      function_call: { name: "f" },
      reasoning_effort: "none",
    },
  ],
  "/completions": [
    {
      model: "m",
      prompt: ["Hi", "Ho"],
      max_tokens: 5,
      n: 2,
      echo: true,
      logprobs: 1,
      stream: true,
      stream_options: { include_usage: true },
    },
  ],
  "/responses": [
    {
      model: "gpt-6-luna",
      input: [
        { role: "user", content: [{ type: "input_text", text: "Hi" }] },
        { type: "reasoning", id: "rs_1", summary: [{ type: "summary_text", text: "x" }], encrypted_content: "y" },
        { type: "function_call", id: "fc_1", call_id: "c", name: "f", arguments: "{}" },
        { type: "function_call_output", call_id: "c", output: [{ type: "input_text", text: "1" }] },
        said,
        { role: "user", content: "Call f" },
      ],
      tools: [{ type: "function", name: "f", parameters: schema, strict: false }, { type: "web_search" }],
      text: { format: { type: "json_schema", name: "n", schema, strict: false }, verbosity: "low" },
      include: ["reasoning.encrypted_content"],
      reasoning: { effort: "low", summary: "auto" },
      stream: true,
    },
    { model: "m", input: "Hi", background: true, store: true, metadata: { a: "b" } },
  ],
  "/embeddings": [{ model: "m", input: ["a", "b"], dimensions: 3, encoding_format: "base64" }],
  "/moderations": [
    {
      input: [
        { type: "text", text: "Hi" },
        { type: "image_url", image_url: { url: "https://example.com/x.png" } },
      ],
      model: "m",
    },
  ],
  "/images/generations": [{ prompt: "A heron", n: 2, size: "auto", stream: true, partial_images: 1 }],
  "/images/edits": [{ prompt: "A heron", images: [{ file_id: "file-1" }], n: 1 }],
  "/audio/speech": [{ model: "m", input: "Hi", voice: { id: "v" }, response_format: "wav", stream_format: "sse" }],
  "/audio/transcriptions": [{ model: "m", file: "x" }],
  "/audio/translations": [{ model: "m", file: "x" }],
  "/files": [{ purpose: "user_data", file: "x", expires_after: { anchor: "created_at", seconds: 3600 } }],
  "/nowhere": [{}],
};

/** Returns the path of every value in a JSON value. */
function placesOf(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => placesOf(inner, [...path, key]))];
}

/** Returns a copy of a JSON value with another value at one path. */
function put(value: unknown, [key, ...rest]: readonly string[], other: unknown): unknown {
  if (key === undefined) return other;
  if (Array.isArray(value))
    return value.map((item: unknown, index) => (String(index) === key ? put(item, rest, other) : item));
  return { ...(value as object), [key]: put((value as Record<string, unknown>)[key], rest, other) };
}

const hostile = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    0,
    -1,
    1e300,
    0.5,
    "",
    "x",
    [],
    {},
    [null],
    [[]],
    [{}],
    { toString: 1 },
    { type: { toString: 1 } },
    { type: "text" },
    { length: 1e9 },
    "\ud800",
    1e9,
    ["x", 1],
  ),
  fc.jsonValue({ maxDepth: 4 }),
);

const mutated = fc
  .constantFrom(...Object.entries(BODIES).flatMap(([path, bodies]) => bodies.map((body) => ({ path, body }))))
  .chain(({ path, body }) =>
    fc.record({
      path: fc.constant(path),
      body: fc
        .array(fc.tuple(fc.constantFrom(...placesOf(body)), hostile), { minLength: 1, maxLength: 3 })
        .map((changes) => changes.reduce<unknown>((whole, [place, other]) => putIfThere(whole, place, other), body)),
    }),
  );

function putIfThere(whole: unknown, place: readonly string[], other: unknown): unknown {
  let found: unknown = whole;
  for (const key of place.slice(0, -1)) {
    if (typeof found !== "object" || found === null) return whole;
    found = (found as Record<string, unknown>)[key];
  }
  return typeof found === "object" && found !== null ? put(whole, place, other) : whole;
}

const anything = fc.record({ path: fc.constantFrom(...Object.keys(BODIES)), body: fc.jsonValue({ maxDepth: 4 }) });
const providers: MockProvider[] = [
  "openai",
  "workers-ai",
  "openrouter",
  "mistral",
  "vllm",
  "gemini",
  "deepseek",
  "bedrock",
  "groq",
];
const settings: fc.Arbitrary<MockAPIOptions> = fc.record({
  provider: fc.constantFrom(...providers),
  checkRequests: fc.boolean(),
  strictModels: fc.constantFrom(false, false, true),
});

it("any JSON body on any route gets an answer or a JSON error, and never throws", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof({ weight: 4, arbitrary: mutated }, anything),
      settings,
      async ({ path, body }, options) => {
        const response = await instant(options).fetch(`https://api.openai.com/v1${path}`, post(JSON.stringify(body)));
        const text = await response.text();
        if (response.status < 400) return;
        const { error } = JSON.parse(text) as { error: { message: string; type: string } };
        expect([typeof error.message, typeof error.type]).toEqual(["string", "string"]);
        expect(error.message).not.toMatch(/is not a function|undefined \(|Cannot read|\[object Object\]/);
      },
    ),
    { numRuns: 4_000 },
  );
}, 120_000);

it("JSON that is nested 5,000 levels deep is refused everywhere", async () => {
  const deep = (end: string) => `${'{"a":'.repeat(5_000)}${end}${"}".repeat(5_000)}`;
  for (const path of Object.keys(BODIES)) {
    for (const checkRequests of [true, false]) {
      const mock = instant({ checkRequests });
      for (const body of [
        deep("1"),
        `{"model":"m","messages":${deep("1")},"input":${deep("1")},"prompt":${deep("1")}}`,
      ]) {
        const response = await mock.fetch(`https://api.openai.com/v1${path}`, post(body));
        expect(response.status).toBeGreaterThanOrEqual(400);
      }
    }
  }
});
