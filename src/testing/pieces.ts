import type { Piece } from "./types.ts";

const encoder = new TextEncoder();

/** A piece of text or bytes, sent `wait` ms after the one before. */
export function piece(content: string | Uint8Array, wait = 0): Piece {
  return { kind: "bytes", bytes: typeof content === "string" ? encoder.encode(content) : content, wait };
}

/** An event of an event stream with its data as JSON. */
export function eventText(data: unknown, name?: string): string {
  return `${name === undefined ? "" : `event: ${name}\n`}data: ${JSON.stringify(data)}\n\n`;
}

/**
 * Cuts pieces anew, whatever their borders were. The waits of the bytes in a new piece add up, so the whole takes as long as before.
 *
 * @param pieces what to cut; what is not bytes keeps its place
 * @param sizes the sizes in bytes, taken in turn and over again; each at least 1
 */
export function* recut(pieces: Iterable<Piece>, sizes: readonly number[]): Generator<Piece> {
  const cutter = new Cutter(sizes);
  for (const item of pieces) {
    if (item.kind === "bytes") {
      yield* cutter.add(item.bytes, item.wait);
    } else {
      yield* cutter.flush();
      yield item;
    }
  }
  yield* cutter.flush();
}

/** Collects bytes until a piece of the next size is full. */
class Cutter {
  readonly #sizes: readonly number[];
  #turn = 0;
  #room: Uint8Array;
  #filled = 0;
  #wait = 0;

  constructor(sizes: readonly number[]) {
    this.#sizes = sizes.length === 0 ? [1] : sizes;
    this.#room = this.#newRoom();
  }

  *add(bytes: Uint8Array, wait: number): Generator<Piece> {
    this.#wait += wait;
    let rest = bytes;
    while (rest.length > 0) {
      const part = rest.subarray(0, this.#room.length - this.#filled);
      this.#room.set(part, this.#filled);
      this.#filled += part.length;
      rest = rest.subarray(part.length);
      if (this.#filled === this.#room.length) yield* this.flush();
    }
  }

  *flush(): Generator<Piece> {
    if (this.#filled === 0) return;
    const full = piece(this.#room.subarray(0, this.#filled), this.#wait);
    this.#room = this.#newRoom();
    this.#filled = 0;
    this.#wait = 0;
    yield full;
  }

  #newRoom(): Uint8Array {
    const size = this.#sizes[this.#turn % this.#sizes.length] ?? 1;
    this.#turn += 1;
    return new Uint8Array(Math.max(1, Math.floor(size)));
  }
}

/**
 * The pieces up to a place: after so many bytes (cutting a piece in two), or after so many pieces. With neither, all of them.
 */
export function* takeUntil(
  pieces: Iterable<Piece>,
  place: { bytes?: number | undefined; count?: number | undefined },
): Generator<Piece> {
  let bytes = place.bytes ?? Infinity;
  let count = place.count ?? Infinity;
  // Looked at before the next piece is asked for, so that nothing behind the place is ever made.
  if (bytes <= 0 || count <= 0) return;
  for (const item of pieces) {
    if (item.kind !== "bytes") {
      yield item;
      continue;
    }
    const part = item.bytes.subarray(0, bytes);
    yield part.length === item.bytes.length ? item : { ...item, bytes: part };
    bytes -= part.length;
    count -= 1;
    if (bytes <= 0 || count <= 0) return;
  }
}
