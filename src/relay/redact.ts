import { findSecrets, LONGEST_UNFINISHED, needlesOf, unfinishedSecret } from "../http/secrets.ts";
import type { Span, Unfinished } from "../http/secrets.ts";
import { isObject, joined, parseJSON } from "./body.ts";

/** Stands in a secret's place. */
export const MARKER = "***";

const MARKER_BYTES: Uint8Array<ArrayBuffer> = new TextEncoder().encode(MARKER);

/** The beginning of a secret from which on it is taken for the secret: half of it, in characters at least and at most. */
const SURE_AT_LEAST = 8;
const SURE_AT_MOST = 16;

/** Fields of an event that say which text its delta belongs to. */
const PLACES = ["type", "item_id", "output_index", "content_index", "summary_index", "index"];

/** Levels of an event that are looked through. */
const DEEPEST = 32;

/** Texts whose ends are remembered. */
const MOST_TEXTS = 1_000;

/** One character for each byte: a place in the text is a place in the bytes. Secrets are ASCII. */
const LATIN1 = new TextDecoder("latin1");

/** What may change bytes on their way, and may hold some of them back until more have come. */
export interface ByteFilter {
  push(bytes: Uint8Array): Uint8Array;
  /** What is left where the bytes have ended. */
  rest(): Uint8Array;
}

/**
 * Replaces secrets in bytes that come in pieces. It holds back no more than what may be the beginning of a secret;
 * everything else passes unchanged and at once.
 */
export class SecretFilter implements ByteFilter {
  #held: Uint8Array = new Uint8Array();
  readonly #needles: readonly string[];

  constructor(secrets: readonly string[]) {
    this.#needles = needlesOf(secrets);
  }

  push(bytes: Uint8Array): Uint8Array {
    const all = this.#held.length === 0 ? bytes : joined([this.#held, bytes]);
    const text = LATIN1.decode(all);
    const spans = findSecrets(text, this.#needles);
    const done = spans.at(-1)?.end ?? 0;
    const end = done + unfinishedSecret(text.slice(done), this.#needles).start;
    // Nobody writes a secret at such length: what goes on like this is not one.
    const hold = text.length - end < LONGEST_UNFINISHED ? end : text.length;
    this.#held = all.slice(hold);
    return without(all.subarray(0, hold), spans);
  }

  rest(): Uint8Array {
    const bytes = this.#held;
    this.#held = new Uint8Array();
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

/** What is known of one text that comes in deltas. */
interface TextEnd {
  /** Its end, which may be the beginning of a secret. */
  readonly tail: string;
  /** Whether a marker already stands for it. */
  readonly marked: boolean;
}

/**
 * Replaces secrets in an event stream: within events, and in texts whose deltas lie in several events. There the first
 * characters of a secret have passed before it can be known; the rest of it does not.
 */
export class EventSecretFilter implements ByteFilter {
  readonly #bytes: SecretFilter;
  readonly #needles: readonly string[];
  readonly #texts = new Map<string, TextEnd>();

  constructor(secrets: readonly string[]) {
    this.#bytes = new SecretFilter(secrets);
    this.#needles = needlesOf(secrets);
  }

  /** Takes whole events, or a piece of one that is too long to be held. */
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

  /** An event without what goes on with a secret in it; `undefined` where there is none. */
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

  /** Takes secrets out of the texts in a value. Returns whether there were any. */
  #walk(value: object, place: string, depth: number): boolean {
    let changed = false;
    for (const [name, one] of Object.entries(value) as [string, unknown][]) {
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

  /** A delta without secrets that may have begun in the `passed` characters before it, and without a second marker. */
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

/** The places after blank lines, and the text's end. */
function eventEnds(text: string): number[] {
  const ends = Array.from(text.matchAll(/(?:\r\n|\n|\r(?!\n)){2}/g), ({ index, 0: blank }) => index + blank.length);
  return ends.at(-1) === text.length ? ends : [...ends, text.length];
}
