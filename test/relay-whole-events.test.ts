import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { WholeEvents, EVENT_LIMIT } from "../src/relay/wholeEvents.ts";

describe("WholeEvents", () => {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  const text = (all: Uint8Array[]): string => all.map((one) => new TextDecoder().decode(one)).join("");
  const line = fc.constantFrom("data: a", ": c", "event: x", "data:", "é");
  const newline = fc.constantFrom("\n", "\r\n", "\r");
  const stream = fc
    .array(fc.tuple(fc.oneof(line, fc.constant("")), newline), { maxLength: 20 })
    .map((lines) => lines.flat().join(""));

  it("passes everything in order and only in whole events, wherever the stream is cut", () => {
    fc.assert(
      fc.property(stream, fc.integer({ min: 1, max: 7 }), (whole, size) => {
        const events = new WholeEvents();
        const all = bytes(whole);
        const out: Uint8Array[] = [];
        for (let at = 0; at < all.length; at += size) {
          const passed = events.push(all.subarray(at, at + size));
          out.push(passed);
          if (passed.length > 0) expect(text(out)).toMatch(/(^|\r\n|\n|\r)(\r\n|\n|\r)$/);
          expect(events.between).toBe(true);
        }
        expect(text([...out, events.rest()])).toBe(whole);
      }),
      { numRuns: 2000 },
    );
  });

  it.each(["a\n\n", "a\r\n\r\n", "a\r\r", "a\r\n\n", "a\n\r\n", "a\r\n\r", "\n", "\r\n"])(
    "passes %j at once",
    (event) => {
      expect(text([new WholeEvents().push(bytes(event))])).toBe(event);
    },
  );

  it.each(["a", "a\n", "a\r", "a\r\n", "\n\na\r\n"])("buffers the end of %j", (event) => {
    const events = new WholeEvents();
    expect(text([events.push(bytes(event))])).toBe(event.startsWith("\n\n") ? "\n\n" : "");
    expect(text([events.rest()])).toBe(event.trimStart());
  });

  it("buffers an event up to its limit, and then allows no comment until the event ends", () => {
    const events = new WholeEvents();
    expect(events.push(new Uint8Array(EVENT_LIMIT).fill(97))).toHaveLength(0);
    expect(events.push(bytes("b"))).toHaveLength(EVENT_LIMIT + 1);
    expect(events.between).toBe(false);
    expect(text([events.push(bytes("c"))])).toBe("c");
    expect(text([events.push(bytes("\n\nd"))])).toBe("\n\n");
    expect(events.between).toBe(true);
  });
});
