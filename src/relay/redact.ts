import { joined } from "../http/readBytes.ts";
import { findSecrets, LONGEST_UNFINISHED, needlesOf, unfinishedSecret } from "../http/secrets.ts";
import type { Span, Unfinished } from "../http/secrets.ts";
import { isObject, parseJSON } from "./body.ts";

/** The replacement of a secret. */
export const MARKER = "***";

const MARKER_BYTES: Uint8Array<ArrayBuffer> = new TextEncoder().encode(MARKER);

/** The beginning of a secret that is redacted like the whole: half of it, within these bounds in characters. */
const SURE_AT_LEAST = 8;
const SURE_AT_MOST = 16;

/** The fields of an event that identify the text of its delta. */
const PLACES = ["type", "item_id", "output_index", "content_index", "summary_index", "index"];

/** The deepest level of an event that is searched. */
const DEEPEST = 32;

/** The number of texts whose ends are remembered. */
const MOST_TEXTS = 1_000;

/** Decodes one character per byte, so that positions in the text are positions in the bytes. Secrets are ASCII. */
const LATIN1 = new TextDecoder("latin1");

/** A filter that changes bytes, and may hold some back until more arrive. */
export interface ByteFilter {
  push(bytes: Uint8Array): Uint8Array;
  /** Returns the bytes that are still held back at the end. */
  rest(): Uint8Array;
}

/**
 * Replaces secrets in bytes that arrive in pieces. It holds back only a possible beginning of a secret; all other bytes
 * pass at once and unchanged.
 */
export class SecretFilter implements ByteFilter {
  #pending: Uint8Array = new Uint8Array();
  readonly #needles: readonly string[];

  constructor(secrets: readonly string[]) {
    this.#needles = needlesOf(secrets);
  }

