import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ChatSession } from "../../src/conversation/session.ts";
import { tool, type ToolContext } from "../../src/conversation/tools.ts";
import { createClient } from "../../src/index.ts";
import { checkMessages, createMockAPI, faults, type Fault, type Reply } from "../../src/testing/index.ts";

/** How one request is answered. */
interface Step {
  readonly words: number;
  readonly calls: readonly { readonly name: string; readonly cut: boolean; readonly wait: number }[];
  readonly finish: "natural" | "length" | "content_filter";
  readonly fault: {
    readonly kind: "none" | "cut" | "reset" | "stall" | "errorEvent" | "status" | "refuse";
    readonly at: number;
  };
}

interface TurnPlan {
  readonly mode: "whole" | "onChunk" | "loop" | "response" | "unread";
  readonly say: boolean;
  readonly steps: readonly Step[];
  /** The signal fires after so many milliseconds. */
  readonly abort: number | undefined;
  /** The loop is left at this event. */
  readonly leave: number | undefined;
}

const waits = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 40 }));
const step: fc.Arbitrary<Step> = fc.record({
  words: fc.integer({ min: 0, max: 4 }),
  calls: fc.array(
    fc.record({
      name: fc.constantFrom("good", "good", "throws", "hangs", "unknown", "hand"),
      cut: fc.integer({ max: 5, min: 0 }).map((n) => n === 0),
      wait: waits,
    }),
    { maxLength: 4 },
  ),
  finish: fc.constantFrom("natural", "natural", "natural", "length", "content_filter"),
  fault: fc.record({
    kind: fc.constantFrom("none", "none", "none", "cut", "reset", "stall", "errorEvent", "status", "refuse"),
    at: fc.integer({ min: 0, max: 4_000 }),
  }),
});
const turn: fc.Arbitrary<TurnPlan> = fc.record({
  mode: fc.constantFrom("whole", "onChunk", "loop", "response", "unread"),
  say: fc.boolean(),
  steps: fc.array(step, { minLength: 1, maxLength: 3 }),
  abort: fc.option(fc.integer({ min: 0, max: 120 }), { nil: undefined }),
  leave: fc.option(fc.integer({ min: 0, max: 12 }), { nil: undefined }),
});

function faultOf({ kind, at }: Step["fault"]): Fault | undefined {
  switch (kind) {
    case "cut":
      return faults.cut({ afterBytes: at });
    case "reset":
      return faults.reset({ afterBytes: at });
    case "stall":
      return faults.stall({ afterBytes: at });
    case "errorEvent":
      return faults.errorEvent({ afterEvents: at % 12 });
    case "refuse":
      return faults.reset({ before: "headers" });
    case "none":
    case "status":
      return undefined;
  }
}

/** A session against the mock API, with everything noted that has to hold. */
function stage() {
  const refused: string[] = [];
  const ran = new Map<string, number>();
  const finished = new Map<string, string>();
  const texts = new Set<string>();
  let queue: Step[] = [];
  let count = 0;
  const mock = createMockAPI({ pace: { firstToken: 3, perToken: 2 } });

  function reply(): Reply {
    const planned = queue.shift();
    const number = ++count;
    if (!planned) {
      texts.add(`answer ${number}`);
      return { text: `answer ${number}` };
    }
    const { words, calls, finish, fault } = planned;
    if (fault.kind === "status") return { status: 500 };
    const text = words === 0 ? undefined : Array.from({ length: words }, (_one, at) => `t${number}w${at}`).join(" ");
    if (text !== undefined) texts.add(text);
    const toolCalls = calls.map(({ name, cut, wait }, at) => ({
      id: `call_${number}_${at}`,
      name,
      arguments: cut ? '{"wait":' : { wait },
    }));
    const broken = faultOf(fault);
    return {
      ...(text === undefined && toolCalls.length > 0 ? {} : { text: text ?? "" }),
      ...(toolCalls.length > 0 && { toolCalls }),
      ...(finish !== "natural" && { finishReason: finish }),
      ...(broken && { fault: broken }),
    };
  }

  const note = ({ toolCallId }: ToolContext): void => void ran.set(toolCallId, (ran.get(toolCallId) ?? 0) + 1);
  const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  const tools = [
    tool<{ wait: number }>({
      name: "good",
      execute: async ({ wait }, context) => {
        note(context);
        await pause(wait);
        const result = `result of ${context.toolCallId}`;
        if (!context.signal.aborted) finished.set(context.toolCallId, result);
        return result;
      },
    }),
    tool<{ wait: number }>({
      name: "throws",
      execute: async ({ wait }, context) => {
        note(context);
        await pause(wait);
        throw new Error("boom");
      },
    }),
    tool({
      name: "hangs",
      timeout: 50,
      execute: (_args, context) => {
        note(context);
        return new Promise(() => undefined);
      },
    }),
    { type: "function" as const, function: { name: "hand" } },
  ];
  const client = createClient({
    apiKey: "k",
    maxRetries: 0,
    timeout: { headers: 100, firstContent: 100, idle: 100, total: 5_000 },
    fetch: (url, init) => {
      const { messages } = JSON.parse(init.body as string) as { messages: unknown };
      const fault = checkMessages(messages);
      if (fault !== undefined) refused.push(fault);
      mock.reply(reply());
      return mock.fetch(url, init);
    },
  });
  const chat = client.newChatSession<(typeof tools)[number]>({
    tools,
    maxSteps: 4,
    maxParallelTools: 2,
    messages: [{ role: "user", content: "go" }],
  });
  return { chat, refused, ran, finished, texts, plan: (steps: readonly Step[]) => void (queue = [...steps]) };
}

