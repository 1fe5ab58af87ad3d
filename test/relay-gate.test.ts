import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EventGate, HELD_LIMIT } from "../src/relay/gate.ts";

describe("the gate between events", () => {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  const text = (all: Uint8Array[]): string => all.map((one) => new TextDecoder().decode(one)).join("");
  const line = fc.constantFrom("data: a", ": c", "event: x", "data:", "é");
  const newline = fc.constantFrom("\n", "\r\n", "\r");
  const stream = fc
    .array(fc.tuple(fc.oneof(line, fc.constant("")), newline), { maxLength: 20 })
    .map((lines) => lines.flat().join(""));

  it("passes everything, in order, at whatever place it is cut, and only whole events", () => {
    fc.assert(
      fc.property(stream, fc.integer({ min: 1, max: 7 }), (whole, size) => {
        const gate = new EventGate();
        const all = bytes(whole);
        const out: Uint8Array[] = [];
        for (let at = 0; at < all.length; at += size) {
          const passed = gate.push(all.subarray(at, at + size));
          out.push(passed);
          if (passed.length > 0) expect(text(out)).toMatch(/(^|\r\n|\n|\r)(\r\n|\n|\r)$/);
          expect(gate.between).toBe(true);
        }
        expect(text([...out, gate.rest()])).toBe(whole);
      }),
      { numRuns: 2000 },
    );
  });

  it.each(["a\n\n", "a\r\n\r\n", "a\r\r", "a\r\n\n", "a\n\r\n", "a\r\n\r", "\n", "\r\n"])(
    "passes %j at once",
    (event) => {
      expect(text([new EventGate().push(bytes(event))])).toBe(event);
    },
  );

  it.each(["a", "a\n", "a\r", "a\r\n", "\n\na\r\n"])("holds the end of %j", (event) => {
    const gate = new EventGate();
    expect(text([gate.push(bytes(event))])).toBe(event.startsWith("\n\n") ? "\n\n" : "");
    expect(text([gate.rest()])).toBe(event.trimStart());
  });

  it("holds no more of one event than its limit, and no comment may be written until it ends", () => {
    const gate = new EventGate();
    expect(gate.push(new Uint8Array(HELD_LIMIT).fill(97))).toHaveLength(0);
    expect(gate.push(bytes("b"))).toHaveLength(HELD_LIMIT + 1);
    expect(gate.between).toBe(false);
    expect(text([gate.push(bytes("c"))])).toBe("c");
    expect(text([gate.push(bytes("\n\nd"))])).toBe("\n\n");
    expect(gate.between).toBe(true);
  });
});