  push(bytes: Uint8Array): Uint8Array {
    const all = this.#pending.length === 0 ? bytes : joined([this.#pending, bytes]);
    const text = LATIN1.decode(all);
    const spans = findSecrets(text, this.#needles);
    const done = spans.at(-1)?.end ?? 0;
    const end = done + unfinishedSecret(text.slice(done), this.#needles).start;
    // A candidate that grows beyond this length is not a secret.
    const hold = text.length - end < LONGEST_UNFINISHED ? end : text.length;
    this.#pending = all.slice(hold);
    return without(all.subarray(0, hold), spans);
  }

  rest(): Uint8Array {
    const bytes = this.#pending;
    this.#pending = new Uint8Array();
    const { start, ...found } = unfinishedSecret(LATIN1.decode(bytes), this.#needles);
    return isSure(found) ? joined([bytes.subarray(0, start), MARKER_BYTES]) : bytes;
  }
}

function isSure({ length, share }: Pick<Unfinished, "length" | "share">): boolean {
  return length >= SURE_AT_LEAST && (share >= 0.5 || length >= SURE_AT_MOST);
}

function without(bytes: Uint8Array, spans: readonly Span[]): Uint8Array {
  if (spans.length === 0) return bytes;
  const pieces: Uint8Array[] = [];
  let at = 0;
  for (const { start, end } of spans) {
    pieces.push(bytes.subarray(at, start), MARKER_BYTES);
    at = end;
  }
  return joined([...pieces, bytes.subarray(at)]);
}

/** The state of one text that arrives in deltas. */
interface TextEnd {
  /** Its end, a possible beginning of a secret. */
  readonly tail: string;
  /** True if a marker already replaces it. */
  readonly marked: boolean;
}

/**
 * Replaces secrets in an event stream: within events, and in texts whose deltas span several events. In such a text the
 * first characters of a secret pass before it can be recognised; the rest does not.
 */
export class EventSecretFilter implements ByteFilter {
  readonly #bytes: SecretFilter;
  readonly #needles: readonly string[];
  readonly #texts = new Map<string, TextEnd>();

  constructor(secrets: readonly string[]) {
    this.#bytes = new SecretFilter(secrets);
    this.#needles = needlesOf(secrets);
  }

  /** Filters whole events, or a piece of an event that is too long to be buffered. */
  push(bytes: Uint8Array): Uint8Array {
    return this.#events(this.#bytes.push(bytes));
  }

  rest(): Uint8Array {
    return this.#events(this.#bytes.rest());
  }

  #events(bytes: Uint8Array): Uint8Array {
    const text = LATIN1.decode(bytes);
    const pieces: Uint8Array[] = [];
    let changed = false;
    let at = 0;
    for (const end of eventEnds(text)) {
      const event = bytes.subarray(at, end);
      const without = this.#event(new TextDecoder().decode(event));
      pieces.push(without === undefined ? event : new TextEncoder().encode(without));
      changed ||= without !== undefined;
      at = end;
    }
    return changed ? joined(pieces) : bytes;
  }

  /** Returns an event without the continuation of a secret, or `undefined` if it contains none. */
  #event(event: string): string | undefined {
    const lines = event.split(/\r\n|\n|\r/);
    const data = lines.flatMap((line) => /^data:? ?(.*)$/.exec(line)?.[1] ?? []).join("\n");
    const value = data.startsWith("{") ? parseJSON(data) : undefined;
    if (!isObject(value)) return undefined;
    const root = JSON.stringify(PLACES.map((name) => value[name])).slice(0, 200);
    if (!this.#walk(value, root, 0)) return undefined;
    const others = lines.filter((line) => line !== "" && !/^data(?::|$)/.test(line));
    return [...others, `data: ${JSON.stringify(value)}`, "", ""].join("\n");
  }

  /** Removes secrets from the texts of a value. Returns true if there were any. */
  #walk(value: object, place: string, depth: number): boolean {
    let changed = false;
    for (const [name, one] of Object.entries<unknown>({ ...value })) {
      const index = Array.isArray(value) && isObject(one) ? one["index"] : undefined;
      const below = `${place}/${typeof index === "number" ? index : name}`;
      if (typeof one === "object" && one !== null && depth < DEEPEST) {
        if (this.#walk(one, below, depth + 1)) changed = true;
      } else if (typeof one === "string") {
        const without = this.#delta(one, below);
        if (without === one) continue;
        Reflect.set(value, name, without);
        changed = true;
      }
    }
    return changed;
  }

  #delta(delta: string, place: string): string {
    if (delta === "") return delta;
    const { tail, marked } = this.#texts.get(place) ?? { tail: "", marked: false };
    const text = tail + delta;
    const spans = findSecrets(text, this.#needles);
    const done = spans.at(-1)?.end ?? 0;
    const unfinished = unfinishedSecret(text.slice(done), this.#needles);
    const start = done + unfinished.start;
    const sure = isSure(unfinished);
    if (sure) spans.push({ start, end: text.length });
    this.#remember(place, text.slice(start), sure);
    return this.#without(delta, spans, tail.length, marked);
  }

  #remember(place: string, tail: string, marked: boolean): void {
    if (this.#texts.size > MOST_TEXTS) this.#texts.clear();
    if (tail === "") this.#texts.delete(place);
    else this.#texts.set(place, { tail, marked });
  }

  /**
   * Removes secrets from a delta, including one that began in the `passed` characters before it, and adds no second
   * marker.
   */
  #without(delta: string, spans: readonly Span[], passed: number, marked: boolean): string {
    let out = "";
    let at = 0;
    for (const { start, end } of spans) {
      if (end <= passed) continue;
      out += delta.slice(at, Math.max(start - passed, 0)) + (marked && start < passed ? "" : MARKER);
      at = end - passed;
    }
    return out + delta.slice(at);
  }
}

/** Returns the positions after blank lines, and the end of the text. */
function eventEnds(text: string): number[] {
  const ends = Array.from(text.matchAll(/(?:\r\n|\n|\r(?!\n)){2}/g), ({ index, 0: blank }) => index + blank.length);
  return ends.at(-1) === text.length ? ends : [...ends, text.length];
}
