import { describe, expect, it, vi } from "vitest";
import type { Approval, ApprovalRequest } from "../../src/conversation/approval.ts";
import { ChatSession } from "../../src/conversation/session.ts";
import type { SavedChat, SessionOptions } from "../../src/conversation/session.ts";
import { tool } from "../../src/conversation/tools.ts";
import type { TurnEvent } from "../../src/conversation/turn.ts";
import { checkMessages } from "../../src/testing/index.ts";
import type { Message } from "../../src/wire/index.ts";
import { call, deferred, FakeClient, outline, settled } from "./fakeClient.ts";

const contents = (messages: readonly Message[]): unknown[] =>
  messages.filter((message) => message.role === "tool").map(({ content }) => content);
const again = (saved: SavedChat): SavedChat => JSON.parse(JSON.stringify(saved)) as SavedChat;

/** A tool that needs a yes, one that does not, and a note of what ran. */
function stage(options: SessionOptions = {}, ...replies: ConstructorParameters<typeof FakeClient>) {
  const ran: string[] = [];
  const pay = tool<{ to?: string }>({
    name: "pay",
    needsApproval: true,
    execute: ({ to }, { toolCallId }) => {
      ran.push(toolCallId);
      return `paid ${to}`;
    },
  });
  const look = tool({
    name: "look",
    execute: (_args, { toolCallId }) => {
      ran.push(toolCallId);
      return "seen";
    },
  });
  const client = new FakeClient(...replies);
  const tools = [pay, look];
  return { ran, client, tools, chat: new ChatSession(client, { tools, ...options }) };
}

const asks = { tool_calls: [call("a", "pay", { to: "Ann" }), call("b", "look"), call("c", "pay", { to: "Cyd" })] };

describe("onApproval", () => {
  it("lets a call run by true, and rejects it by false or a reason; the other calls run meanwhile", async () => {
    const asked: ApprovalRequest[] = [];
    const onApproval = (request: ApprovalRequest): Approval => (
      asked.push(request),
      (request.args as { to: string }).to === "Ann" ? true : "not to Cyd."
    );
    const { chat, ran } = stage({ onApproval }, asks, "Done.");
    expect(await chat.send("pay")).toBe("Done.");
    expect(asked.map(({ args, name, call: { id } }) => [args, name, id])).toEqual([
      [{ to: "Ann" }, "pay", "a"],
      [{ to: "Cyd" }, "pay", "c"],
    ]);
    expect(ran.toSorted()).toEqual(["a", "b"]);
    expect(contents(chat.messages)).toEqual(["paid Ann", "seen", "Not run: not to Cyd."]);
    const plain = stage({ onApproval: () => Promise.resolve(false) }, asks, "Done.");
    await plain.chat.send("pay");
    expect(contents(plain.chat.messages)).toEqual([
      "Not run: it was not approved.",
      "seen",
      "Not run: it was not approved.",
    ]);
  });

  it("is not called for wrong arguments, and nothing runs if it throws", async () => {
    const onApproval = vi.fn(() => {
      throw new Error("no desk");
    });
    const { chat, ran } = stage(
      { onApproval },
      { tool_calls: [call("a", "pay", '{"to":'), call("b", "pay", {})] },
      "Done.",
    );
    await chat.send("pay");
    expect(onApproval).toHaveBeenCalledTimes(1);
    expect(ran).toEqual([]);
    expect(contents(chat.messages)).toEqual([expect.stringContaining("expected JSON"), "Error: no desk"]);
  });

  it("is called only if the tool needs approval for these arguments", async () => {
    const ran: unknown[] = [];
    const needsApproval = vi.fn(({ sum }: { sum: number }) => sum > 10);
    const pay = tool<{ sum: number }>({ name: "pay", needsApproval, execute: ({ sum }) => ran.push(sum) });
    const chat = new ChatSession(
      new FakeClient({ tool_calls: [call("a", "pay", { sum: 5 }), call("b", "pay", { sum: 50 })] }),
      { tools: [pay] },
    );
    await chat.send("pay");
    expect(ran).toEqual([5]);
    expect(chat.pending.map(({ id }) => id)).toEqual(["b"]);
  });

  it.each([undefined, null, 0, "", NaN])(
    "is called if the tool's function returns %s instead of false",
    async (odd) => {
      const ran: unknown[] = [];
      const needsApproval = (): boolean => odd as unknown as boolean;
      const pay = tool({ name: "pay", parameters: { type: "object" }, needsApproval, execute: () => ran.push("paid") });
      const chat = new ChatSession(new FakeClient({ tool_calls: [call("a", "pay")] }), { tools: [pay] });
      await chat.send("pay");
      expect(ran).toEqual([]);
      expect(chat.pending.map(({ id }) => id)).toEqual(["a"]);
    },
  );

  it("lets no call run after the turn was aborted, and the call has one result", async () => {
    const answer = deferred<boolean>();
    const stopper = new AbortController();
    const { chat, ran } = stage({ onApproval: () => answer.promise }, { tool_calls: [call("a", "pay")] }, "Later.");
    const sent = chat.send("pay", {}, { signal: stopper.signal });
    await settled();
    stopper.abort();
    await expect(sent).rejects.toMatchObject({ name: "AbortError" });
    answer.resolve(true);
    await settled();
    expect(ran).toEqual([]);
    expect(contents(chat.messages)).toEqual([expect.stringContaining("Not run")]);
    expect(chat.pending).toEqual([]);
    expect(await chat.generateResponse()).toBe("Later.");
  });

  it("has its events in true order: a call begins only after approval", async () => {
    const answer = deferred<boolean>();
    const { chat } = stage(
      { onApproval: () => answer.promise },
      { tool_calls: [call("a", "pay"), call("b", "look")] },
      "Done.",
    );
    const seen: string[] = [];
    for await (const event of await chat.stream("pay")) {
      if (event.type === "tool_call") seen.push(`begins ${event.call.id}`);
      if (event.type !== "tool_result") continue;
      seen.push(`ends ${event.outcome.call.id}`);
      answer.resolve(true);
    }
    expect(seen).toEqual(["begins b", "ends b", "begins a", "ends a"]);
  });
});

