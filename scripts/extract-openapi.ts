/**
 * Extracts from OpenAI's API description the request bodies as one JSON Schema per endpoint and content type, the queries of all endpoints
 * below some paths, and the events of webhooks with the required fields of their data:
 *
 *     node scripts/extract-openapi.ts openapi.yaml
 *
 * It writes test/data/openapi-requests.json. Python (with PyYAML) reads the YAML, which saves a dependency.
 */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";

type Schema = Record<string, unknown>;
interface Operation {
  requestBody?: { content: Record<string, { schema: Schema }> };
  parameters?: { name: string; in: string; required?: boolean; schema: Schema }[];
}
interface Description {
  info: { version: string };
  paths: Record<string, Record<string, Operation | undefined>>;
  webhooks: Record<string, { post: Operation }>;
  components: { schemas: Record<string, Schema> };
}

/** The endpoints that tests send POST requests to. */
const PATHS = [
  "/chat/completions",
  "/completions",
  "/responses",
  "/embeddings",
  "/moderations",
  "/files",
  "/images/generations",
  "/images/edits",
  "/audio/speech",
  "/audio/transcriptions",
  "/audio/translations",
];

/** The paths of which every method is extracted, with its query. */
const WHOLE_PATHS =
  /^\/(conversations|batches|vector_stores|responses\/input_tokens|responses\/compact|realtime\/client_secrets)(\/[^?]*)?$/;

const METHODS = ["get", "post", "put", "patch", "delete"];

/** Keywords that do not affect validation, or that JSON Schema validators do not know. */
const LEFT_OUT = new Set([
  "description",
  "title",
  "default",
  "example",
  "examples",
  "format",
  "deprecated",
  "discriminator",
  "nullable",
  "readOnly",
  "optional",
]);

const used = new Map<string, Schema>();
/** The names of the schemas that are being converted, the innermost last. */
const open: string[] = [];

/**
 * Converts a schema to plain JSON Schema: OpenAPI 3.0's `nullable` becomes `anyOf`, references point into this file.
 */
function plain(schema: unknown, description: Description): unknown {
  if (Array.isArray(schema)) return schema.map((one) => plain(one, description));
  if (typeof schema !== "object" || schema === null) return schema;
  const given = schema as Schema;
  if (typeof given["$ref"] === "string") return { $ref: reference(given["$ref"], description) };
  if (given["$recursiveRef"] === "#") return { $ref: `#/definitions/${open.at(-1) ?? ""}` };
  const kept: Schema = {};
  for (const [key, value] of Object.entries(given)) {
    if (LEFT_OUT.has(key) || key.startsWith("x-")) continue;
    if (key === "properties")
      kept[key] = Object.fromEntries(
        Object.entries(value as Schema).map(([name, one]) => [name, plain(one, description)]),
      );
    // Skips `$recursiveAnchor` and other keywords of older JSON Schema versions.
    else if (key.startsWith("$")) continue;
    else kept[key] = plain(value, description);
  }
  return given["nullable"] === true ? { anyOf: [kept, { type: "null" }] } : kept;
}

function reference(ref: string, description: Description): string {
  const name = ref.replace("#/components/schemas/", "");
  if (!used.has(name)) {
    used.set(name, {});
    open.push(name);
    used.set(name, plain(description.components.schemas[name], description) as Schema);
    open.pop();
  }
  return `#/definitions/${name}`;
}

const [source] = process.argv.slice(2);
if (source === undefined) throw new Error("Which file? node scripts/extract-openapi.ts openapi.yaml");
const read =
  "import json, sys, yaml; json.dump(yaml.load(open(sys.argv[1]), Loader=yaml.CSafeLoader), sys.stdout, default=str)";
const description = JSON.parse(
  execFileSync("python3", ["-c", read, source], { encoding: "utf8", maxBuffer: 2 ** 28 }),
) as Description;

const requests: Record<string, unknown> = {};
for (const path of PATHS) {
  for (const [type, { schema }] of Object.entries(description.paths[path]?.["post"]?.requestBody?.content ?? {})) {
    requests[`POST ${path} ${type}`] = plain(schema, description);
  }
}
const operations: Record<string, unknown> = {};
for (const [path, methods] of Object.entries(description.paths)) {
  if (!WHOLE_PATHS.test(path)) continue;
  for (const method of METHODS) {
    const operation = methods[method];
    if (!operation) continue;
    const name = `${method.toUpperCase()} ${path}`;
    const query = (operation.parameters ?? []).filter((one) => one.in === "query");
    operations[name] = Object.fromEntries(query.map((one) => [one.name, plain(one.schema, description)]));
    for (const [type, { schema }] of Object.entries(operation.requestBody?.content ?? {}))
      requests[`${name} ${type}`] = plain(schema, description);
  }
}
interface Event {
  properties: { type: { enum: string[] }; data: { required: string[] } };
}
const webhooks: Record<string, string[]> = {};
for (const { post } of Object.values(description.webhooks)) {
  const { $ref } = post.requestBody?.content["application/json"]?.schema ?? {};
  const name = String($ref).replace("#/components/schemas/", "");
  const { type, data } = (description.components.schemas[name] as unknown as Event).properties;
  for (const one of type.enum) webhooks[one] = data.required;
}
const definitions = Object.fromEntries([...used].toSorted(([a], [b]) => (a < b ? -1 : 1)));
const target = new URL("../test/data/openapi-requests.json", import.meta.url);
writeFileSync(
  target,
  `${JSON.stringify({ $comment: `OpenAI API ${description.info.version}`, requests, operations, webhooks, definitions }, null, 1)}\n`,
);
console.log(
  `${Object.keys(requests).length} requests, ${Object.keys(operations).length} operations, ${used.size} definitions`,
);
