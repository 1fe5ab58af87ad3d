import { readFileSync } from "node:fs";
import { Ajv, type ValidateFunction } from "ajv";
import { ROOT } from "../../scripts/lib/paths.ts";
import type { RecordedRequest } from "../../src/testing/types.ts";

interface Extract {
  $comment: string;
  requests: Record<string, object>;
  definitions: Record<string, object>;
}

const ID = "openapi";
let validators: Record<"json" | "form", Ajv> | undefined;
let known: readonly string[] = [];

function load(): Record<"json" | "form", Ajv> {
  const extract = JSON.parse(readFileSync(`${ROOT}/test/data/openapi-requests.json`, "utf8")) as Extract;
  known = Object.keys(extract.requests);
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
  const name = `${request.method} ${path} ${type}`;
  if (!known.includes(name))
    return request.method === "POST" && known.some((one) => one.startsWith(`POST ${path} `))
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
