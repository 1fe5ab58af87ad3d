import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { apiError, findError, parseMaybe } from "../../src/http/errorBody.ts";
import type { Loose } from "../support/streams.ts";

const told = (body: unknown): Loose => apiError(body, { status: 400 });

describe("apiError", () => {
  it.each([
    [
      { error: { message: "No.", type: "t", code: "c", param: "p" } },
      { message: "No.", type: "t", code: "c", param: "p" },
    ],
    [{ error: { message: "No.", code: 429 } }, { message: "No.", code: 429 }],
    [
      { error: { message: "No.", code: null, type: null, param: null } },
      { message: "No.", code: undefined, type: undefined, param: undefined },
    ],
    [{ error: "No." }, { message: "No." }],
    [
      { error: "No.", code: 7 },
      { message: "No.", code: 7 },
    ],
    [[{ error: { message: "No.", code: 400 } }], { message: "No.", code: 400 }],
    [["No."], { message: "No." }],
    [{ errors: [{ message: "No.", code: 10000 }] }, { message: "No.", code: 10000 }],
    [{ errors: ["No."] }, { message: "No." }],
    [
      { message: "No.", type: "t" },
      { message: "No.", type: "t" },
    ],
    [{ detail: "No." }, { message: "No." }],
    [{ error: { msg: "No." } }, { message: "No." }],
    [
      { object: "error", message: "No.", code: 40303 },
      { message: "No.", code: 40303 },
    ],
    ["No.", { message: "No." }],
    ["<html><body>Bad gateway</body></html>", { message: "<html><body>Bad gateway</body></html>" }],
    [{ detail: [{ loc: ["body"], msg: "No." }] }, { message: '{"detail":[{"loc":["body"],"msg":"No."}]}' }],
    [{ error: {} }, { message: '{"error":{}}' }],
    [{}, { message: "{}" }],
    [[], { message: "[]" }],
    [null, { message: "null" }],
    [5, { message: "5" }],
    [true, { message: "true" }],
    ["", { message: "The server gave no reason" }],
    [" \n ", { message: "The server gave no reason" }],
    [undefined, { message: "The server gave no reason" }],
  ])("reads %j", (body, expected) => {
    expect(told(body)).toMatchObject(expected);
    expect(told(body).body).toBe(body);
  });

  it("shows only the beginning of a long body", () => {
    expect(told("x".repeat(5_000)).message).toBe(`${"x".repeat(300)}…`);
    expect(told({ a: "x".repeat(5_000) }).message).toHaveLength(301);
  });

  it("shows a long message of the API in full", () => {
    const words = "x".repeat(5_000);
    for (const body of [{ error: { message: words } }, { error: words }, { detail: words }, { message: words }])
      expect(told(body).message).toBe(words);
    expect(told([{ errors: [{ message: words }] }][0]).message).toBe(words);
  });

  it("quotes no body at status 200 but the API's own message", () => {
    for (const body of [
      "The answer.",
      { answer: "The answer." },
      [{ answer: "The answer." }],
      { error: { a: "The answer." } },
    ])
      expect(apiError(body, { status: 200 }).message).not.toContain("answer.");
    expect(apiError({ error: { message: "No." } }, { status: 200 }).message).toBe("No.");
  });

  it("accepts a body that is nested too deep", () => {
    const deep = parseMaybe("[".repeat(100_000) + "]".repeat(100_000));
    expect(told(deep).message).toMatch(/nested|\[\[/);
    expect(told({ error: { code: 1, deep } }).code).toBe(1);
  });

  it("pollutes no prototype", () => {
    told(JSON.parse('{"__proto__":{"polluted":1},"error":{"__proto__":{"polluted":1},"message":"No."}}'));
    expect(({} as Loose).polluted).toBeUndefined();
  });

  it("gives a message for any body", () => {
    fc.assert(
      fc.property(fc.anything(), (body) => {
        expect(typeof told(body).message).toBe("string");
      }),
    );
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(told(parseMaybe(text)).message).not.toBe("");
      }),
    );
  });
});

describe("findError", () => {
  it.each([
    { error: { message: "x" } },
    { error: "x" },
    { error: {} },
    { object: "error" },
    { type: "error", message: "x" },
  ])("finds the error in %j", (value) => {
    expect(findError(value)).toBeDefined();
  });

  it.each([
    { error: null },
    { error: false },
    { error: undefined },
    {},
    [],
    null,
    "error",
    5,
    { choices: [] },
    { message: "x" },
  ])("finds no error in %j", (value) => {
    expect(findError(value)).toBeUndefined();
  });
});
