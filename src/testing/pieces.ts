import type { Piece } from "./types.ts";

const encoder = new TextEncoder();

/** Returns a piece of text or bytes that is sent `wait` ms after the previous one. */
export function piece(content: string | Uint8Array, wait = 0): Piece {
  return { kind: "bytes", bytes: typeof content === "string" ? encoder.encode(content) : content, wait };
}

/** Formats an event of an event stream with its data as JSON. */
export function eventText(data: unknown, name?: string): string {
  return `${name === undefined ? "" : `event: ${name}\n`}data: ${JSON.stringify(data)}\n\n`;
}

/**
 * Cuts pieces into other sizes. The waits of the bytes in a new piece add up, so the total time stays the same.
 *
 * @param pieces the pieces to cut; those that are not bytes keep their position
 * @param sizes the sizes in bytes, used in turn and over again; each at least 1
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

/** Collects bytes until it has a piece of the next size. */
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
 * Returns the pieces up to a position: after some bytes, which may cut a piece in two, or after some pieces. Without
 * either, returns all of them.
 */
export function* takeUntil(
  pieces: Iterable<Piece>,
  place: { bytes?: number | undefined; count?: number | undefined },
): Generator<Piece> {
  let bytes = place.bytes ?? Infinity;
  let count = place.count ?? Infinity;
  // Checked before the next piece is requested, so that nothing after the position is ever produced.
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
