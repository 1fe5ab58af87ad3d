import { isRecord } from "../contentRules.ts";
import { words } from "../tokens.ts";
import { latin } from "./base64.ts";

const SECRET_HEADERS: ReadonlySet<string> = new Set(
  words(`
  authorization proxy-authorization api-key x-api-key x-goog-api-key cookie set-cookie
  openai-organization openai-project x-auth-token`),
);

// Patterns of the keys of OpenAI, Google, Groq, xAI, Hugging Face and GitHub.
const KEY =
  /\b(?:sk-[A-Za-z0-9_-]{6,}|AIza[A-Za-z0-9_-]{20,}|gsk_[A-Za-z0-9]{16,}|xai-[A-Za-z0-9]{16,}|hf_[A-Za-z0-9]{16,}|gh[a-z]_[A-Za-z0-9]{20,})/g;
const KEY_PARAMETER = /([?&](?:key|api[-_]?key|access_token|token)=)[^&#]+/gi;

/** The replacement of a key. */
export const REDACTED = "REDACTED";

/** Returns the headers that are not secret, with names in lower case, and redacts keys in their values. */
export function redactHeaders(headers: Headers, secrets: readonly string[]): Record<string, string> {
  const kept = [...headers.entries()].filter(([name]) => !SECRET_HEADERS.has(name));
  return Object.fromEntries(kept.map(([name, value]) => [name, redactText(value, secrets)]));
}

/** Returns the keys that a request carries, to find them elsewhere. */
export function secretsOf(headers: Headers): string[] {
  const values = [...headers.entries()]
    .filter(([name]) => SECRET_HEADERS.has(name))
    .map(([, value]) => value.replace(/^\w+\s+/, ""));
  return values.filter((value) => value.length >= 6);
}

/** Redacts keys in a text. */
export function redactText(text: string, secrets: readonly string[]): string {
  const known = secrets.reduce((rest, secret) => rest.replaceAll(secret, REDACTED), text);
  return known.replace(KEY, REDACTED).replace(KEY_PARAMETER, `$1${REDACTED}`);
}

/** Redacts keys in the texts and field names of a JSON value. */
export function redactValue(value: unknown, secrets: readonly string[]): unknown {
  if (typeof value === "string") return redactText(value, secrets);
  if (Array.isArray(value)) return value.map((item) => redactValue(item, secrets));
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).map(([name, item]) => [redactText(name, secrets), redactValue(item, secrets)]);
  return Object.fromEntries(entries);
}

/**
 * Redacts keys in the pieces of a body. A key may span several pieces, so the search covers the whole body. Every byte
 * of a key becomes an `x`, which keeps the pieces' sizes.
 */
export function redactPieces(pieces: readonly Uint8Array[], secrets: readonly string[]): Uint8Array[] {
  const whole = pieces.map(latin).join("");
  const found = [...whole.matchAll(KEY)].map((match) => ({ start: match.index, length: match[0].length }));
  for (const secret of secrets) {
    for (let at = whole.indexOf(secret); at >= 0; at = whole.indexOf(secret, at + 1))
      found.push({ start: at, length: secret.length });
  }
  let offset = 0;
  return pieces.map((piece) => {
    const masked = piece.slice();
    for (const { start, length } of found)
      masked.fill(0x78, Math.max(0, start - offset), Math.max(0, start + length - offset));
    offset += piece.length;
    return masked;
  });
}
