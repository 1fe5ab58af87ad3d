import { isRecord } from "../contentRules.ts";
import { words } from "../tokens.ts";
import { latin } from "./base64.ts";

const SECRET_HEADERS: ReadonlySet<string> = new Set(
  words(`
  authorization proxy-authorization api-key x-api-key x-goog-api-key cookie set-cookie
  openai-organization openai-project x-auth-token`),
);

// The keys of OpenAI, Google, Groq, xAI, Hugging Face and GitHub, as far as they can be told by their looks.
const KEY =
  /\b(?:sk-[A-Za-z0-9_-]{6,}|AIza[A-Za-z0-9_-]{20,}|gsk_[A-Za-z0-9]{16,}|xai-[A-Za-z0-9]{16,}|hf_[A-Za-z0-9]{16,}|gh[a-z]_[A-Za-z0-9]{20,})/g;
const KEY_PARAMETER = /([?&](?:key|api[-_]?key|access_token|token)=)[^&#]+/gi;

/** What stands where a key stood. */
export const REDACTED = "REDACTED";

/** The headers that are not secret, names in lower case; what looks like a key in the others is removed. */
export function redactHeaders(headers: Headers, secrets: readonly string[]): Record<string, string> {
  const kept = [...headers.entries()].filter(([name]) => !SECRET_HEADERS.has(name));
  return Object.fromEntries(kept.map(([name, value]) => [name, redactText(value, secrets)]));
}

/** The keys that a request carries, to be found wherever else they turn up. */
export function secretsOf(headers: Headers): string[] {
  const values = [...headers.entries()]
    .filter(([name]) => SECRET_HEADERS.has(name))
    .map(([, value]) => value.replace(/^\w+\s+/, ""));
  return values.filter((value) => value.length >= 6);
}

/** A text without keys. */
export function redactText(text: string, secrets: readonly string[]): string {
  const known = secrets.reduce((rest, secret) => rest.replaceAll(secret, REDACTED), text);
  return known.replace(KEY, REDACTED).replace(KEY_PARAMETER, `$1${REDACTED}`);
}

/** A JSON value without keys, neither in its texts nor in its names. */
export function redactValue(value: unknown, secrets: readonly string[]): unknown {
  if (typeof value === "string") return redactText(value, secrets);
  if (Array.isArray(value)) return value.map((item) => redactValue(item, secrets));
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).map(([name, item]) => [redactText(name, secrets), redactValue(item, secrets)]);
  return Object.fromEntries(entries);
}

/**
 * A body's pieces without keys. A key may lie over a border, so it is looked for in the whole (keys are ASCII); every byte of it becomes an `x`, so that
 * the pieces keep their sizes.
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
