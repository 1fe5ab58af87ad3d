import { afterEach, beforeEach, expect, it, vi } from "vitest";
import * as core from "../../src/index.ts";
import * as media from "../../src/media/index.ts";
import * as responses from "../../src/responses/index.ts";
import * as testing from "../../src/testing/index.ts";
import * as stores from "../../src/vector-stores/index.ts";
import * as webhooks from "../../src/webhooks/index.ts";
import type { ConformanceCase } from "./case.ts";
import { inLanes, lanesOf, runCase, runPatiently, runsOf } from "./run.ts";

const fetchat = { ...core, ...media, ...responses, ...stores, ...webhooks };
const unhandled: ((reason: unknown) => void)[] = [];
const world = {
  fetchat,
  testing,
  server: "http://127.0.0.1:9",
  onUnhandled: (seen: (reason: unknown) => void) => {
    unhandled.push(seen);
    return () => void unhandled.splice(unhandled.indexOf(seen), 1);
  },
};
const named = (name: string, more: Partial<ConformanceCase> = {}): ConformanceCase => ({
  name,
  run: async () => undefined,
  ...more,
});
const sleep = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Returns the outcome of a promise after advancing fake time. */
async function soon<T>(promise: Promise<T>): Promise<T> {
  await vi.runAllTimersAsync();
  return promise;
}

it("a case that hangs fails at its deadline", async () => {
  const hangs = named("hangs", { run: () => new Promise(() => undefined), timeout: 300 });
  expect(await soon(runCase({ test: hangs, pieces: "whole" }, world))).toMatchObject({
    ok: false,
    error: expect.stringContaining("did not end within 300 ms") as string,
  });
});

it("a rejection that nobody handles fails the case that ran", async () => {
  const careless = named("careless", {
    run: async () => void sleep(3).then(() => unhandled.forEach((seen) => seen(new Error("left alone")))),
  });
  expect(await soon(runCase({ test: careless, pieces: "whole" }, world))).toMatchObject({
    ok: false,
    error: "unhandled rejection: Error: left alone",
  });
});

it("a failure that took no time is not tried again", async () => {
  const run = vi.fn(async () => {
    throw new Error("wrong");
  });
  const result = await soon(runPatiently({ test: named("wrong", { run }), pieces: "whole" }, world));
  expect([run.mock.calls.length, result.ok, "late" in result]).toEqual([1, false, false]);
});

it("what is wrong however long it takes fails, after a second attempt", async () => {
  const run = vi.fn(async () => {
    await sleep(1_200);
    throw new Error("wrong");
  });
  const result = await soon(runPatiently({ test: named("wrong", { run }), pieces: "whole" }, world));
  expect([run.mock.calls.length, result.ok]).toEqual([2, false]);
});

it("what failed for want of time is tried once more with four times the time, and tells of it", async () => {
  const seen: number[] = [];
  const slow = named("slow", {
    timeout: 2_000,
    run: async ({ limits }) => {
      seen.push(limits.idle, limits.grace);
      await sleep(5_000);
    },
  });
  const result = await soon(runPatiently({ test: slow, pieces: "whole" }, world));
  expect(result).toMatchObject({ ok: true, late: expect.stringContaining("did not end within 2000 ms") as string });
  expect(seen).toEqual([1_200, 1_500, 4_800, 6_000]);
});

it("a selection takes words, names, cuts and a deadline", () => {
  const cases = [named("an abort"), named("an ending", { streams: true }), named("another ending", { streams: [7] })];
  const runs = (selection: Parameters<typeof runsOf>[1]): unknown[] =>
    runsOf(cases, selection).map(({ test, pieces }) => [test.name, pieces]);
  expect(runs({})).toHaveLength(6);
  expect(runs({ word: "abort" })).toEqual([["an abort", "whole"]]);
  expect(runs({ names: ["another ending", "nothing"] })).toEqual([["another ending", 7]]);
  expect(runs({ pieces: ["whole", 7] })).toEqual([
    ["an abort", "whole"],
    ["an ending", "whole"],
    ["an ending", 7],
    ["another ending", 7],
  ]);
  expect(runsOf(cases, { deadline: 70 }).every(({ test }) => test.timeout === 70)).toBe(true);
});

it("cases that wait run beside the others, and every run is performed once", async () => {
  const cases = [named("a"), named("b", { waits: true, streams: true }), named("c"), named("d", { waits: true })];
  expect(lanesOf(runsOf(cases), 0)).toEqual([runsOf(cases).map((_, n) => n)]);
  const lanes = lanesOf(runsOf(cases), 2);
  expect(lanes).toEqual([
    [0, 5],
    [1, 3, 6],
    [2, 4],
  ]);
  const order: string[] = [];
  await soon(
    inLanes(lanes, async (n, lane) => {
      order.push(`${lane}: ${n}`);
      await sleep(lane === 0 ? 1 : 10);
    }),
  );
  expect(order).toEqual(["0: 0", "1: 1", "2: 2", "0: 5", "1: 3", "2: 4", "1: 6"]);
});
