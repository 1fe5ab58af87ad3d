import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InputError } from "../../src/errors.ts";
import { checkHeader, headerLayer, overlay } from "../../src/http/headers.ts";
import type { Loose } from "../support/streams.ts";

const SECRET = "sk-very-secret-0123456789";
const thrown = (act: () => unknown): Loose => {
  try {
    return act();
  } catch (error) {
    return error;
  }
};

describe("header values", () => {
  it.each(["\r\nx-evil: 1", "\n", "\r", "a\nb"])(
    "with the line break in %j are refused without being shown",
    (rest) => {
      const error = thrown(() => checkHeader("apiKey", SECRET + rest));
      expect(error).toBeInstanceOf(InputError);
      expect(error).toMatchObject({ path: "apiKey", expected: "no line breaks" });
      expect(`${JSON.stringify(error)}${String(error)}${error.stack}`).not.toContain(SECRET);
    },
  );

  it.each(["\0", "\x7f", "ключ", "\u{1f511}", "\x1b[31m"])(
    "with the character in %j are refused without being shown",
    (rest) => {
      const error = thrown(() => checkHeader("headers.x-a", SECRET + rest));
      expect(error).toBeInstanceOf(InputError);
      expect(`${String(error)}${error.stack}`).not.toContain(SECRET);
    },
  );

  it.each([5, null, undefined, {}, Symbol("x"), []])("that are no text are refused (%s)", (value) => {
    expect(thrown(() => checkHeader("x", value))).toMatchObject({ expected: "a string" });
  });

  it("that pass are taken by Headers, always", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (value) => {
        let passed: string;
        try {
          passed = checkHeader("x", value);
        } catch {
          return;
        }
        expect(() => new Headers({ x: passed })).not.toThrow();
      }),
    );
  });
});

describe("header layers", () => {
  it("rank the later ones first, whatever the case of the names", () => {
    expect({
      ...overlay(
        { accept: "a" },
        headerLayer({ Authorization: "a", accept: "b" }, { AUTHORIZATION: "c" }, new Headers({ accept: "d" })),
      ),
    }).toEqual({ accept: "d", authorization: "c" });
  });

  it("take a header away with null and leave it with undefined", () => {
    expect(overlay({ c: "3" }, headerLayer({ a: "1", b: "2" }, { a: null, b: undefined, c: null }, undefined))).toEqual(
      { b: "2" },
    );
  });

  it("make no prototype of a name", () => {
    const merged = overlay({}, headerLayer({ ["__proto__"]: "1" }));
    expect([Object.keys(merged), Object.getPrototypeOf(merged)]).toEqual([["__proto__"], Object.prototype]);
  });

  it.each(["", "a b", "a:b", "a\nb", "ключ"])("refuse the name %j", (name) => {
    expect(thrown(() => headerLayer({ [name]: "1" }))).toMatchObject({
      kind: "InputError",
      path: "headers",
      received: JSON.stringify(name),
    });
  });

  it("name the header whose value is refused, and not the value", () => {
    const error = thrown(() => headerLayer({ "api-key": `${SECRET}\n` }));
    expect(error.path).toBe("headers.api-key");
    expect(String(error)).not.toContain(SECRET);
  });
});
