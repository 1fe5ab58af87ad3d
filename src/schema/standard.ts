import { InputError } from "../errors.ts";
import { aFunction, anObject, readable, shown, wrong } from "../options.ts";
import { checkTypes } from "./jsonSchema.ts";
import type { JSONSchema } from "../wire/index.ts";
import { fieldsOf } from "../wire/read.ts";
import { pathOf } from "../check/path.ts";

/**
 * A schema of the Standard Schema interface (https://standardschema.dev) that carries a JSON Schema.
 *
 * The type names only what determines the type of its values, so that the compiler has less to compare. The rest is checked at run time.
 */
export interface StandardSchema<Output> {
  /** The properties of the interface. */
  readonly "~standard": StandardWithJSONSchema<Output>;
}

/** The properties of a Standard Schema that are compared by the compiler. */
export interface StandardWithJSONSchema<Output> {
  /** The type of its values. */
  readonly types?: { readonly output: Output } | undefined;
  /**
   * The JSON Schema. Schemas of zod 4.2 or later have it, and those of valibot after `toStandardJsonSchema(schema)` of
   * `@valibot/to-json-schema`.
   */
  readonly jsonSchema: object;
}

/** All properties of the interface that are used. */
interface Standard {
  readonly vendor: string;
  readonly validate: (value: unknown) => SchemaResult<unknown> | Promise<SchemaResult<unknown>>;
  readonly jsonSchema?: { readonly input?: (options: { readonly target: "draft-2020-12" }) => Record<string, unknown> };
}

/** The result of a validation. */
type SchemaResult<Output> =
  { readonly value: Output; readonly issues?: undefined } | { readonly issues: readonly SchemaIssue[] };

/** A problem in a value. */
interface SchemaIssue {
  /** Description of the problem. */
  readonly message: string;
  /** Keys and indices of the place, from the outside in. */
  readonly path?: readonly unknown[] | undefined;
}

/** A schema that the API follows exactly, with the schema that it was made from. Returned by `strict()`. */
export interface StrictSchema<Output> extends StandardSchema<Output> {
  /** The Standard Schema interface: validates, and carries the strict JSON Schema. */
  readonly "~standard": StandardSchema<Output>["~standard"];
}

/** Handling of the nulls that stand for properties that the model left out. */
interface Nulls {
  /** Removes them. It changes the value. */
  readonly restore: (value: unknown) => unknown;
  /** Returns `true` if the null at a path is one. */
  readonly isLeftOut: (path: readonly (string | number)[]) => boolean;
}

/** The class of the schemas that `strict()` returns. */
export class MadeStrict<Output> implements StrictSchema<Output>, Nulls {
  readonly "~standard": StandardSchema<Output>["~standard"];
  /** The schema that it was made from. */
  readonly source: AnySchema<Output>;
  readonly restore: Nulls["restore"];
  readonly isLeftOut: Nulls["isLeftOut"];

  /**
   * @param source the schema before it was made strict
   * @param json the strict JSON Schema
   */
  constructor(source: AnySchema<Output>, json: JSONSchema, nulls: Nulls) {
    this.source = source;
    this.restore = nulls.restore;
    this.isLeftOut = nulls.isLeftOut;
    const standard = {
      version: 1,
      vendor: "fetchat",
      jsonSchema: { input: () => json, output: () => json },
      validate: (value: unknown) =>
        validate(this, value, "").then(
          (output): SchemaResult<Output> => ({ value: output }),
          (error: unknown): SchemaResult<Output> => ({ issues: [{ message: String(error) }] }),
        ),
    };
    this["~standard"] = standard;
  }
}

/** A plain JSON Schema. The type of its values is known if it is written in place or `as const`. */
export type PlainSchema = JSONSchema & { readonly "~standard"?: never };

/** A Standard Schema, or a plain JSON Schema. */
export type AnySchema<Output> = StandardSchema<Output> | JSONSchema;

/** Returns the Standard Schema properties of a schema. The schemas of some libraries are functions. */
function standardOf<Output>(schema: AnySchema<Output>): Standard | undefined {
  return "~standard" in schema ? (schema["~standard"] as Standard) : undefined;
}

/**
 * Returns the JSON Schema of a schema.
 *
 * @param root the schema's name in an error
 * @throws InputError that says what to write instead, if the schema carries none
 */
