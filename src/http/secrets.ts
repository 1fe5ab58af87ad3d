import type { HeaderRecord } from "./headers.ts";

/** Replaces each secret in a text by a marker, in whatever encoding it is written. */
export type Redact = (text: string) => string;

/** A part of a text, from `start` up to `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Names of headers and query parameters whose values are secrets. */
const SECRET_NAME = /auth(?!ors?\b)|token|key|secret|signature|\bsig\b|cookie|credential|passw|session|jwt/i;

/** Names of headers without secrets, although some look like it. Replacing their values would garble messages. */
const HARMLESS_NAME =
  /^(?:accept(?:-(?:charset|encoding|language))?|anthropic-beta|baggage|cache-control|content-(?:encoding|language|length|type)|date|expect|host|(?:http-)?referer|idempotency-key|openai-(?:beta|organization|project)|origin|pragma|priority|range|sec-(?:ch|fetch)-.*|te|trace(?:parent|state)|user-agent|(?:.*-)?version|x-(?:client-)?request-id|x-correlation-id|x-title)$/i;

/** Length of the shortest secret. Shorter values are placeholders ("none", "null"), and replacing them would garble messages. */
const SHORTEST = 8;

/** Length from which words in lower case ("my-app") count as a secret. The header's name may make shorter ones a secret. */
const SHORTEST_WORDS = 20;

/** The most encodings within encodings that are searched, such as percent-encoded JSON. */
const MOST_LAYERS = 4;

