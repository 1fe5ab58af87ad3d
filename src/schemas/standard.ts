import { InputError } from "../errors.ts";
import type { JSONSchema } from "../types.ts";
import { pathOf } from "./path.ts";

/** A schema as the Standard Schema interface describes it (https://standardschema.dev), with its JSON Schema. */
export interface StandardSchema<Output> {
  /** Who made it, how it checks, and how it reads as JSON Schema. */
  readonly "~standard": {
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined;
    readonly jsonSchema: { readonly input: (options: { readonly target: "draft-2020-12" }) => Record<string, unknown> };
  };
}

/** What a schema says of a value. */
export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

/** What is wrong with a value, and where. */
export interface SchemaIssue {
  /** What is wrong. */
  readonly message: string;
  /** Where: names and places, from the outside in. */
  readonly path?: readonly unknown[] | undefined;
}

/** A Standard Schema, or a plain JSON Schema. */
export type AnySchema<Output> = StandardSchema<Output> | JSONSchema;

const isStandard = <Output>(schema: AnySchema<Output>): schema is StandardSchema<Output> => "~standard" in schema;

/**
 * The JSON Schema of a schema.
 *
 * @param root what the schema is called in an error
 * @throws InputError where it carries none, saying what to write instead
 */
export function jsonSchemaOf<Output>(schema: AnySchema<Output>, root: string): JSONSchema {
  if (!isStandard(schema)) return schema;
  const { jsonSchema, vendor } = schema["~standard"];
  if (!jsonSchema) {
    const wanted = vendor === "valibot" ? "toStandardJsonSchema(schema), from @valibot/to-json-schema" : "a schema that carries a JSON Schema";
    throw new InputError(root, wanted, `a bare ${vendor} schema`);
  }
  try {
    return jsonSchema.input({ target: "draft-2020-12" });
  } catch (error) {
    throw new InputError(root, "a schema that can be written as JSON Schema", error instanceof Error ? error.message : String(error));
  }
}

/**
 * Checks a value against a schema; a plain JSON Schema is the model's business and checks nothing here.
 *
 * @param root what the value is called in an error
 * @returns the value, as the schema gives it
 * @throws InputError that names the first issue and its path
 */
export async function validate<Output>(schema: AnySchema<Output> | undefined, value: unknown, root: string): Promise<Output> {
  if (!schema || !isStandard(schema)) return value as Output;
  const result = await schema["~standard"].validate(value);
  if (!result.issues) return result.value;
  const [issue] = result.issues;
  throw new InputError(root + pathOf(issue?.path), "what the schema asks for", issue?.message ?? "something else");
}
