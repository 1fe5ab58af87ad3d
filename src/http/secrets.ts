import type { HeaderRecord } from "./headers.ts";

/** Replaces every secret in a text by a marker, whatever encoding the secret is written in. */
export type Redact = (text: string) => string;

/** A part of a text, from `start` up to `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Names of headers and query parameters whose values are secrets. */
const SECRET_NAME = /auth(?!ors?\b)|token|key|secret|signature|\bsig\b|cookie|credential|passw|session|jwt/i;

/** Headers with nothing secret in them, although some names look like it: replacing their values would garble messages. */
const HARMLESS_NAME =
  /^(?:accept(?:-(?:charset|encoding|language))?|anthropic-beta|baggage|cache-control|content-(?:encoding|language|length|type)|date|expect|host|(?:http-)?referer|idempotency-key|openai-(?:beta|organization|project)|origin|pragma|priority|range|sec-(?:ch|fetch)-.*|te|trace(?:parent|state)|user-agent|(?:.*-)?version|x-(?:client-)?request-id|x-correlation-id|x-title)$/i;

/** Shorter values are placeholders ("none", "null"); replacing them would garble messages. */
const SHORTEST = 8;

/** Words and names in small letters ("my-app") are no secrets below this length, unless the header's name says so. */
const SHORTEST_WORDS = 20;

/** Encodings within encodings that are looked through, such as a percent-encoded JSON text. */
const MOST_LAYERS = 4;