export function jsonSchemaOf<Output>(schema: AnySchema<Output>, root: string): JSONSchema {
  const standard = readable(root, () => {
    if ((typeof schema !== "object" && typeof schema !== "function") || schema === null)
      throw wrong(root, "a schema", schema);
    const found = standardOf(schema);
    if (found === null || typeof (found ?? {}) !== "object") throw wrong(`${root}["~standard"]`, "an object", found);
    if (found) aFunction(found.validate, `${root}["~standard"].validate`);
    else checkPlain(schema, root);
    return found;
  });
  if (!standard) return fieldsOf(schema) ?? {};
  const { jsonSchema, vendor } = standard;
  if (typeof jsonSchema?.input !== "function")
    throw new InputError(root, WITH_JSON_SCHEMA[vendor] ?? PLAIN, `a ${vendor} schema without a JSON Schema`);
  if (typeof standard.validate !== "function")
    throw new InputError(`${root}.~standard.validate`, "a function", typeof standard.validate);
  try {
    return jsonSchema.input({ target: "draft-2020-12" });
  } catch (error) {
    throw new InputError(
      root,
      "a schema that can be written as JSON Schema",
      error instanceof Error ? error.message : String(error),
    );
  }
}

const PLAIN = 'a JSON Schema, such as { type: "object", properties: { … } }, or a schema that carries one';

/** Schemas that carry a JSON Schema, by library. */
const WITH_JSON_SCHEMA: Readonly<Record<string, string>> = {
  valibot: "toStandardJsonSchema(schema), from @valibot/to-json-schema",
  zod: "a schema of zod 4.2 or later",
};

/** Keywords of JSON Schema. A plain schema has at least one, unless it is empty. */
const KEYWORDS = new Set(
  (
    "$schema $id $ref $defs $comment $anchor $dynamicRef definitions type properties required additionalProperties items prefixItems enum const " +
    "anyOf oneOf allOf not if then else title description default examples format pattern minimum maximum exclusiveMinimum exclusiveMaximum " +
    "multipleOf minLength maxLength minItems maxItems uniqueItems contains minProperties maxProperties patternProperties propertyNames " +
    "dependentRequired dependentSchemas dependencies unevaluatedProperties unevaluatedItems nullable deprecated readOnly writeOnly"
  ).split(" "),
);

/** Keywords whose value is never an object. */
const TEXTS = new Set("type title description format pattern required enum $schema $id $ref $comment".split(" "));

/** Throws for an object that is no schema, such as a list of fields without the object around it. */
function checkPlain(schema: object, root: string): void {
  anObject(schema, root);
  const names = Object.keys(schema);
  // Before Standard Schema: zod 3.23 and earlier.
  if ("_def" in schema) throw new InputError(root, WITH_JSON_SCHEMA["zod"] ?? PLAIN, "an older zod schema");
  const isStandard = (value: unknown): boolean => typeof value === "object" && value !== null && "~standard" in value;
  if (Object.values(schema).some(isStandard))
    throw new InputError(root, "one schema of an object, such as z.object({ … })", "an object of schemas");
  // A field may have the name of a keyword: its value is a schema then, and not a text.
  const isKeyword = ([name, value]: [string, unknown]): boolean =>
    KEYWORDS.has(name) && !(TEXTS.has(name) && fieldsOf(value));
  if (names.length > 0 && !Object.entries(schema).some(isKeyword))
    throw new InputError(root, PLAIN, `an object without a keyword of JSON Schema (it has ${shown(names[0])})`);
}

/**
 * Checks a value against a schema. A plain JSON Schema checks types alone.
 *
 * @param root the value's name in an error
 * @returns the value, as the schema transforms it
 * @throws InputError that names the path of the first problem
 */
export async function validate<Output>(
  schema: AnySchema<Output> | undefined,
  value: unknown,
  root: string,
): Promise<Output> {
  if (schema instanceof MadeStrict) return validate<Output>(schema.source, schema.restore(value), root);
  const standard = schema && standardOf(schema);
  const result: SchemaResult<unknown> = standard ? await standard.validate(value) : { value };
  if (!standard) checkTypes(schema, value, root, schema);
  if (!result.issues) return result.value as Output;
  const [issue] = result.issues;
  throw misfit(root + pathOf(issue?.path), issue?.message ?? "");
}

/** Returns the error for a value that does not fit. Most libraries write "expected this, received that", as an InputError does. */
function misfit(at: string, message: string): InputError {
  const [, expected, received] = /expected (.+?),? (?:but )?received (.+)$/is.exec(message) ?? [];
  if (expected !== undefined && received !== undefined) return new InputError(at, expected, received);
  return new InputError(at, "a value that fits the schema", `one that does not${message && ` (${message})`}`);
}
