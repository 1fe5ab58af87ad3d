import { describe, expect, it } from "vitest";
import * as errors from "../src/errors.ts";

const PARTIAL = { text: "a", reasoning: "", message: undefined, toolCalls: [], usage: undefined };
const samples = {
  APIError: new errors.APIError("No.", { status: 400 }),
  ConnectionError: new errors.ConnectionError("No."),
  TimeoutError: new errors.TimeoutError("idle", 5),
  StreamError: new errors.StreamError("No.", "truncated", PARTIAL),
  InputError: new errors.InputError("messages[1].content", "a string", "null"),
  ToolError: new errors.ToolError("No.", "f", "call_1"),
};
const guards = {
  APIError: errors.isAPIError,
  ConnectionError: errors.isConnectionError,
  TimeoutError: errors.isTimeoutError,
  StreamError: errors.isStreamError,
  InputError: errors.isInputError,
  ToolError: errors.isToolError,
};

describe("every error", () => {
  it("is an OpenAIError with its class in name and kind", () => {
    for (const [name, error] of Object.entries(samples))
      expect([
        error instanceof errors.OpenAIError,
        error instanceof Error,
        error.name,
        error.kind,
        typeof error.stack,
      ]).toEqual([true, true, name, name, "string"]);
  });

  it("is recognised by its own guard, and by no other", () => {
    for (const [name, error] of Object.entries(samples)) {
      expect(
        Object.entries(guards)
          .filter(([, guard]) => guard(error))
          .map(([guard]) => guard),
      ).toEqual([name]);
    }
  });

  it("is recognised across copies of the package and realms by its kind", () => {
    for (const [name, guard] of Object.entries(guards)) expect(guard({ kind: name })).toBe(true);
  });

  it("is not recognised in other values", () => {
    for (const value of [undefined, null, 5, "APIError", {}, new Error("APIError"), { name: "APIError" }]) {
      for (const guard of [...Object.values(guards), errors.isAbortError]) expect(guard(value)).toBe(false);
    }
  });
});

describe("an abort", () => {
  it("is recognised whatever its class", () => {
    for (const error of [
      errors.abortError(),
      new errors.StreamError("x", "aborted", PARTIAL),
      new DOMException("x", "AbortError"),
    ])
      expect(errors.isAbortError(error)).toBe(true);
    for (const ending of ["truncated", "stalled", "provider_error"] as const)
      expect(errors.isAbortError(new errors.StreamError("x", ending, PARTIAL))).toBe(false);
    expect(errors.isAbortError(new errors.TimeoutError("total", 5))).toBe(false);
  });

  it("of a stream is still a StreamError", () => {
    const error = new errors.StreamError("x", "aborted", PARTIAL);
    expect([error.name, error.kind, errors.isStreamError(error)]).toEqual(["AbortError", "StreamError", true]);
  });

  it("has the reason", () => {
    const reason = new Error("mine");
    expect(errors.abortError(reason).cause).toBe(reason);
  });
});

describe("the fields of errors", () => {
  it("have the provider's code and type if a stream failed with its error", () => {
    const cause = new errors.APIError("No.", { status: 200, code: 429, type: "t" });
    expect(new errors.StreamError("No.", "provider_error", PARTIAL, cause)).toMatchObject({
      code: 429,
      type: "t",
      cause,
      partial: PARTIAL,
    });
    expect(new errors.StreamError("No.", "truncated", PARTIAL)).toMatchObject({ code: undefined, type: undefined });
  });

  it("have no cause if there is none", () => {
    for (const error of [
      new errors.APIError("x", { status: 400 }),
      new errors.StreamError("x", "truncated", PARTIAL),
      new errors.ToolError("x", "f", "c"),
    ])
      expect("cause" in error).toBe(false);
  });

  it("say which limit was exceeded, and how to raise it", () => {
    expect(new errors.TimeoutError("first_content", 300_000).message).toBe(
      "Timed out: no content within 300000 ms (timeout.firstContent)",
    );
    for (const phase of ["headers", "idle", "total"] as const)
      expect(new errors.TimeoutError(phase, 5).message).toContain(`timeout.${phase}`);
  });

  it("say where, what was expected and what was received", () => {
    expect(samples.InputError.message).toBe("messages[1].content: expected a string, received null");
  });

  it("have the request id of the headers", () => {
    expect(new errors.APIError("x", { status: 400, headers: new Headers({ "x-request-id": "r" }) }).requestId).toBe(
      "r",
    );
  });
});
