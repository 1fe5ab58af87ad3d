import { readFileSync } from "node:fs";
import { Ajv, type ValidateFunction } from "ajv";
import { ROOT } from "../../scripts/lib/paths.ts";
import type { RecordedRequest } from "../../src/testing/types.ts";

interface Extract {
  $comment: string;
  requests: Record<string, object>;
  operations: Record<string, Record<string, object>>;
  definitions: Record<string, object>;
}

const ID = "openapi";
let validators: Record<"json" | "form", Ajv> | undefined;
let known: readonly string[] = [];
let operations: Extract["operations"] = {};

function load(): Record<"json" | "form", Ajv> {
  const extract = JSON.parse(readFileSync(`${ROOT}/test/data/openapi-requests.json`, "utf8")) as Extract;
  known = Object.keys(extract.requests);
  operations = extract.operations;
  // The values of a form are strings.
  const made = {
    json: new Ajv({ strict: false, allErrors: true }),
    form: new Ajv({ strict: false, allErrors: true, coerceTypes: true }),
  };
  for (const ajv of Object.values(made)) ajv.addSchema({ $id: ID, ...extract });
  return made;
}

/**
 * Returns the violations of OpenAI's API description in a request, one line each, or `undefined` for a request that it
 * does not describe.
 */
export function requestFaults(
  request: Pick<RecordedRequest, "method" | "path" | "headers" | "body">,
): string[] | undefined {
  validators ??= load();
  const path = request.path.replace(/^.*?\/v1(?=\/)/, "");
  const [type = ""] = (request.headers["content-type"] ?? "").split(";");
  const name = known.find((one) => matches(one, `${request.method} ${path} ${type}`));
  if (name === undefined)
    return request.method === "POST" &&
      type !== "" &&
      known.some((one) => matches(one, `POST ${path} ${one.split(" ")[2] ?? ""}`))
      ? [`${path} takes no ${type}`]
      : undefined;
  const isForm = type === "multipart/form-data";
  // The body of an upload that was aborted is unknown.
  if (isForm && request.body === undefined) return undefined;
  const validate = validatorOf(validators[isForm ? "form" : "json"], name);
  if (validate(isForm ? withoutFiles(request.body) : request.body)) return [];
  return (validate.errors ?? []).map(
    (error) => `${name}: ${error.instancePath} ${error.message ?? ""} ${JSON.stringify(error.params)}`,
  );
}

/** Returns `true` for a name whose variable parts, such as `{batch_id}`, can be these. */
function matches(name: string, actual: string): boolean {
  const parts = actual.split("/");
  const wanted = name.split("/");
  return (
    parts.length === wanted.length &&
    wanted.every((part, at) => (/^\{.*\}/.test(part) ? samePart(part, parts[at] ?? "") : part === parts[at]))
  );
}

/** Compares a variable part. The last one of a path has the content type behind it. */
function samePart(part: string, actual: string): boolean {
  const [, after = ""] = /^\{[^}]*\}(.*)$/.exec(part) ?? [];
  return actual.endsWith(after) && actual.length > after.length;
}

/** Finds the operation of OpenAI's description that a method and path lead to, with the names in its query. */
export function operationOf(method: string, path: string): { name: string; query: readonly string[] } | undefined {
  validators ??= load();
  const name = Object.keys(operations).find((one) => matches(one, `${method} ${path}`));
  return name === undefined ? undefined : { name, query: Object.keys(operations[name] ?? {}) };
}

/** Returns the names of all operations whose whole description is in the extract. */
export function operationNames(): string[] {
  validators ??= load();
  return Object.keys(operations);
}

function validatorOf(ajv: Ajv, name: string): ValidateFunction {
  const reference = `${ID}#/requests/${encodeURIComponent(name.replaceAll("~", "~0").replaceAll("/", "~1"))}`;
  const validate = ajv.getSchema(reference);
  if (!validate) throw new Error(`no schema for ${name}`);
  return validate;
}

/** The description types files as strings. */
function withoutFiles(body: unknown): unknown {
  const plain = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(plain)
      : typeof value === "object" && value !== null && "sha256" in value
        ? "file"
        : value;
  return Object.fromEntries(Object.entries(copyOf(body)).map(([name, value]) => [name, plain(value)]));
}

/** Copies a body, because validating a form changes it. */
function copyOf(body: unknown): Record<string, unknown> {
  return JSON.parse(JSON.stringify(body)) as Record<string, unknown>;
}
