import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ROOT } from "../../scripts/lib/paths.ts";
import * as fields from "../../src/testing/apiFields.ts";
import * as stored from "../../src/testing/storedFields.ts";
import { type FieldRules, parseRule, type Rule } from "../../src/testing/fieldRules.ts";
import { ITEMS } from "../../src/testing/responses/itemFields.ts";

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}

const extract = JSON.parse(readFileSync(`${ROOT}/test/data/openapi-requests.json`, "utf8")) as {
  requests: Record<string, Schema>;
  definitions: Record<string, Schema>;
};

/** Returns every alternative of a schema, with references resolved and `allOf` merged. */
function choices(schema: Schema): Schema[] {
  if (schema.$ref !== undefined) return choices(extract.definitions[schema.$ref.replace("#/definitions/", "")]!);
  // Alternatives that only require fields of the same object are no alternatives of its fields.
  const open = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].filter(
    (one) => Object.keys(one).join() !== "required",
  );
  if (open.length > 0) return open.flatMap(choices);
  if (schema.allOf === undefined) return [schema];
  const parts = [...schema.allOf.flatMap(choices), schema];
  const isNullable = parts.some(({ type }) => type === "null");
  return [
    ...(isNullable ? [{ type: "null" }] : []),
    {
      type: "object",
      properties: Object.assign({}, ...parts.map((part) => part.properties ?? {})) as Record<string, Schema>,
      required: parts.flatMap((part) => part.required ?? []),
    },
  ];
}

const sorted = (list: Iterable<unknown>): unknown[] => [...new Set(list)].sort();

/** Returns a field's types and values in the description, in the form of a rule. */
function described(schema: Schema): { types: unknown[]; allowed: unknown[] } {
  const all = choices(schema);
  const texts = all.filter(({ type }) => type === "string");
  // If any string is allowed, lists of known values are only examples.
  const isFree = texts.some((text) => text.enum === undefined);
  return {
    types: sorted(all.map(({ type }) => type ?? "object")),
    allowed: isFree ? [] : sorted(texts.flatMap((text) => text.enum ?? [])),
  };
}

function ruled(rule: Rule): { types: unknown[]; allowed: unknown[] } {
  const { types, allowed = [] } = parseRule(rule);
  // The description types files as strings.
  return { types: sorted(types.map((type) => (type === "file" ? "string" : type))), allowed: sorted(allowed) };
}

const requests: [name: string, rules: FieldRules, known?: readonly string[]][] = [
  ["POST /chat/completions application/json", fields.CHAT_FIELDS],
  ["POST /completions application/json", fields.COMPLETION_FIELDS],
  ["POST /responses application/json", fields.RESPONSE_FIELDS],
  ["POST /embeddings application/json", fields.EMBEDDING_FIELDS],
  ["POST /moderations application/json", fields.MODERATION_FIELDS],
  ["POST /files multipart/form-data", fields.FILE_FIELDS],
  ["POST /images/generations application/json", fields.IMAGE_FIELDS],
  ["POST /images/edits multipart/form-data", fields.IMAGE_EDIT_FORM],
  ["POST /images/edits application/json", fields.IMAGE_EDIT_FIELDS],
  ["POST /audio/speech application/json", fields.SPEECH_FIELDS],
  ["POST /audio/transcriptions multipart/form-data", fields.TRANSCRIPTION_FIELDS],
  ["POST /audio/translations multipart/form-data", fields.TRANSLATION_FIELDS],
  ["POST /conversations application/json", stored.CONVERSATION_FIELDS],
  ["POST /conversations/{conversation_id} application/json", stored.CONVERSATION_UPDATE],
  ["POST /conversations/{conversation_id}/items application/json", stored.CONVERSATION_ITEMS],
  ["POST /responses/input_tokens application/json", stored.TOKEN_COUNT_FIELDS],
  ["POST /responses/compact application/json", stored.COMPACT_FIELDS],
  ["POST /batches application/json", stored.BATCH_FIELDS],
  ["POST /vector_stores application/json", stored.VECTOR_STORE_FIELDS],
  ["POST /vector_stores/{vector_store_id} application/json", stored.VECTOR_STORE_UPDATE],
  ["POST /vector_stores/{vector_store_id}/search application/json", stored.SEARCH_FIELDS],
  ["POST /vector_stores/{vector_store_id}/files application/json", stored.STORE_FILE_FIELDS],
  ["POST /vector_stores/{vector_store_id}/files/{file_id} application/json", stored.STORE_FILE_UPDATE],
  ["POST /vector_stores/{vector_store_id}/file_batches application/json", stored.FILE_BATCH_FIELDS],
  ["POST /realtime/client_secrets application/json", stored.CLIENT_SECRET_FIELDS],
];

describe.each(requests)("the mock API's fields of %s", (name, rules) => {
  const [schema] = choices(extract.requests[name]!);
  const properties = schema?.properties ?? {};

  it("are those of OpenAI's description", () => {
    expect(Object.keys(rules).sort()).toEqual(Object.keys(properties).sort());
  });

  it("are required if the description requires them", () => {
    const required = Object.keys(rules).filter((field) => parseRule(rules[field]!).isRequired);
    expect(required.sort()).toEqual(sorted(schema?.required ?? []));
  });

  it("have the description's types and values", () => {
    const ours = Object.fromEntries(Object.entries(rules).map(([field, rule]) => [field, ruled(rule)]));
    const theirs = Object.fromEntries(Object.keys(rules).map((field) => [field, described(properties[field]!)]));
    // Newer image models accept sizes that the description does not name.
    if (name === "POST /images/edits application/json") theirs["size"] = { ...theirs["size"]!, allowed: [] };
    expect(ours).toEqual(theirs);
  });

  it("have no wider range than the description", () => {
    for (const [field, rule] of Object.entries(rules)) {
      const { low, high } = parseRule(rule);
      for (const choice of choices(properties[field]!)) {
        if (choice.minimum !== undefined) expect([field, low >= choice.minimum]).toEqual([field, true]);
        if (choice.maximum !== undefined) expect([field, high <= choice.maximum]).toEqual([field, true]);
        if (choice.maxItems !== undefined) expect([field, high <= choice.maxItems]).toEqual([field, true]);
        if (choice.maxLength !== undefined) expect([field, high <= choice.maxLength]).toEqual([field, true]);
      }
    }
  });
});

describe("the mock API's input items", () => {
  const known = choices({ $ref: "#/definitions/InputItem" });
  const typeOf = (item: Schema): string =>
    String(choices(item.properties?.["type"] ?? {}).find((choice) => choice.enum)?.enum?.[0]);
  const types = sorted(known.map(typeOf)) as string[];
  // Fields that the API sends or accepts and its description lacks.
  const newer: Record<string, string[]> = { custom_tool_call: ["status"], custom_tool_call_output: ["status"] };

  it("are those of OpenAI's description, and newer ones", () => {
    expect(Object.keys(ITEMS).sort()).toEqual([...types, "configuration_update"].sort());
  });

  it.each(types)("have the description's fields: %s", (type) => {
    const theirs = known.filter((item) => typeOf(item) === type).flatMap((item) => Object.keys(item.properties ?? {}));
    const ours = Object.keys(ITEMS[type]!);
    expect(sorted([...ours, "type"])).toEqual(sorted([...theirs, "type", ...(newer[type] ?? [])]));
  });
});