/** A character as JSON, URLs and HTML write it. */
const ESCAPE =
  /\\+(?:u([\da-f]{4})|u\{0*([\da-f]{1,6})\}|x([\da-f]{2})|([^\\]))?|%(?:25)*([\da-f]{2})|&(?:amp;)*(?:#x0*([\da-f]{1,6})|#0*(\d{1,7})|([a-z]{2,8}));?/gi;

/** Characters of an escape that are looked at where a text ends within one. */
const LONGEST_ESCAPE = 256;

/** The beginning of an escape that goes on in the next piece of a text. */
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

/** Whether these request headers hold a key. */
export function hasSecret(headers: HeaderRecord): boolean {
  return Object.keys(headers).some((name) => SECRET_NAME.test(name) && !HARMLESS_NAME.test(name));
}

/**
 * Returns the secrets that a request carries: its key, what its headers hold except for known harmless ones, and
 * query parameters with names such as `key` or `token`.
 *
 * @param key the API's key, in whatever header it is sent
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

/** The secrets in one header's value: all of it without its scheme, the values of a list, a password. */
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
 * Makes a function that replaces secrets in texts. It looks through JSON escapes, percent-encoding and HTML entities,
 * also mixed and nested, ignores case, and finds base64 and hexadecimal forms, also within something longer.
 *
 * @param secrets the secrets, or what gives them when they are first needed
 * @param marker stands in a secret's place
 */
export function redactor(secrets: readonly string[] | (() => readonly string[]), marker = "[key]"): Redact {
  let needles: readonly string[] | undefined;
  return (text) => {
    needles ??= needlesOf(typeof secrets === "function" ? secrets() : secrets);
    return replaceSpans(text, findSecrets(text, needles), marker);
  };
}

/** Replaces parts of a text by a marker. */
export function replaceSpans(text: string, spans: readonly Span[], marker: string): string {
  let out = "";
  let at = 0;
  for (const { start, end } of spans) {
    out += text.slice(at, start) + marker;
    at = end;
  }
  return at === 0 ? text : out + text.slice(at);
}

/** Returns the forms of secrets that {@link findSecrets} looks for, in small letters. */
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

/** What base64 makes of a secret that stands `shift` bytes into a group of three, less characters that its surroundings decide. */
function base64Core(binary: string, shift: number): string {
  const all = btoa("\0".repeat(shift) + binary).replace(/=+$/, "");
  const mixed = (shift + binary.length) % 3 === 0 ? 0 : 1;
  return all.slice(shift === 0 ? 0 : shift + 1, all.length - mixed);
}

/** Returns where secrets stand in a text, in order and without overlaps. */
export function findSecrets(text: string, needles: readonly string[]): Span[] {
  if (needles.length === 0) return [];
  const layers = layersOf(text);
  const placeOf = placesIn(layers);
  const found: Span[] = [];
  for (const [depth, layer] of layers.entries()) {
    const words = lower(layer);
    for (const needle of needles)
      for (let at = words.indexOf(needle); at >= 0; at = words.indexOf(needle, at + needle.length))
        found.push({ start: placeOf(depth, at), end: placeOf(depth, at + needle.length) });
  }
  return merged(found);
}

/** The end of a text that may be the beginning of a secret. */
export interface Unfinished {
  /** Where it begins; the text's length where there is none. */
  readonly start: number;
  /** How much of a secret it holds, from 0 to 1, and in characters. */
  readonly share: number;
  readonly length: number;
}

/** Characters of one secret's beginning, however it is written, that are ever looked at. */
export const LONGEST_UNFINISHED = 4096;

/** Returns the end of a text that may go on as a secret in the next piece. */
export function unfinishedSecret(text: string, needles: readonly string[]): Unfinished {
  const from = Math.max(0, text.length - LONGEST_UNFINISHED);
  const layers = layersOf(text.slice(from), (layer) => layer.slice(0, layer.length - halfEscape(layer)));
  const placeOf = placesIn(layers);
  let result: Unfinished = { start: text.length, share: 0, length: 0 };
  for (const [depth, layer] of layers.entries()) {
    const words = lower(layer);
    const lengths = needles.map((needle) => overlap(words, needle));
    const length = Math.max(0, ...lengths);
    // Without an overlap only the half escape that was cut off is unfinished.
    result = {
      start: Math.min(from + placeOf(depth, words.length - length), result.start),
      share: Math.max(result.share, ...lengths.map((one, at) => one / (needles[at]?.length ?? 1))),
      length: Math.max(length, result.length),
    };
  }
  return result;
}

function halfEscape(text: string): number {
  return HALF_ESCAPE.exec(text.slice(-LONGEST_ESCAPE))?.[0].length ?? 0;
}

/** The length of the longest end of a text with which a needle begins. */
function overlap(text: string, needle: string): number {
  const last = text.at(-1);
  for (let length = Math.min(text.length, needle.length - 1); length > 0; length--)
    if (needle[length - 1] === last && text.endsWith(needle.slice(0, length))) return length;
  return 0;
}

/**
 * A text, and what remains of it as its escapes are taken away layer by layer.
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

/** One character for each escape, so that places can be told; what is no escape stays as it is. */
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

/** Returns a function that tells where a place within a layer lies in the text itself. */
function placesIn(layers: readonly string[]): (depth: number, place: number) => number {
  const tables: Uint32Array[] = [];
  return (depth, place) => {
    let at = place;
    for (let below = depth - 1; below >= 0; below--) at = (tables[below] ??= placesOf(layers[below] ?? ""))[at] ?? at;
    return at;
  };
}

/** For each place in a decoded text, the place in the text with escapes. */
function placesOf(escaped: string): Uint32Array {
  const places = new Uint32Array(escaped.length + 1);
  let at = 0;
  let from = 0;
  const copy = (end: number): void => {
    while (from < end) places[at++] = from++;
  };
  for (const match of escaped.matchAll(ESCAPE)) {
    const [escape, ...groups] = match;
    copy(match.index);
    if (decoded(escape, ...(groups as (string | undefined)[])) === escape) continue;
    places[at++] = from;
    from += escape.length;
  }
  copy(escaped.length);
  places[at] = escaped.length;
  return places;
}

/** Small letters, one for each character. */
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

/** Returns headers with secrets replaced, and without those whose name holds one; the same ones where there is none. */
export function redactHeaders(given: Headers, redact: Redact): Headers {
  const headers = listed(given);
  const changed = [...headers].filter(([name, value]) => redact(name) !== name || redact(value) !== value);
  if (changed.length === 0) return headers;
  const kept = new Headers(headers);
  for (const [name, value] of changed) {
    if (redact(name) === name && name !== "set-cookie") kept.set(name, redact(value));
    else kept.delete(name);
  }
  return kept;
}

/** Returns headers that can be listed: those of a response that is made by hand may only be asked for by name. */
function listed(headers: Partial<Headers>): Headers {
  if (Symbol.iterator in headers) return headers as Headers;
  const all = new Headers();
  headers.forEach?.((value, name) => all.set(name, value));
  return all;
}

/** Returns a value of JSON with secrets replaced in its texts and names; the same value where there is none. */
export function redactJSON(value: unknown, redact: Redact): unknown {
  if (typeof value === "string") return redact(value);
  if (typeof value !== "object" || value === null) return value;
  try {
    const text = JSON.stringify(value);
    const redacted = redact(text);
    return redacted === text ? value : (JSON.parse(redacted) as unknown);
  } catch {
    // Nested too deep to look through, or no JSON: its texts are unknown, so none of it is kept.
    return undefined;
  }
}
