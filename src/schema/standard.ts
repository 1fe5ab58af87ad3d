import { InputError } from "../errors.ts";
import { aFunction, anObject, readable, shown, wrong } from "../options.ts";
import { checkTypes } from "./jsonSchema.ts";
import type { JSONSchema } from "../wire/index.ts";
import { fieldsOf } from "../wire/read.ts";
import { pathOf } from "../check/path.ts";

/**
 * A schema of the Standard Schema interface (https://standardschema.dev) that carries a JSON Schema. Only what tells its values' type is
 * named here: a compiler has less to compare then. The rest is checked when it is used.
 */
export interface StandardSchema<Output> {
  /** What the interface asks for. */
  readonly "~standard": {
    readonly types?: { readonly output: Output } | undefined;
    readonly jsonSchema: object;
  };
}

/** The whole of what the interface asks for. */
interface Standard {
  readonly vendor: string;
  readonly validate: (value: unknown) => SchemaResult<unknown> | Promise<SchemaResult<unknown>>;
  readonly jsonSchema?: { readonly input?: (options: { readonly target: "draft-2020-12" }) => Record<string, unknown> };
}

/** What a schema says of a value. */
type SchemaResult<Output> =
  { readonly value: Output; readonly issues?: undefined } | { readonly issues: readonly SchemaIssue[] };

/** What is wrong with a value, and where. */
interface SchemaIssue {
  /** What is wrong. */
  readonly message: string;
  /** Where: names and places, from the outside in. */
  readonly path?: readonly unknown[] | undefined;
}

/** A schema that the API keeps to the letter, with what it was made from. Returned by `strict()`. */
export class StrictSchema<Output> implements StandardSchema<Output> {
  /** The Standard Schema interface: validates, and carries the strict JSON Schema. */
  readonly "~standard": StandardSchema<Output>["~standard"];
  /** @internal The schema that it was made from. */
  readonly source: AnySchema<Output>;
  /** @internal Removes the nulls that stand for properties that the model left out. It changes the value. */
  readonly restore: (value: unknown) => unknown;
  /** @internal Returns whether the null at a path stands for a property that the model left out. */
  readonly isLeftOut: (path: readonly (string | number)[]) => boolean;

  /**
   * @internal
   * @param source the schema before it was made strict
   * @param json the strict JSON Schema
   */
  constructor(source: AnySchema<Output>, json: JSONSchema, nulls: Pick<StrictSchema<Output>, "restore" | "isLeftOut">) {
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

/** A plain JSON Schema. Written in place or `as const`, its values' type is known. */
export type PlainSchema = JSONSchema & { readonly "~standard"?: never };

/** A Standard Schema, or a plain JSON Schema. */
export type AnySchema<Output> = StandardSchema<Output> | JSONSchema;

/** Some libraries' schemas are functions. */
function standardOf<Output>(schema: AnySchema<Output>): Standard | undefined {
  return "~standard" in schema ? (schema["~standard"] as Standard) : undefined;
}

/**
 * The JSON Schema of a schema.
 *
 * @param root what the schema is called in an error
 * @throws InputError where it carries none, saying what to write instead
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
  if (!standard) return schema as JSONSchema;
  const { jsonSchema, vendor } = standard;
  if (typeof jsonSchema?.input !== "function") {
    const wanted =
      vendor === "valibot"
        ? "toStandardJsonSchema(schema), from @valibot/to-json-schema"
        : "a schema that carries a JSON Schema";
    throw new InputError(root, wanted, `a bare ${vendor} schema`);
  }
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

/** What a plain schema has at least one of, unless it is empty. */
const KEYWORDS = new Set(
  (
    "$schema $id $ref $defs $comment $anchor $dynamicRef definitions type properties required additionalProperties items prefixItems enum const " +
    "anyOf oneOf allOf not if then else title description default examples format pattern minimum maximum exclusiveMinimum exclusiveMaximum " +
    "multipleOf minLength maxLength minItems maxItems uniqueItems contains minProperties maxProperties patternProperties propertyNames " +
    "dependentRequired dependentSchemas dependencies unevaluatedProperties unevaluatedItems nullable deprecated readOnly writeOnly"
  ).split(" "),
);

/** The keywords whose value is never an object. */
const TEXTS = new Set("type title description format pattern required enum $schema $id $ref $comment".split(" "));

/** Throws for an object that is no schema, such as a list of fields without the object around it. */
function checkPlain(schema: object, root: string): void {
  anObject(schema, root);
  const names = Object.keys(schema);
  // Fields may be called as keywords are: a field's value is a schema, where the keyword's is a text.
  const isKeyword = ([name, value]: [string, unknown]): boolean =>
    KEYWORDS.has(name) && !(TEXTS.has(name) && fieldsOf(value));
  if (names.length > 0 && !Object.entries(schema).some(isKeyword))
    throw new InputError(
      root,
      'a JSON Schema, such as { type: "object", properties: { … } }',
      `an object without a keyword of JSON Schema (it has ${shown(names[0])})`,
    );
}

/**
 * Checks a value against a schema; against a plain JSON Schema as far as types go.
 *
 * @param root what the value is called in an error
 * @returns the value, as the schema gives it
 * @throws InputError that names the first issue and its path
 */
export async function validate<Output>(
  schema: AnySchema<Output> | undefined,
  value: unknown,
  root: string,
): Promise<Output> {
  if (schema instanceof StrictSchema) return validate(schema.source, schema.restore(value), root);
  const standard = schema && standardOf(schema);
  if (!standard) {
    checkTypes(schema, value, root, schema as JSONSchema);
    return value as Output;
  }
  const result = await standard.validate(value);
  if (!result.issues) return result.value as Output;
  const [issue] = result.issues;
  throw new InputError(root + pathOf(issue?.path), "what the schema asks for", issue?.message ?? "something else");
}
