import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { TimeoutError } from "../../src/errors.ts";
import { resolveTimeouts, type Timeouts } from "../../src/http/timeouts.ts";
import { CallWatch, type Watch } from "../../src/http/watch.ts";
import { countedSignal, failure, fakeTime } from "../support/streams.ts";

const make = (limits: Timeouts = {}, signal?: AbortSignal): { watch: Watch; stops: unknown[] } => {
  const watch = new CallWatch(resolveTimeouts(true, limits), signal);
  const stops: unknown[] = [];
  watch.onStop = (error) => stops.push(error);
  return { watch, stops };
};

beforeEach(fakeTime);
afterEach(() => {
  // In this order: a spy on a faked timer would put the fake one back.
  vi.restoreAllMocks();
  vi.useRealTimers();
});

describe("a watch", () => {
  it("stops a silence that lasts as long as its limit, and not before", () => {
    const { watch, stops } = make({ idle: 1_000 });
    watch.enter("idle");
    watch.wait();
    vi.advanceTimersByTime(999);
    expect(stops).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(stops).toEqual([expect.objectContaining({ phase: "idle", timeout: 1_000 })]);
    expect(watch.error).toBeInstanceOf(TimeoutError);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("starts counting anew at content, and sets no timer for it", () => {
    const set = vi.spyOn(globalThis, "setTimeout");
    const { watch, stops } = make({ idle: 1_000, total: Infinity });
    watch.enter("idle");
    for (let i = 0; i < 1_000; i++) {
      watch.wait();
      vi.advanceTimersByTime(10);
      watch.rest(true);
    }
    expect(stops).toEqual([]);
    expect(set.mock.calls.length).toBeLessThan(25);
    watch.wait();
    vi.advanceTimersByTime(1_000);
    expect(stops).toHaveLength(1);
  });

  it("adds up silences that nothing but keep-alives broke", () => {
    const { watch, stops } = make({ idle: 1_000 });
    watch.enter("idle");
    for (let i = 0; i < 9; i++) {
      watch.wait();
      vi.advanceTimersByTime(100);
      watch.rest(false);
    }
    expect(stops).toEqual([]);
    watch.wait();
    vi.advanceTimersByTime(100);
    expect(stops).toHaveLength(1);
  });

  it("does not count while nobody reads, and is exact afterwards", () => {
    const { watch, stops } = make({ idle: 1_000, total: Infinity });
    watch.enter("idle");
    watch.wait();
    vi.advanceTimersByTime(600);
    watch.rest(false);
    vi.advanceTimersByTime(3_599_700);
    expect(stops).toEqual([]);
    watch.wait();
    vi.advanceTimersByTime(399);
    expect(stops).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(stops).toHaveLength(1);
  });

  it("looks seldom while nobody reads", () => {
    const { watch } = make({ idle: 1_000, total: Infinity });
    watch.enter("idle");
    watch.wait();
    vi.advanceTimersByTime(999);
    watch.rest(false);
    const set = vi.spyOn(globalThis, "setTimeout");
    vi.advanceTimersByTime(10_000);
    expect(set.mock.calls.length).toBeLessThan(150);
  });

  it("counts the whole also while nobody reads", () => {
    const { watch, stops } = make({ idle: 60_000, total: 5_000 });
    watch.enter("idle");
    vi.advanceTimersByTime(5_000);
    expect(stops).toEqual([expect.objectContaining({ phase: "total", timeout: 5_000 })]);
  });

  it("ends a grace without an error", () => {
    const { watch, stops } = make({ grace: 50 });
    watch.enter("grace");
    watch.wait();
    vi.advanceTimersByTime(50);
    expect(stops).toEqual([undefined]);
  });

  it("stops once, lets go of the signal, and starts no timer afterwards", () => {
    const { controller, signal, listeners } = countedSignal();
    const { watch, stops } = make({ idle: 10, total: 20 }, signal);
    expect(listeners()).toBe(1);
    watch.enter("idle");
    watch.wait();
    vi.advanceTimersByTime(10);
    controller.abort();
    watch.enter("grace");
    watch.wait();
    vi.advanceTimersByTime(10_000);
    expect(stops).toHaveLength(1);
    expect(listeners()).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("takes limits that no timer can hold", () => {
    const { watch, stops } = make({ idle: 2 ** 40, total: Infinity });
    watch.enter("idle");
    watch.wait();
    vi.advanceTimersByTime(2 ** 33);
    expect(stops).toEqual([]);
    watch.close();
  });

  it("needs no timer at all where nothing is limited", () => {
    const { watch } = make({ idle: Infinity, total: Infinity });
    watch.enter("idle");
    watch.wait();
    expect(vi.getTimerCount()).toBe(0);
    expect(watch.left()).toBe(Infinity);
  });
});

describe("an abort", () => {
  it("stops at once, with the signal's reason as the cause", () => {
    const reason = new Error("mine");
    const controller = new AbortController();
    const { watch, stops } = make({}, controller.signal);
    watch.enter("headers");
    controller.abort(reason);
    expect(stops).toEqual([expect.objectContaining({ name: "AbortError", cause: reason })]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("that came before is known from the start, and adds no listener", async () => {
    const { controller, signal, listeners } = countedSignal();
    controller.abort();
    const { watch } = make({}, signal);
    expect(watch.error).toMatchObject({ name: "AbortError" });
    expect(listeners()).toBe(0);
    const late = Promise.reject(new Error("of nobody's interest"));
    expect(await failure(watch.race(late))).toMatchObject({ name: "AbortError" });
  });

  it("ends a sleep at once", async () => {
    const controller = new AbortController();
    const { watch } = make({}, controller.signal);
    const slept = failure(watch.sleep(60_000));
    controller.abort();
    expect(await slept).toMatchObject({ name: "AbortError" });
    expect(vi.getTimerCount()).toBe(0);
  });

  it("still counts after a revival, as does the time that has passed", () => {
    const { controller, signal, listeners } = countedSignal();
    const { watch, stops } = make({ idle: 1_000, total: 1_500 }, signal);
    watch.enter("idle");
    watch.wait();
    vi.advanceTimersByTime(1_000);
    watch.revive();
    expect(watch.error).toBeUndefined();
    expect(watch.left()).toBe(500);
    expect(listeners()).toBe(1);
    watch.onStop = (error) => stops.push(error);
    controller.abort();
    expect(stops).toMatchObject([{ phase: "idle" }, { name: "AbortError" }]);
    watch.revive();
    expect(watch.error).toMatchObject({ name: "AbortError" });
    expect(listeners()).toBe(0);
  });
});
