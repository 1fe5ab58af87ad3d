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

describe("checkHeader", () => {
  it.each(["\r\nx-evil: 1", "\n", "\r", "a\nb"])("rejects the line break in %j without showing the value", (rest) => {
    const error = thrown(() => checkHeader("apiKey", SECRET + rest));
    expect(error).toBeInstanceOf(InputError);
    expect(error).toMatchObject({ path: "apiKey", expected: "no line breaks" });
    expect(`${JSON.stringify(error)}${String(error)}${error.stack}`).not.toContain(SECRET);
  });

  it.each(["\0", "\x7f", "ключ", "\u{1f511}", "\x1b[31m"])(
    "rejects the character in %j without showing the value",
    (rest) => {
      const error = thrown(() => checkHeader("headers.x-a", SECRET + rest));
      expect(error).toBeInstanceOf(InputError);
      expect(`${String(error)}${error.stack}`).not.toContain(SECRET);
    },
  );

  it.each([5, null, undefined, {}, Symbol("x"), []])("rejects values that are no string (%s)", (value) => {
    expect(thrown(() => checkHeader("x", value))).toMatchObject({ expected: "a string" });
  });

  it("accepts only values that Headers accepts", () => {
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

describe("headerLayer and overlay", () => {
  it("prefer later layers, whatever the case of the names", () => {
    expect({
      ...overlay(
        { accept: "a" },
        headerLayer({ Authorization: "a", accept: "b" }, { AUTHORIZATION: "c" }, new Headers({ accept: "d" })),
      ),
    }).toEqual({ accept: "d", authorization: "c" });
  });

  it("remove a header for null and keep it for undefined", () => {
    expect(overlay({ c: "3" }, headerLayer({ a: "1", b: "2" }, { a: null, b: undefined, c: null }, undefined))).toEqual(
      { b: "2" },
    );
  });

  it("set no prototype for the name __proto__", () => {
    const merged = overlay({}, headerLayer({ ["__proto__"]: "1" }));
    expect([Object.keys(merged), Object.getPrototypeOf(merged)]).toEqual([["__proto__"], Object.prototype]);
  });

  it.each(["", "a b", "a:b", "a\nb", "ключ"])("reject the name %j", (name) => {
    expect(thrown(() => headerLayer({ [name]: "1" }))).toMatchObject({
      kind: "InputError",
      path: "headers",
      received: JSON.stringify(name),
    });
  });

  it("name the header of a rejected value, but not the value", () => {
    const error = thrown(() => headerLayer({ "api-key": `${SECRET}\n` }));
    expect(error.path).toBe("headers.api-key");
    expect(String(error)).not.toContain(SECRET);
  });
});