describe("a turn that is paused", () => {
  it("ends with the calls that wait, has run the others, and sends nothing until they are decided on", async () => {
    const { chat, client, ran } = stage({}, asks, "Done.");
    const events: TurnEvent[] = [];
    for await (const event of await chat.stream("pay")) events.push(event);
    expect(events.filter(({ type }) => type === "approval")).toEqual([
      { type: "approval", content: "", call: asks.tool_calls[0] },
      { type: "approval", content: "", call: asks.tool_calls[2] },
    ]);
    expect(chat.lastTurn).toMatchObject({
      ending: "approval",
      pending: [{ id: "a" }, { id: "c" }],
      message: { tool_calls: asks.tool_calls },
    });
    expect(ran).toEqual(["b"]);
    expect(await chat.generateResponse()).toBe("");
    expect(client.requests).toHaveLength(1);
    expect(chat.pending).toEqual([asks.tool_calls[0], asks.tool_calls[2]]);
  });

  it("resumes in another process: approved calls run once, rejected ones never", async () => {
    const first = stage({}, asks);
    await first.chat.send("pay", { temperature: 0.5 });
    const second = stage({ saved: again(first.chat.toJSON()) }, "Done.");
    expect(second.chat.pending.map(({ id }) => id)).toEqual(["a", "c"]);
    second.chat.approve("a");
    second.chat.reject("c", "Cyd is not on the list.");
    const third = stage({ saved: again(second.chat.toJSON()) }, "Done.");
    expect(await third.chat.generateResponse()).toBe("Done.");
    expect([...first.ran, ...second.ran, ...third.ran]).toEqual(["b", "a"]);
    expect(contents(third.client.sent)).toEqual(["paid Ann", "seen", "Not run: Cyd is not on the list."]);
    expect(third.client.requests[0]?.params.temperature).toBe(0.5);
    expect(third.chat.lastTurn).toMatchObject({ ending: "complete", usage: { total_tokens: 6 }, pending: [] });
    expect(third.chat.spent).toMatchObject({ steps: 2, usage: { total_tokens: 6 } });
    expect(third.chat.toJSON()).not.toHaveProperty("turn");
  });

  it("counts the steps before the pause", async () => {
    const { chat, tools } = stage(
      { maxSteps: 2 },
      { tool_calls: [call("a", "pay")] },
      { content: "more", tool_calls: [call("b", "look")] },
    );
    await chat.send("pay");
    const next = new ChatSession(new FakeClient({ content: "more", tool_calls: [call("b", "look")] }), {
      tools,
      maxSteps: 2,
      saved: again(chat.toJSON()),
    });
    next.approve();
    expect(await next.generateResponse()).toBe("more");
    expect(next.lastTurn?.ending).toBe("max_steps");
  });

  it("can be resumed as a stream: the calls, then the answer", async () => {
    const { chat } = stage({}, asks, "Done.");
    await chat.send("pay");
    chat.approve();
    const types: string[] = [];
    for await (const { type } of await chat.stream()) types.push(type);
    expect(types.filter((type) => type !== "text" && type !== "chunk")).toEqual([
      "tool_call",
      "tool_call",
      "tool_result",
      "tool_result",
      "step_start",
      "step_end",
    ]);
  });

  it("ends if something else is said: waiting calls do not run", async () => {
    const { chat, client, ran } = stage({}, asks, "As you like.");
    await chat.send("pay");
    expect(await chat.send("no, never mind")).toBe("As you like.");
    expect(ran).toEqual(["b"]);
    expect(outline(client.sent)).toEqual(["user", "calls a b c", "tool a", "tool b", "tool c", "user"]);
    expect(contents(client.sent)[0]).toBe("Not run: the conversation went on without a yes.");
    expect(chat.pending).toEqual([]);
    expect(() => chat.approve("a")).toThrow(/a call that waits for approval/);
  });

  it("is still there if other input was refused before it was sent", async () => {
    const { chat, client } = stage({}, asks, "Done.");
    await chat.send("pay");
    const before = chat.toJSON();
    await expect(chat.send({ role: "nobody" } as never)).rejects.toThrow(/role/);
    await expect(chat.send("bad", { metadata: { a: 1n } } as never)).rejects.toThrow("params");
    expect(client.requests).toHaveLength(1);
    expect({ ...chat.toJSON(), spent: undefined }).toEqual({ ...before, spent: undefined });
    expect(chat.pending).toHaveLength(2);
  });

  it("accepts a result from the program, and waits for the other calls", async () => {
    const { chat, client, ran } = stage({}, asks, "Done.");
    await chat.send("pay");
    expect(await chat.send({ role: "tool", tool_call_id: "a", content: "paid in cash" })).toBe("");
    expect(chat.pending.map(({ id }) => id)).toEqual(["c"]);
    chat.approve("c");
    expect(await chat.generateResponse()).toBe("Done.");
    expect(ran).toEqual(["b", "c"]);
    expect(contents(client.sent)).toEqual(["paid in cash", "seen", "paid Cyd"]);
  });

  it("never runs a call that had begun, and reports it to the model and the program", async () => {
    const stuck = deferred<string>();
    const saves: SavedChat[] = [];
    const first = stage(
      { onApproval: () => true, save: (saved) => void saves.push(again(saved)) },
      { tool_calls: [call("a", "hang"), call("b", "pay")] },
    );
    first.chat.tools = [...first.tools, tool({ name: "hang", execute: () => stuck.promise })];
    void first.chat.send("go");
    await settled();
    const saved = saves.at(-1) as SavedChat;
    expect(saved.calls).toContainEqual({ id: "a", state: "begun" });
    const second = stage({ saved }, "Let me look.");
    const outcomes: unknown[] = [];
    for await (const event of await second.chat.stream())
      if (event.type === "tool_result") outcomes.push(event.outcome.error?.message);
    expect(outcomes).toEqual(["The tool hang failed: hang had begun, and has no recorded result"]);
    expect(contents(second.client.sent)).toEqual([expect.stringContaining("outcome is unknown"), "paid undefined"]);
    expect(second.ran).toEqual([]);
  });

  it("runs no calls that were saved without notes: they are of unknown outcome", async () => {
    const { chat, tools } = stage({}, asks);
    let kept: SavedChat | undefined;
    for await (const event of await chat.stream("pay")) if (event.type === "step_end") kept = again(chat.toJSON());
    const next = new ChatSession(new FakeClient("Done."), { tools, saved: kept });
    expect(await next.generateResponse()).toBe("Done.");
    expect(contents(next.messages)).toEqual(Array(3).fill(expect.stringContaining("outcome is unknown")));
  });

  it("does not apply an old decision to a call of a later answer with the same id", async () => {
    const { chat, ran, client } = stage({}, asks, "Hm.", { tool_calls: [call("a", "pay")] });
    await chat.send("pay");
    chat.approve("a");
    chat.messages = [];
    await chat.send("anew");
    await chat.send("pay");
    expect(client.requests).toHaveLength(3);
    expect(ran).toEqual(["b"]);
    expect(chat.pending.map(({ id }) => id)).toEqual(["a"]);
  });

  it("stays as it is with append: false", async () => {
    const { chat } = stage({}, asks, "By the way.");
    await chat.send("pay");
    const before = chat.toJSON();
    expect(await chat.generateResponse({}, { append: false })).toBe("By the way.");
    expect({ ...chat.toJSON(), spent: undefined }).toEqual({ ...before, spent: undefined });
  });
});