/** An escaped character of JSON, URLs or HTML. */
const ESCAPE =
  /\\+(?:u([\da-f]{4})|u\{0*([\da-f]{1,6})\}|x([\da-f]{2})|([^\\]))?|%(?:25)*([\da-f]{2})|&(?:amp;)*(?:#x0*([\da-f]{1,6})|#0*(\d{1,7})|([a-z]{2,8}));?/gi;

/** Characters at the end of a text that are searched for the beginning of an escape. */
const LONGEST_ESCAPE = 256;

/** The beginning of an escape that continues in the next piece of a text. */
const HALF_ESCAPE =
  /(?:\\+(?:u[\da-f]{0,3}|u\{[\da-f]{0,8}|x[\da-f]?)?|%(?:25)*[\da-f]?|&(?:amp;)*(?:#x?[\da-f]{0,8}|[a-z]{0,8}))$/i;

const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  apos: "'",
  colon: ":",
  comma: ",",
  commat: "@",
  dollar: "$",
  equals: "=",
  excl: "!",
  gt: ">",
  lowbar: "_",
  lt: "<",
  num: "#",
  percnt: "%",
  period: ".",
  plus: "+",
  quot: '"',
  semi: ";",
  sol: "/",
  tilde: "~",
};

/** Returns `true` if request headers hold a key. */
export function hasSecret(headers: HeaderRecord): boolean {
  return Object.keys(headers).some((name) => SECRET_NAME.test(name) && !HARMLESS_NAME.test(name));
}

/**
 * Returns the secrets of a request: its key, the values of its headers except for known harmless ones, and query parameters with names
 * such as `key` or `token`.
 *
 * @param key the API key, in whatever header it is sent
 */
export function secretsOf(headers: HeaderRecord, url = "", key?: string): string[] {
  const found = key === undefined ? [] : valuesOf(key);
  for (const [name, value] of Object.entries(headers)) {
    if (HARMLESS_NAME.test(name)) continue;
    found.push(...(SECRET_NAME.test(name) ? valuesOf(value) : [value.trim()].filter(looksSecret)));
  }
  for (const [name, value] of new URLSearchParams(/\?([^#]*)/.exec(url)?.[1]))
    if (SECRET_NAME.test(name)) found.push(value);
  return [...new Set(found)].filter((secret) => secret.length >= SHORTEST);
}

/** Returns the secrets in a header's value: the whole value without its scheme, the items of a list, a password. */
function valuesOf(value: string): string[] {
  const [, scheme = "", secret = ""] =
    /^\s*(?:(api-?key|basic|bearer|bot|digest|key|negotiate|oauth|token) +)?(.*?)\s*$/is.exec(value) ?? [];
  const parts = secret.split(/[;,\s]+/).map((part) => part.replace(/^[\w.-]+=(?=.)"?|"$/g, ""));
  return [secret, ...parts.filter(looksSecret), ...(/^basic$/i.test(scheme) ? passwordOf(secret) : [])];
}

function passwordOf(encoded: string): string[] {
  try {
    const pair = atob(encoded);
    return [pair, pair.slice(pair.indexOf(":") + 1)];
  } catch {
    return [];
  }
}

function looksSecret(value: string): boolean {
  return (
    value.length >= SHORTEST_WORDS || (value.length >= SHORTEST && /[^a-z_.-]/.test(value) && /[a-z]/i.test(value))
  );
}

/**
 * Returns a function that replaces secrets in texts. It finds them in JSON escapes, percent-encoding and HTML entities, also mixed and
 * nested, in base64 and in hexadecimal, and in upper or lower case.
 *
 * @param secrets the secrets, or a function that returns them at the first use
 * @param marker the text in place of a secret
 */
export function redactor(secrets: readonly string[] | (() => readonly string[]), marker = "[key]"): Redact {
  let needles: readonly string[] | undefined;
  return (text) => {
    needles ??= needlesOf(typeof secrets === "function" ? secrets() : secrets);
    return replaceSpans(text, findSecrets(text, needles), marker);
  };
}

/** Replaces spans of a text by a marker. */
export function replaceSpans(text: string, spans: readonly Span[], marker: string): string {
  let out = "";
  let at = 0;
  for (const { start, end } of spans) {
    out += text.slice(at, start) + marker;
    at = end;
  }
  return at === 0 ? text : out + text.slice(at);
}

/** Returns the forms of secrets that {@link findSecrets} searches for, in lower case. */
export function needlesOf(secrets: readonly string[]): string[] {
  const needles = new Set<string>();
  for (const secret of secrets) {
    const bytes = new TextEncoder().encode(secret);
    const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    const encoded = [0, 1, 2].map((shift) => base64Core(binary, shift));
    const safe = encoded.map((text) => text.replaceAll("+", "-").replaceAll("/", "_"));
    const forms = [secret, ...layersOf(secret).slice(-1), binary, hex, ...encoded, ...safe];
    for (const form of forms) if (form.length >= SHORTEST) needles.add(lower(form));
  }
  return [...needles];
}

/** Returns the base64 of a secret `shift` bytes into a group of three, without the characters that depend on its surroundings. */
function base64Core(binary: string, shift: number): string {
  const all = btoa("\0".repeat(shift) + binary).replace(/=+$/, "");
  const mixed = (shift + binary.length) % 3 === 0 ? 0 : 1;
  return all.slice(shift === 0 ? 0 : shift + 1, all.length - mixed);
}

/** Returns the spans of secrets in a text, in order and without overlaps. */
export function findSecrets(text: string, needles: readonly string[]): Span[] {
  if (needles.length === 0) return [];
  const layers = layersOf(text);
  const offsetOf = offsetsIn(layers);
  const found: Span[] = [];
  for (const [depth, layer] of layers.entries()) {
    const words = lower(layer);
    for (const needle of needles)
      for (let at = words.indexOf(needle); at >= 0; at = words.indexOf(needle, at + needle.length))
        found.push({ start: offsetOf(depth, at), end: offsetOf(depth, at + needle.length) });
  }
  return merged(found);
}

/** An end of a text that may begin a secret. */
export interface Unfinished {
  /** The offset at which it begins. The text's length if there is none. */
  readonly start: number;
  /** The share of a secret that it holds, from 0 to 1. */
  readonly share: number;
  /** The number of characters of a secret that it holds. */
  readonly length: number;
}

/** The most characters at the end of a text that are searched for the beginning of a secret. */
export const LONGEST_UNFINISHED = 4096;

/** Returns the end of a text that may continue as a secret in the next piece. */
export function unfinishedSecret(text: string, needles: readonly string[]): Unfinished {
  const from = Math.max(0, text.length - LONGEST_UNFINISHED);
  const layers = layersOf(text.slice(from), (layer) => layer.slice(0, layer.length - halfEscape(layer)));
  const offsetOf = offsetsIn(layers);
  let result: Unfinished = { start: text.length, share: 0, length: 0 };
  for (const [depth, layer] of layers.entries()) {
    const words = lower(layer);
    const lengths = needles.map((needle) => overlap(words, needle));
    const length = Math.max(0, ...lengths);
    // Without an overlap only the half escape that was cut off is unfinished.
    result = {
      start: Math.min(from + offsetOf(depth, words.length - length), result.start),
      share: Math.max(result.share, ...lengths.map((one, at) => one / (needles[at]?.length ?? 1))),
      length: Math.max(length, result.length),
    };
  }
  return result;
}

function halfEscape(text: string): number {
  return HALF_ESCAPE.exec(text.slice(-LONGEST_ESCAPE))?.[0].length ?? 0;
}

/** Returns the length of the longest end of a text that begins a needle. */
function overlap(text: string, needle: string): number {
  const last = text.at(-1);
  for (let length = Math.min(text.length, needle.length - 1); length > 0; length--)
    if (needle[length - 1] === last && text.endsWith(needle.slice(0, length))) return length;
  return 0;
}

/**
 * Returns a text, and what it decodes to layer by layer.
 *
 * @param cut shortens each layer before it is decoded
 */
function layersOf(text: string, cut = (layer: string): string => layer): string[] {
  const layers = [cut(text)];
  while (layers.length <= MOST_LAYERS) {
    const last = layers.at(-1) ?? "";
    if (!/[\\%&]/.test(last)) break;
    const next = last.replace(ESCAPE, decoded);
    if (next === last) break;
    layers.push(cut(next));
  }
  return layers;
}

/** Decodes an escape to exactly one character, so that offsets can be mapped. Anything else is returned as it is. */
function decoded(escape: string, ...groups: (string | undefined)[]): string {
  const [unicode, wide, short, plain, percent, hex, decimal, entity] = groups;
  if (plain !== undefined) return plain;
  if (entity !== undefined) return ENTITIES[entity.toLowerCase()] ?? escape;
  const code = unicode ?? wide ?? short ?? percent ?? hex;
  if (code !== undefined) return characterOf(parseInt(code, 16));
  return decimal === undefined ? "\\" : characterOf(Number(decimal));
}

function characterOf(code: number): string {
  return code > 0xffff ? "\ufffd" : String.fromCharCode(code);
}

/** Returns a function that maps an offset in a layer to an offset in the text. */
function offsetsIn(layers: readonly string[]): (depth: number, place: number) => number {
  const tables: Uint32Array[] = [];
  return (depth, place) => {
    let at = place;
    for (let below = depth - 1; below >= 0; below--)
      at = (tables[below] ??= offsetTable(layers[below] ?? ""))[at] ?? at;
    return at;
  };
}

/** Returns the offset in the escaped text for each offset in the decoded text. */
function offsetTable(escaped: string): Uint32Array {
  const places = new Uint32Array(escaped.length + 1);
  let at = 0;
  let from = 0;
  const copy = (end: number): void => {
    while (from < end) places[at++] = from++;
  };
  for (const match of escaped.matchAll(ESCAPE)) {
    const [escape, ...groups] = match;
    copy(match.index);
    if (decoded(escape, ...groups) === escape) continue;
    places[at++] = from;
    from += escape.length;
  }
  copy(escaped.length);
  places[at] = escaped.length;
  return places;
}

/** Returns a text in lower case with the same length. */
function lower(text: string): string {
  const small = text.toLowerCase();
  return small.length === text.length ? small : text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

function merged(spans: readonly Span[]): Span[] {
  const out: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.start - b.start)) {
    const last = out.at(-1);
    if (last === undefined || span.start >= last.end) out.push(span);
    else if (span.end > last.end) out[out.length - 1] = { start: last.start, end: span.end };
  }
  return out;
}

/** Returns headers with secrets replaced and without names that hold one, or the same headers if there are none. */
export function redactHeaders(given: Headers, redact: Redact): Headers {
  const headers = iterable(given);
  const changed = [...headers].filter(([name, value]) => redact(name) !== name || redact(value) !== value);
  if (changed.length === 0) return headers;
  const kept = new Headers(headers);
  for (const [name, value] of changed) {
    if (redact(name) === name && name !== "set-cookie") kept.set(name, redact(value));
    else kept.delete(name);
  }
  return kept;
}

/** Returns headers that can be iterated. Those of a hand-made response may only have `get()`. */
function iterable(headers: Headers): Headers {
  if (Reflect.has(headers, Symbol.iterator)) return headers;
  const all = new Headers();
  const given: Partial<Headers> = headers;
  given.forEach?.((value, name) => all.set(name, value));
  return all;
}

/** Returns a JSON value with secrets replaced in its texts and names, or the same value if there are none. */
export function redactJSON(value: unknown, redact: Redact): unknown {
  if (typeof value === "string") return redact(value);
  if (typeof value !== "object" || value === null) return value;
  try {
    const text = JSON.stringify(value);
    const redacted = redact(text);
    return redacted === text ? value : JSON.parse(redacted);
  } catch {
    // Nested too deep to search, or no JSON: none of it is kept.
    return undefined;
  }
}
