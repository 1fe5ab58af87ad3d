import { readContent } from "../decode/content.ts";
import { endingOf } from "../decode/finish.ts";
import { InputError } from "../errors.ts";
import { aString, checkOptions, readable, shown, wrong } from "../options.ts";
import type { FromSchema } from "./fromSchema.ts";
import { jsonSchemaOf, MadeStrict, validate } from "./standard.ts";
import type { AnySchema, PlainSchema, StandardSchema } from "./standard.ts";
import type { ChatChunk, ChatCompletion, JSONSchema, ResponseFormat } from "../wire/index.ts";
import { fieldOf, listOf, objectOf, stringOf } from "../wire/read.ts";
import { FenceOpening, insideFence } from "./fence.ts";
import { PartialJSON } from "./partialJSON.ts";

/** The outcome of a request for structured output. `text` is always the model's own text. */
export type Outcome<T> =
  | { readonly kind: "value"; readonly value: T; readonly text: string }
  | { readonly kind: "refusal"; readonly refusal: string; readonly text: string }
  | { readonly kind: "cut"; readonly ending: "length" | "content_filter"; readonly text: string }
  | { readonly kind: "not_json"; readonly error: SyntaxError; readonly text: string }
  | { readonly kind: "invalid"; readonly error: InputError; readonly value: unknown; readonly text: string };

/** A value of which any part may be missing. */
export type DeepPartial<T> = T extends readonly (infer Item)[]
  ? DeepPartial<Item>[]
  : T extends object
    ? { [Name in keyof T]?: DeepPartial<T[Name]> }
    : T;

/** A `response_format` for a request, with methods that read the answer. */
export interface OutputFormat<T> {
  /** The kind of format. */
  readonly type: "json_schema";
  /** The schema with its name, as they are sent. */
  readonly json_schema: { name: string; description?: string | undefined; schema: JSONSchema; strict: boolean };
  /**
   * Reads the value of a completion. Never throws for anything that a model wrote.
   *
   * @param completion a whole chat completion
   * @returns the value, or the reason why there is none
   * @throws InputError for a promise, a stream, or anything else that is no completion
   */
  parse(completion: ChatCompletion): Promise<Outcome<T>>;
  /**
   * Reads the value of a stream while it arrives. It yields the same live object with more in it each time: strings grow, all other values are
   * final. Pass `await stream.final()` to `parse()` for the checked value.
   *
   * @param stream the stream, as `streamChat()` returns it
   * @throws InputError for anything that is no stream
   */
  partials(stream: AsyncIterable<ChatChunk>): AsyncIterable<DeepPartial<T>>;
}

/**
 * Makes a `response_format` from a schema. Its values have the type that the schema describes.
 *
 * @param name at most 64 letters, digits, `_` and `-`
 * @param schema a Standard Schema that carries a JSON Schema, or a plain JSON Schema, of which only types are checked. With
 *   `strict(schema)` the API follows it exactly
 * @param options a description
 * @throws InputError for a name or a schema that cannot be sent
 * @example
 * ```ts
 * const format = outputFormat("city", strict({ type: "object", properties: { name: { type: "string" } }, required: ["name"] }));
 * const outcome = await format.parse(await client.chat(messages, { response_format: format }));
 * if (outcome.kind === "value") console.log(outcome.value.name);
 * ```
 */
