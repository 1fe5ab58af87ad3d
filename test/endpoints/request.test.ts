import { afterEach, describe, expect, it, vi } from "vitest";
import { httpInfo } from "../../src/index.ts";
import { jsonCall, pathPart } from "../../src/endpoints/request.ts";
import { body, clientOf, countedSignal, failure, fakeTime, json, pass, server, settle } from "../support/streams.ts";

afterEach(() => void vi.useRealTimers());

describe("request()", () => {
  it.each<
    [
      path: string,
      params: object | undefined,
      options: { method: string } | undefined,
      sent: [method: string, path: string, body: unknown],
    ]
  >([
    ["/models", undefined, undefined, ["GET", "/models", undefined]],
    ["/x", { a: 1 }, undefined, ["POST", "/x", { a: 1 }]],
    [
      "/x",
      { a: 1, b: ["x", "y z"], c: undefined, d: null, e: true },
      { method: "GET" },
      ["GET", "/x?a=1&b=x&b=y+z&e=true", undefined],
    ],
    ["/x", { a: 1 }, { method: "get" }, ["GET", "/x?a=1", undefined]],
    ["/x", {}, { method: "GET" }, ["GET", "/x", undefined]],
    ["/x/1", undefined, { method: "DELETE" }, ["DELETE", "/x/1", undefined]],
    ["/x/1", { a: 1 }, { method: "PATCH" }, ["PATCH", "/x/1", { a: 1 }]],
    ["/x?y=1", undefined, undefined, ["GET", "/x?y=1", undefined]],
  ])("%s with %j and %j is sent as %j", async (path, params, options, sent) => {
    const api = server(() => json({ ok: 1 }));
    expect(await clientOf(api).request(path, params, options)).toEqual({ ok: 1 });
    expect([
      api.seen[0]!.init.method,
      api.seen[0]!.url.slice("https://api.openai.com/v1".length),
      api.seen[0]!.body,
    ]).toEqual(sent);
    expect(api.seen[0]!.headers.get("content-type")).toBe(sent[2] === undefined ? null : "application/json");
  });

  it.each(["models", "", "https://evil.example/v1", "@evil.example", ".evil.example"])(
    "refuses the path %j, which could leave the host",
    async (path) => {
      const api = server(() => json({}));
      expect(await failure(clientOf(api).request(path))).toMatchObject({ kind: "InputError", path: "path" });
      expect(api.seen).toEqual([]);
    },
  );

  it("returns any JSON unchanged, with HTTP information if it is an object", async () => {
    expect(await clientOf([json("[1]")]).request("/x")).toEqual([1]);
    expect(await clientOf([json("5")]).request("/x")).toBe(5);
    expect(httpInfo(await clientOf([json("[1]", 200, { "x-request-id": "r" })]).request("/x"))?.requestId).toBe("r");
  });

  it("returns undefined for an empty answer", async () => {
    expect(
      await clientOf([new Response(null, { status: 204 })]).request("/x/1", undefined, { method: "DELETE" }),
    ).toBeUndefined();
    expect(await clientOf([new Response("")]).request("/x/1", undefined, { method: "DELETE" })).toBeUndefined();
  });

  it("can be aborted while it reads, and releases everything", async () => {
    fakeTime();
    const { controller, signal, listeners } = countedSignal();
    const slow = body("[1,", "hang");
    const error = failure(clientOf([new Response(slow.stream)]).request("/x", undefined, { signal }));
    await settle();
    controller.abort();
    expect((await error).name).toBe("AbortError");
    expect([slow.cancels, listeners(), vi.getTimerCount()]).toEqual([1, 0, 0]);
  });

  it("times out while it reads", async () => {
    fakeTime();
    const slow = body("[1,", "hang");
    const error = failure(clientOf([new Response(slow.stream)]).request("/x", undefined, { timeout: 1_000 }));
    await pass(1_000);
    expect(await error).toMatchObject({ kind: "TimeoutError", phase: "total" });
    expect([slow.cancels, vi.getTimerCount()]).toEqual([1, 0]);
  });

  it("releases listeners and timers after a good answer", async () => {
    fakeTime();
    const { signal, listeners } = countedSignal();
    await clientOf([json({})]).request("/x", undefined, { signal });
    expect([listeners(), vi.getTimerCount()]).toEqual([0, 0]);
  });
});

describe("an id in a path", () => {
  it("is encoded, so that it cannot reach another path", () => {
    expect([pathPart("id", "a/../b?c#d"), pathPart("id", "ü")]).toEqual(["a%2F..%2Fb%3Fc%23d", "%C3%BC"]);
  });

  it.each(["", ".", "..", undefined, null, 5, {}])("is rejected if it is %j", (id) => {
    expect(() => pathPart("fileId", id)).toThrow(expect.objectContaining({ kind: "InputError", path: "fileId" }));
  });
});

describe("a call", () => {
  it("has its options", () => {
    const options = { maxRetries: 1 };
    expect(jsonCall("/x", { a: 1 }, options)).toEqual({
      path: "/x",
      method: "POST",
      body: '{"a":1}',
      contentType: "application/json",
      options,
    });
  });
});

describe("client.fetch()", () => {
  it("returns the raw response of any status", async () => {
    const api = server(new Response("No.", { status: 418 }));
    const response = await clientOf(api, { maxRetries: 2 }).fetch("/teapot", {
      method: "PUT",
      body: "x",
      headers: { "x-a": "1" },
    });
    expect([
      response.status,
      await response.text(),
      api.seen.length,
      api.seen[0]!.init.method,
      api.seen[0]!.body,
    ]).toEqual([418, "No.", 1, "PUT", "x"]);
    expect(Object.fromEntries(api.seen[0]!.headers)).toEqual({
      accept: "*/*",
      authorization: "Bearer sk-test-0123456789",
      "x-a": "1",
    });
  });

  it("has no time limits after the headers, and can still be aborted", async () => {
    fakeTime();
    const controller = new AbortController();
    const api = server(new Response(body("a", "hang").stream));
    const response = await clientOf(api, { timeout: 100 }).fetch("/x", { signal: controller.signal });
    await pass(10_000);
    expect([api.seen[0]!.init.signal?.aborted, vi.getTimerCount()]).toEqual([false, 0]);
    controller.abort();
    expect(api.seen[0]!.init.signal?.aborted).toBe(true);
    expect(response.status).toBe(200);
  });

  it("rejects a path that is not one", async () => {
    expect(await failure(clientOf([]).fetch(5 as unknown as string))).toMatchObject({
      kind: "InputError",
      path: "path",
    });
  });
});
