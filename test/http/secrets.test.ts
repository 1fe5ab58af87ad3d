import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { redactError } from "../../src/http/redactError.ts";
import {
  hasSecret,
  needlesOf,
  redactHeaders,
  redactJSON,
  redactor,
  secretsOf,
  unfinishedSecret,
} from "../../src/http/secrets.ts";
import { ENCODINGS, holdsSecret } from "../support/encodings.ts";

const KEY = "sk-proj-A1b2/C3d4+E5f6==";
const redact = redactor([KEY]);

describe("redactor", () => {
  it.each(ENCODINGS)("replaces a secret written %s", (_, encode) => {
    const text = `before "${encode(KEY)}" after`;
    expect(holdsSecret(text, KEY)).toBe(true);
    expect(holdsSecret(redact(text), KEY)).toBe(false);
    expect(redact(text)).toMatch(/^before ".*\[key\].*" after$/);
  });

  it.each(ENCODINGS)("keeps JSON valid for a secret written %s", (_, encode) => {
    const text = `{"a\\nb":"\\"\\\\${encode(KEY)}\\n","n":1}`;
    const parsed = JSON.parse(redact(text)) as Record<string, unknown>;
    expect(Object.keys(parsed)).toEqual(["a\nb", "n"]);
    expect(holdsSecret(JSON.stringify(parsed), KEY)).toBe(false);
  });

  it("replaces every occurrence, also in names and values of JSON", () => {
    expect(redact(`${KEY} ${KEY}${KEY}`)).toBe("[key] [key][key]");
    expect(redactJSON({ [KEY]: [{ a: KEY }], n: 1 }, redact)).toEqual({ "[key]": [{ a: "[key]" }], n: 1 });
    const same = { n: 1 };
    expect(redactJSON(same, redact)).toBe(same);
  });

  it("changes no text without a secret", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => redact(text) === text),
      { numRuns: 500 },
    );
    for (const text of ["İ\\u0130%25&amp;", "\\", "%", "&", "&#99999999;", "sk-proj-", "100%41"])
      expect(redact(text)).toBe(text);
  });

  it("searches long texts in linear time", () => {
    const start = performance.now();
    for (const text of ["\\", "%25", "&amp;", "&#0", "\\u{0", "sk-proj-", "%", "s"])
      expect(redact(text.repeat(20_000) + KEY)).not.toContain(KEY);
    expect(redact(`${KEY}\\/`.repeat(5_000))).not.toContain(KEY);
    expect(performance.now() - start).toBeLessThan(5_000);
  });

  it("accepts secrets of any length", () => {
    const long = "k9".repeat(500_000);
    expect(redactor([long])(`It is ${long}.`)).toBe("It is [key].");
  });

  it("finds the beginning of a secret at the end of a text, wherever it is cut", () => {
    const needles = needlesOf([KEY]);
    for (let cut = 1; cut < KEY.length; cut++)
      for (const encode of [
        (one: string) => one,
        encodeURIComponent,
        (one: string) => JSON.stringify(one).slice(1, -1),
      ])
        expect(unfinishedSecret(`a"${encode(KEY.slice(0, cut))}`, needles)).toMatchObject({ start: 2, length: cut });
    expect(unfinishedSecret("nothing of it.", needles)).toEqual({ start: 14, share: 0, length: 0 });
  });
});

describe("secretsOf", () => {
  it.each([
    "authorization",
    "proxy-authorization",
    "cookie",
    "api-key",
    "x-api-key",
    "x-goog-api-key",
    "cf-aig-authorization",
    "x-amz-security-token",
    "private-token",
    "x-vault-token",
    "helicone-auth",
    "x-functions-key",
    "ocp-apim-subscription-key",
    "x-signature",
    "x-client-secret",
    "my-credential",
    "x-password",
    "x-session",
  ])("returns any value of %s", (name) => {
    expect(secretsOf({ [name]: "Bearer open-sesame" })).toContain("open-sesame");
    expect(secretsOf({ [name]: "open-sesame" })).toContain("open-sesame");
    expect(hasSecret({ [name]: "x" })).toBe(true);
  });

  it("returns values of other headers that look like a secret", () => {
    expect(secretsOf({ "x-door": "A1b2C3d4" })).toEqual(["A1b2C3d4"]);
    expect(secretsOf({ "x-door": "correct-horse-battery-staple" })).toEqual(["correct-horse-battery-staple"]);
    expect(secretsOf({ "x-tenant": "my-company", "x-on": "true", "x-count": "1234567890" })).toEqual([]);
  });

  it("returns no value of a harmless header", () => {
    const headers = {
      accept: "application/json",
      "content-type": "application/json; charset=utf-8",
      "openai-organization": "org-1234567890abcdef",
      "openai-beta": "assistants=v2",
      "idempotency-key": "0f8fad5b-d9cb-469f-a165-70867728950e",
      "user-agent": "Mozilla/5.0 (X11; Linux x86_64)",
      "anthropic-version": "2023-06-01-preview",
    };
    expect(secretsOf(headers)).toEqual([]);
    expect(hasSecret(headers)).toBe(false);
  });

  it("returns the key in any header, passwords, values of cookies and keys in the query", () => {
    expect(secretsOf({ "x-any": "my-secret" }, "", "my-secret")).toEqual(["my-secret"]);
    expect(secretsOf({ authorization: `Basic ${btoa("user:open-sesame")}` })).toContain("open-sesame");
    expect(secretsOf({ cookie: "a=b; sid=A1b2C3d4E5" })).toContain("A1b2C3d4E5");
    expect(secretsOf({}, "https://api.example/v1?key=A1b2C3%2Fd4&page=1234567890")).toEqual(["A1b2C3/d4"]);
  });
});