type AnySession = ChatSession<never>;

async function take(chat: AnySession, plan: TurnPlan): Promise<void> {
  const stopper = new AbortController();
  const timer = plan.abort === undefined ? undefined : setTimeout(() => stopper.abort(), plan.abort);
  const options = { signal: stopper.signal };
  try {
    if (plan.mode === "whole") await (plan.say ? chat.send("hello", {}, options) : chat.generateResponse({}, options));
    else if (plan.mode === "onChunk") await chat.generateResponse({}, { ...options, onChunk: () => undefined });
    else {
      const stream = await chat.stream(plan.say ? "hello" : undefined, {}, options);
      if (plan.mode === "unread") setTimeout(() => stream.cancel(), 30);
      else if (plan.mode === "response") await stream.toResponse().text();
      else {
        let events = 0;
        for await (const _event of stream) if (events++ === plan.leave) break;
      }
    }
  } finally {
    clearTimeout(timer);
  }
}

async function ended<T>(promise: Promise<T>): Promise<T | undefined> {
  let over = false;
  const outcome = promise
    .then(
      (value) => value,
      () => undefined,
    )
    .finally(() => (over = true));
  for (let round = 0; round < 200 && !over; round++) await vi.advanceTimersByTimeAsync(round < 20 ? 10 : 500);
  expect(over).toBe(true);
  return outcome;
}

function check({ chat, refused, ran, finished, texts }: ReturnType<typeof stage>): void {
  expect(refused).toEqual([]);
  expect([...ran.values()].filter((times) => times !== 1)).toEqual([]);
  const said = chat.messages.flatMap((message) =>
    message.role === "assistant" && typeof message.content === "string" ? [message.content] : [],
  );
  expect(said.filter((text) => text !== "" && !texts.has(text))).toEqual([]);
  expect(new Set(said.filter(Boolean)).size).toBe(said.filter(Boolean).length);
  // What the history holds is what the API accepts, not only what is sent.
  if (chat.messages.length > 0) expect(checkMessages(withoutOpenCalls(chat.messages))).toBeUndefined();
  for (const [id, content] of finished)
    expect(chat.messages).toContainEqual({ role: "tool", tool_call_id: id, content });
}

/** Calls of the last answer may be open: the program's own, to be run by hand. */
function withoutOpenCalls(messages: readonly unknown[]): readonly unknown[] {
  const last = messages as { role: string; tool_calls?: { id: string }[]; tool_call_id?: string }[];
  const at = last.findLastIndex((message) => message.role === "assistant");
  const open = (last[at]?.tool_calls ?? []).filter(({ id }) => !last.some((message) => message.tool_call_id === id));
  return open.length === 0
    ? messages
    : [
        ...last.slice(0, at + 1),
        ...open.map(({ id }) => ({ role: "tool", tool_call_id: id, content: "" })),
        ...last.slice(at + 1),
      ];
}

describe("a session, whatever happens", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it(
    "goes on with a request that the API accepts, says nothing twice, runs no call twice and loses no result",
    { timeout: 120_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(turn, { minLength: 1, maxLength: 3 }), async (turns) => {
          const scene = stage();
          for (const planned of turns) {
            scene.plan(planned.steps);
            await ended(take(scene.chat as unknown as AnySession, planned));
            // A stream that nobody reads is cancelled by then.
            scene.plan([]);
            check(scene);
            expect(await ended(scene.chat.generateResponse())).toMatch(/^answer/);
            check(scene);
          }
          await vi.advanceTimersByTimeAsync(10_000);
          expect(vi.getTimerCount()).toBe(0);
          check(scene);
        }),
        { numRuns: 400 },
      );
    },
  );

  it("keeps its order and its history where turns are asked for at once", { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(turn, { minLength: 2, maxLength: 4 }), async (turns) => {
        const scene = stage();
        scene.plan(turns.flatMap(({ steps }) => steps));
        await ended(Promise.allSettled(turns.map((planned) => take(scene.chat as unknown as AnySession, planned))));
        await vi.advanceTimersByTimeAsync(10_000);
        scene.plan([]);
        check(scene);
        expect(await ended(scene.chat.generateResponse())).toMatch(/^answer/);
        check(scene);
        await vi.advanceTimersByTimeAsync(10_000);
        expect(vi.getTimerCount()).toBe(0);
      }),
      { numRuns: 200 },
    );
  });
});
