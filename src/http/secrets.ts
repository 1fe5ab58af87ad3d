import type { HeaderRecord } from "./headers.ts";

/** Headers whose values are nobody else's business. */
const SECRET = /^(proxy-)?authorization$|^cookie$|(api|subscription|access|auth)-?(key|token)$|secret/;

/** What is shorter is no key but a placeholder ("none", "null"), and taking it out would break the server's words. */
const SHORTEST = 8;

/** Whether these request headers hold a key. */
export function hasSecret(headers: HeaderRecord): boolean {
  return Object.keys(headers).some((name) => SECRET.test(name));
}

/** Takes the keys in these request headers out of a server's words, also where they are written in JSON. */
export function redactor(headers: HeaderRecord): (text: string) => string {
  let found: string[] | undefined;
  return (text) => (found ??= secretsOf(headers)).reduce((rest, secret) => rest.replaceAll(secret, "[key]"), text);
}

function secretsOf(headers: HeaderRecord): string[] {
  const found: string[] = [];
  for (const [name, value] of Object.entries(headers)) {
    const secret = SECRET.test(name) ? value.replace(/^\s*[\w-]+ +/, "").trim() : "";
    if (secret.length >= SHORTEST) found.push(secret, secret.replaceAll("/", "\\/"));
  }
  return found;
}

/** Response headers without those that repeat a key; the same ones where none does. */
export function withoutEchoes(headers: Headers, redact: (text: string) => string): Headers {
  const echoes = [...headers].filter(([, value]) => redact(value) !== value);
  if (echoes.length === 0) return headers;
  const kept = new Headers(headers);
  for (const [name] of echoes) kept.delete(name);
  return kept;
}
