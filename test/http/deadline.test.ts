import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { TimeoutError } from "../../src/errors.ts";
import { resolveTimeouts, type Timeouts } from "../../src/http/timeouts.ts";
import { Deadline } from "../../src/http/deadline.ts";
import { countedSignal, failure, fakeTime } from "../support/streams.ts";

const make = (limits: Timeouts = {}, signal?: AbortSignal): { deadline: Deadline; stops: unknown[] } => {
  const deadline = new Deadline(resolveTimeouts(true, limits), signal);
  const stops: unknown[] = [];
  deadline.onStop = (error) => stops.push(error);
  return { deadline, stops };
};

beforeEach(fakeTime);
afterEach(() => {
  // In this order: a spy on a faked timer would restore the fake one.
  vi.restoreAllMocks();
  vi.useRealTimers();
});

describe("Deadline", () => {
  it("stops the call when a silence reaches its limit, and not before", () => {
    const { deadline, stops } = make({ idle: 1_000 });
    deadline.startPhase("idle");
    deadline.resume();
    vi.advanceTimersByTime(999);
    expect(stops).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(stops).toEqual([expect.objectContaining({ phase: "idle", timeout: 1_000 })]);
    expect(deadline.error).toBeInstanceOf(TimeoutError);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("resets the silence at content without setting a timer", () => {
    const set = vi.spyOn(globalThis, "setTimeout");
    const { deadline, stops } = make({ idle: 1_000, total: Infinity });
    deadline.startPhase("idle");
    for (let i = 0; i < 1_000; i++) {
      deadline.resume();
      vi.advanceTimersByTime(10);
      deadline.pause(true);
    }
    expect(stops).toEqual([]);
    expect(set.mock.calls.length).toBeLessThan(25);
    deadline.resume();
    vi.advanceTimersByTime(1_000);
    expect(stops).toHaveLength(1);
  });

  it("adds up silences that only keep-alives interrupt", () => {
    const { deadline, stops } = make({ idle: 1_000 });
    deadline.startPhase("idle");
    for (let i = 0; i < 9; i++) {
      deadline.resume();
      vi.advanceTimersByTime(100);
      deadline.pause(false);
    }
    expect(stops).toEqual([]);
    deadline.resume();
    vi.advanceTimersByTime(100);
    expect(stops).toHaveLength(1);
  });

  it("does not count the time between reads", () => {
    const { deadline, stops } = make({ idle: 1_000, total: Infinity });
    deadline.startPhase("idle");
    deadline.resume();
    vi.advanceTimersByTime(600);
    deadline.pause(false);
    vi.advanceTimersByTime(3_599_700);
    expect(stops).toEqual([]);
    deadline.resume();
    vi.advanceTimersByTime(399);
    expect(stops).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(stops).toHaveLength(1);
  });

  it("wakes rarely while nobody reads", () => {
    const { deadline } = make({ idle: 1_000, total: Infinity });
    deadline.startPhase("idle");
    deadline.resume();
    vi.advanceTimersByTime(999);
    deadline.pause(false);
    const set = vi.spyOn(globalThis, "setTimeout");
    vi.advanceTimersByTime(10_000);
    expect(set.mock.calls.length).toBeLessThan(150);
  });

  it("applies the total limit while nobody reads", () => {
    const { deadline, stops } = make({ idle: 60_000, total: 5_000 });
    deadline.startPhase("idle");
    vi.advanceTimersByTime(5_000);
    expect(stops).toEqual([expect.objectContaining({ phase: "total", timeout: 5_000 })]);
  });

  it("ends the grace without an error", () => {
    const { deadline, stops } = make({ grace: 50 });
    deadline.startPhase("grace");
    deadline.resume();
    vi.advanceTimersByTime(50);
    expect(stops).toEqual([undefined]);
  });

  it("stops once, removes its abort listener and starts no further timer", () => {
    const { controller, signal, listeners } = countedSignal();
    const { deadline, stops } = make({ idle: 10, total: 20 }, signal);
    expect(listeners()).toBe(1);
    deadline.startPhase("idle");
    deadline.resume();
    vi.advanceTimersByTime(10);
    controller.abort();
    deadline.startPhase("grace");
    deadline.resume();
    vi.advanceTimersByTime(10_000);
    expect(stops).toHaveLength(1);
    expect(listeners()).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("accepts limits longer than setTimeout can wait", () => {
    const { deadline, stops } = make({ idle: 2 ** 40, total: Infinity });
    deadline.startPhase("idle");
    deadline.resume();
    vi.advanceTimersByTime(2 ** 33);
    expect(stops).toEqual([]);
    deadline.close();
  });

  it("sets no timer if nothing is limited", () => {
    const { deadline } = make({ idle: Infinity, total: Infinity });
    deadline.startPhase("idle");
    deadline.resume();
    expect(vi.getTimerCount()).toBe(0);
    expect(deadline.remaining()).toBe(Infinity);
  });
});

describe("An abort", () => {
  it("stops the call at once, with the signal's reason as the cause", () => {
    const reason = new Error("mine");
    const controller = new AbortController();
    const { deadline, stops } = make({}, controller.signal);
    deadline.startPhase("headers");
    controller.abort(reason);
    expect(stops).toEqual([expect.objectContaining({ name: "AbortError", cause: reason })]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("before the call is reported at once and adds no listener", async () => {
    const { controller, signal, listeners } = countedSignal();
    controller.abort();
    const { deadline } = make({}, signal);
    expect(deadline.error).toMatchObject({ name: "AbortError" });
    expect(listeners()).toBe(0);
    const late = Promise.reject(new Error("ignored"));
    expect(await failure(deadline.race(late))).toMatchObject({ name: "AbortError" });
  });

  it("interrupts the wait before a retry", async () => {
    const controller = new AbortController();
    const { deadline } = make({}, controller.signal);
    const slept = failure(deadline.sleep(60_000));
    controller.abort();
    expect(await slept).toMatchObject({ name: "AbortError" });
    expect(vi.getTimerCount()).toBe(0);
  });

  it("still counts after a restart, like the time that has passed", () => {
    const { controller, signal, listeners } = countedSignal();
    const { deadline, stops } = make({ idle: 1_000, total: 1_500 }, signal);
    deadline.startPhase("idle");
    deadline.resume();
    vi.advanceTimersByTime(1_000);
    deadline.restart();
    expect(deadline.error).toBeUndefined();
    expect(deadline.remaining()).toBe(500);
    expect(listeners()).toBe(1);
    deadline.onStop = (error) => stops.push(error);
    controller.abort();
    expect(stops).toMatchObject([{ phase: "idle" }, { name: "AbortError" }]);
    deadline.restart();
    expect(deadline.error).toMatchObject({ name: "AbortError" });
    expect(listeners()).toBe(0);
  });
});