describe("decisions", () => {
  it.each([
    ["nobody", /one|waits/],
    [{ id: "b" } as never, /call/],
  ])("on a call that does not wait are refused: %j", async (wrong, pattern) => {
    const { chat } = stage({}, asks);
    expect(() => chat.approve()).toThrow("a call that waits for approval");
    await chat.send("pay");
    expect(() => chat.approve("a", wrong)).toThrow(pattern);
    expect(() => chat.reject(wrong)).toThrow("a, c");
    expect(chat.pending).toHaveLength(2);
  });

  it("may be changed until the turn resumes", async () => {
    const { chat, ran } = stage({}, asks, "Done.");
    await chat.send("pay");
    chat.approve();
    chat.reject("a");
    await chat.generateResponse();
    expect(ran).toEqual(["b", "c"]);
  });
});

describe("save", () => {
  it("is awaited before a call begins and after each result, one call after another", async () => {
    const log: string[] = [];
    const save = async (saved: SavedChat): Promise<void> => {
      const state = saved.calls?.map(({ id, state }) => `${id} ${state}`).join() ?? "";
      log.push(`saving ${saved.messages.length} ${state}`);
      await settled();
      log.push("saved");
      expect(checkMessages(saved.messages.slice(0, 1))).toBeUndefined();
    };
    const chat = new ChatSession(new FakeClient({ tool_calls: [call("a", "t")] }, "x"), {
      save,
      tools: [tool({ name: "t", execute: () => void log.push("runs") })],
    });
    await chat.send("go");
    expect(log).toEqual(["saving 2 a begun", "saved", "runs", "saving 3 ", "saved", "saving 4 ", "saved"]);
  });

  it("fails the turn if it throws before a call begins, and the call does not run", async () => {
    const execute = vi.fn();
    const chat = new ChatSession(new FakeClient({ tool_calls: [call("a", "t")] }, "x"), {
      save: () => Promise.reject(new Error("disk full")),
      tools: [tool({ name: "t", execute })],
    });
    await expect(chat.send("go")).rejects.toThrow("disk full");
    expect(execute).not.toHaveBeenCalled();
    expect(outline(chat.messages)).toEqual(["user", "calls a", "tool a"]);
    chat.save = undefined;
    expect(await chat.generateResponse()).toBe("x");
  });

  it("stores the input if the turn fails, and the turn throws its own error", async () => {
    let saved: SavedChat | undefined;
    const chat = new ChatSession(new FakeClient(new Error("no net")), {
      save: (one) => {
        saved = one;
        throw new Error("disk full");
      },
    });
    await expect(chat.send("go")).rejects.toThrow("no net");
    expect(saved?.messages).toEqual([{ role: "user", content: "go" }]);
  });
});

describe("what was saved", () => {
  const whole = (): SavedChat => ({
    version: 1,
    messages: [{ role: "user", content: "hi" }],
    spent: { usage: undefined, steps: 0, time: 0 },
  });

  it.each([
    ["saved.version: expected 1", { version: 2 }],
    ["saved.messages[0].role", { messages: [{ role: "x" }] }],
    ["saved.calls[0].state", { calls: [{ id: "a", state: "done" }] }],
    ["saved.spent.steps", { spent: { steps: "1", time: 0 } }],
    ["saved.turn.steps", { turn: {} }],
  ])("is checked: %s", (message, fields) => {
    expect(() => new ChatSession(new FakeClient(), { saved: { ...whole(), ...fields } as SavedChat })).toThrow(message);
  });

  it("replaces the messages that a conversation begins with, unless it is null", () => {
    const messages: Message[] = [{ role: "system", content: "s" }];
    expect(new ChatSession(new FakeClient(), { messages, saved: null }).messages).toEqual(messages);
    expect(new ChatSession(new FakeClient(), { messages, saved: whole() }).messages).toEqual(whole().messages);
  });
});