describe("redactHeaders", () => {
  it("replaces secrets in values and removes headers whose name holds one", () => {
    const headers = new Headers({ "x-echo": `a ${KEY} b`, "x-lower-open-sesame": "1", "x-ok": "2" });
    headers.append("set-cookie", `k=${KEY}`);
    const redacted = redactHeaders(headers, redactor([KEY, "open-sesame"]));
    expect([...redacted]).toEqual([
      ["x-echo", "a [key] b"],
      ["x-ok", "2"],
    ]);
    const clean = new Headers({ a: "b" });
    expect(redactHeaders(clean, redact)).toBe(clean);
  });
});

describe("redactError", () => {
  it("returns a foreign error itself if it holds no secret", () => {
    const error = new TypeError("fetch failed", { cause: new Error("ECONNREFUSED") });
    expect(redactError(error, redact)).toBe(error);
    expect(redactError("text", redact)).toBe("text");
  });

  it.each([
    ["its message", new TypeError(`bad ${KEY}`)],
    ["its stack alone", Object.assign(new Error("bad"), { stack: `Error\n at ${KEY}` })],
    ["its name", Object.assign(new Error("bad"), { name: KEY })],
    ["a field", Object.assign(new Error("bad"), { code: KEY })],
    ["a field's name", Object.assign(new Error("bad"), { [KEY]: 1 })],
    ["an object in it", Object.assign(new Error("bad"), { config: { headers: { authorization: `Bearer ${KEY}` } } })],
    ["headers in it", Object.assign(new Error("bad"), { sent: new Headers({ authorization: KEY }) })],
    [
      "a request in it",
      Object.assign(new Error("bad"), { request: new Request("https://a.example", { headers: { a: KEY } }) }),
    ],
    ["a map in it", Object.assign(new Error("bad"), { map: new Map([["a", KEY]]) })],
    ["its cause", new Error("bad", { cause: new Error("worse", { cause: KEY }) })],
    ["errors in it", new AggregateError([new Error(KEY)], "bad")],
    ["an escaped form", new Error(`bad ${encodeURIComponent(KEY)}`)],
    ["a field that is not enumerable", Object.defineProperty(new Error("bad"), "hidden", { value: KEY })],
    ["a field under a symbol", Object.assign(new Error("bad"), { [Symbol("s")]: KEY })],
  ])("copies an error with a secret in %s", (_, error) => {
    const copy = redactError(error, redact) as Error;
    expect(copy).not.toBe(error);
    expect(copy).toBeInstanceOf(Error);
    expect(copy.message).toContain("bad");
    for (let at: unknown = copy; at instanceof Error; at = at.cause)
      for (const name of Reflect.ownKeys(at))
        expect(holdsSecret(`${String(name)} ${String(Reflect.get(at, name))}`, KEY)).toBe(false);
  });

  it("keeps name, code and causes in the copy", () => {
    const error = Object.assign(new TypeError(`bad ${KEY}`, { cause: new Error("reset") }), {
      code: "ECONNRESET",
      errno: -104,
    });
    expect(redactError(error, redact)).toMatchObject({
      name: "TypeError",
      message: "bad [key]",
      code: "ECONNRESET",
      errno: -104,
      cause: error.cause,
    });
  });

  it("finds secrets that only a log shows: in symbols, functions and bytes", () => {
    const bytes = new TextEncoder().encode(`x${KEY}`);
    const hidden: unknown[] = [
      Symbol(KEY),
      Object.assign(() => undefined, { KEY }),
      Object.assign(new Error("bad"), { [Symbol(KEY)]: 1 }),
      Object.assign(new Error("bad"), { tag: Symbol(KEY) }),
      Object.assign(new Error("bad"), { body: bytes }),
      Object.assign(new Error("bad"), { body: bytes.subarray(1) }),
      Object.assign(new Error("bad"), { body: bytes.buffer }),
      Object.assign(new Error("bad"), { ask: Object.assign(() => undefined, { KEY }) }),
    ];
    for (const error of hidden) {
      const copy = redactError(error, redact);
      expect(copy).not.toBe(error);
      const shown = inspect(copy, { showHidden: true, depth: 9 });
      expect(shown).not.toContain(KEY);
      expect(shown).not.toContain(inspect(bytes).slice(20, 60));
    }
  });

  it("finds secrets behind getters, cycles and size", () => {
    const circle: Error = Object.assign(new Error("bad"), { key: KEY });
    Object.assign(circle, { self: circle });
    const throwing = Object.defineProperty(new Error("bad"), "x", {
      get: () => {
        throw new Error(KEY);
      },
    });
    const big = Object.assign(new Error("bad"), { list: Array.from({ length: 5_000 }, () => ({ KEY })) });
    for (const error of [circle, throwing, big]) {
      const copy = redactError(error, redact) as Error;
      expect(copy.message).toBe("bad");
      expect(Object.values(copy).join()).not.toContain(KEY);
    }
  });
});