export function outputFormat<const Schema extends PlainSchema>(
  name: string,
  schema: Schema,
  options?: { readonly description?: string | undefined },
): OutputFormat<FromSchema<Schema>>;
/** Makes a `response_format` for values of a given type. */
export function outputFormat<T = unknown>(
  name: string,
  schema: JSONSchema,
  options?: { readonly description?: string | undefined },
): OutputFormat<T>;
/** Makes a `response_format` from a Standard Schema. */
export function outputFormat<T>(
  name: string,
  // Last, so that the compiler's last words about a schema name what it lacks.
  // eslint-disable-next-line @typescript-eslint/unified-signatures
  schema: StandardSchema<T>,
  options?: { readonly description?: string | undefined },
): OutputFormat<T>;
export function outputFormat<T>(
  name: string,
  schema: AnySchema<T>,
  options: { readonly description?: string | undefined } = {},
): OutputFormat<T> {
  if (typeof name !== "string" || !/^[\w-]{1,64}$/.test(name))
    throw new InputError("name", "1 to 64 letters, digits, _ or -, before the schema", shown(name));
  checkOptions(options, { description: [aString, "desc"] }, "options");
  const { description } = options;
  const declared = {
    name,
    ...(description === undefined ? undefined : { description }),
    schema: jsonSchemaOf(schema, "schema"),
    strict: schema instanceof MadeStrict,
  };
  const format: OutputFormat<T> & ResponseFormat = {
    type: "json_schema",
    json_schema: declared,
    parse: (completion) => parse(schema, completion),
    partials: (stream) => partials(schema, stream),
  };
  // A copy of the format that is sent has only the API's fields.
  for (const name of ["parse", "partials"]) Object.defineProperty(format, name, { enumerable: false, writable: false });
  return format;
}

async function parse<T>(schema: AnySchema<T>, completion: ChatCompletion): Promise<Outcome<T>> {
  readable("completion", () => checkCompletion(completion));
  const [choice] = listOf(completion, "choices");
  const message = objectOf(choice, "message");
  const { text = "", refusal: refused = "" } = readContent(fieldOf(message, "content")) ?? {};
  const refusal = stringOf(message, "refusal") || refused;
  if (refusal) return { kind: "refusal", refusal, text };
  const ending = endingOf(stringOf(choice, "finish_reason") || "stop", false);
  if (ending === "length" || ending === "content_filter") return { kind: "cut", ending, text };
  let value: unknown;
  try {
    value = JSON.parse(insideFence(text) ?? text);
  } catch {
    return { kind: "not_json", error: new SyntaxError("the answer is not JSON"), text };
  }
  try {
    return { kind: "value", value: await validate(schema, value, "answer"), text };
  } catch (error) {
    if (error instanceof InputError) return { kind: "invalid", error, value, text };
    throw error;
  }
}

/** Throws for a value without an answer, such as a promise: it would pass for an answer that is not JSON. */
function checkCompletion(value: unknown): void {
  const wanted = "a chat completion";
  if (typeof value !== "object" || value === null) throw wrong("completion", wanted, value);
  if ("then" in value) throw new InputError("completion", wanted, "a promise: await it");
  if (Symbol.asyncIterator in value) throw new InputError("completion", wanted, "a stream: give await stream.final()");
  if ("output" in value && !("choices" in value))
    throw new InputError("completion", wanted, "a response of the Responses API: read its outputText()");
}

/** Throws unless a value is a stream. */
function checkStream(value: unknown): void {
  const wanted = "a stream, of streamChat()";
  if (typeof value !== "object" || value === null) throw wrong("stream", wanted, value);
  if ("then" in value) throw new InputError("stream", wanted, "a promise: await it");
  if (!(Symbol.asyncIterator in value)) throw new InputError("stream", wanted, shown(value));
}

async function* partials<T>(
  schema: AnySchema<T>,
  stream: AsyncIterable<ChatChunk>,
): AsyncGenerator<DeepPartial<T>, void, undefined> {
  readable("stream", () => checkStream(stream));
  const options = { omitNull: schema instanceof MadeStrict ? schema.isLeftOut : undefined };
  let reader = new PartialJSON(options);
  let fence = new FenceOpening();
  for await (const { index, content, restarted } of stream) {
    if (restarted) {
      reader = new PartialJSON(options);
      fence = new FenceOpening();
    }
    if (index !== 0 || content === "") continue;
    reader.feed(fence.strip(content));
    if (reader.value !== undefined) yield reader.value as DeepPartial<T>;
  }
  reader.end();
}
