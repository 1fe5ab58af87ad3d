import { joined } from "../http/readBytes.ts";

const LF = 10;
const CR = 13;

/** The most bytes of one event to buffer. The rest of a longer event passes as it arrives. */
export const EVENT_LIMIT: number = 64 * 1024;

/**
 * Passes the bytes of an event stream on in whole events. A reader cannot use half an event, and a comment or an error
 * event can be written only between events.
 */
export class WholeEvents {
  #buffered: Uint8Array[] = [];
  #size = 0;
  #between = true;
  #lineEmpty = true;
  #afterCR = false;
  #blank = false;

  /** True if everything passed on so far ends at the end of an event. */
  get between(): boolean {
    return this.#between;
  }

  /** Adds bytes and returns those that can be passed on, which may be none. */
  push(bytes: Uint8Array): Uint8Array {
    const end = this.#lastEnd(bytes);
    if (end > 0) this.#between = true;
    const out = end > 0 ? this.#release(bytes.subarray(0, end)) : bytes.subarray(0, 0);
    this.#buffer(bytes.subarray(end));
    return this.#size > EVENT_LIMIT || !this.#between ? this.#overflow(out) : out;
  }

  /** Returns the buffered bytes of an incomplete event. */
  rest(): Uint8Array {
    return this.#release(new Uint8Array());
  }

  #overflow(out: Uint8Array): Uint8Array {
    if (this.#size === 0) return out;
    this.#between = false;
    return joined([out, this.rest()]);
  }

  #buffer(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#buffered.push(bytes);
    this.#size += bytes.length;
  }

  #release(bytes: Uint8Array): Uint8Array {
    if (this.#buffered.length === 0) return bytes;
    const all = joined([...this.#buffered, bytes]);
    this.#buffered = [];
    this.#size = 0;
    return all;
  }

  /** Returns the position after the last blank line in `bytes`, or 0. */
  #lastEnd(bytes: Uint8Array): number {
    let end = 0;
    for (let i = 0; i < bytes.length; i++) if (this.#endsEvent(bytes[i])) end = i + 1;
    return end;
  }

  #endsEvent(byte: number | undefined): boolean {
    // The LF of a CRLF ends no line of its own, and may arrive one chunk later.
    const partOfCRLF = byte === LF && this.#afterCR;
    this.#afterCR = byte === CR;
    if (partOfCRLF) return this.#blank;
    const lineEnd = byte === LF || byte === CR;
    this.#blank = lineEnd && this.#lineEmpty;
    this.#lineEmpty = lineEnd;
    return this.#blank;
  }
}
