import { formEntries } from "../forms.ts";
import { type Arguments, readBody } from "../requestLog.ts";
import { toBase64 } from "./base64.ts";
import { redactHeaders, redactText, redactValue, secretsOf } from "./redact.ts";
import type { CassetteRequest } from "./types.ts";

/** Returns the recorded form of a request, which is the same when it is recorded and when it is looked up. */
export async function cassetteRequest(call: Arguments): Promise<CassetteRequest> {
  const secrets = secretsOf(call.headers);
  const headers = redactHeaders(call.headers, secrets);
  const body = redactValue(await canonicalBody(call, headers), secrets);
  const url = redactText(call.url.href, secrets);
  return { method: call.method, url, headers, ...(body !== undefined && { body }) };
}

/** A form has a new boundary every time, so the cassette stores its fields. */
async function canonicalBody(call: Arguments, headers: Record<string, string>): Promise<unknown> {
  const type = headers["content-type"] ?? "";
  if (call.body === undefined || !type.startsWith("multipart/form-data")) return await plainBody(call);
  headers["content-type"] = "multipart/form-data";
  const form = await call.body.formData();
  const fields: unknown[] = [];
  for (const [name, value] of formEntries(form)) {
    fields.push({ name, ...(typeof value === "string" ? { value } : await describeFile(value)) });
  }
  return fields;
}

async function describeFile(file: File): Promise<object> {
  return { filename: file.name, type: file.type, base64: toBase64(new Uint8Array(await file.arrayBuffer())) };
}

async function plainBody(call: Arguments): Promise<unknown> {
  const body = await readBody(call);
  return body instanceof Uint8Array ? { base64: toBase64(body) } : body;
}
