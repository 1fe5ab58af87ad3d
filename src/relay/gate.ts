import { joined } from "./body.ts";

const LF = 10;
const CR = 13;

/** Bytes of one event that are held back at most; what is longer passes as it comes. */
export const HELD_LIMIT: number = 64 * 1024;

/**
 * Passes the bytes of an event stream on in whole events. A reader can make nothing of half an event, and between
 * whole ones a comment may be written, or an error event if the rest never comes.
 */
export class EventGate {
  #held: Uint8Array[] = [];
  #size = 0;
  #between = true;
  #lineEmpty = true;
  #afterCR = false;
  #blank = false;

  /** Whether all that was passed on so far ends where an event ends. */
  get between(): boolean {
    return this.#between;
  }

  /** Takes what came; gives what may be passed on, which may be nothing. */
  push(bytes: Uint8Array): Uint8Array {
    const end = this.#lastEnd(bytes);
    if (end > 0) this.#between = true;
    const out = end > 0 ? this.#release(bytes.subarray(0, end)) : bytes.subarray(0, 0);
    this.#hold(bytes.subarray(end));
    return this.#size > HELD_LIMIT || !this.#between ? this.#overflow(out) : out;
  }

  /** The bytes of an event that has not ended; they are held no longer. */
  rest(): Uint8Array {
    return this.#release(new Uint8Array());
  }

  #overflow(out: Uint8Array): Uint8Array {
    if (this.#size === 0) return out;
    this.#between = false;
    return joined([out, this.rest()]);
  }

  #hold(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#held.push(bytes);
    this.#size += bytes.length;
  }

  #release(bytes: Uint8Array): Uint8Array {
    if (this.#held.length === 0) return bytes;
    const all = joined([...this.#held, bytes]);
    this.#held = [];
    this.#size = 0;
    return all;
  }

  /** The place after the last blank line in `bytes`, 0 where there is none. */
  #lastEnd(bytes: Uint8Array): number {
    let end = 0;
    for (let i = 0; i < bytes.length; i++) if (this.#endsEvent(bytes[i])) end = i + 1;
    return end;
  }

  #endsEvent(byte: number | undefined): boolean {
    // The LF of a CRLF belongs to the line that its CR ended, and may come a chunk later.
    const partOfCRLF = byte === LF && this.#afterCR;
    this.#afterCR = byte === CR;
    if (partOfCRLF) return this.#blank;
    const lineEnd = byte === LF || byte === CR;
    this.#blank = lineEnd && this.#lineEmpty;
    this.#lineEmpty = lineEnd;
    return this.#blank;
  }
}
