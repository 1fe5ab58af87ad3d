import { afterEach, describe, expect, it } from "vitest";
import { tool } from "../../src/index.ts";
import { type ResponsesChatSession, type SavedResponsesChat } from "../../src/responses/index.ts";
import { called, faultOf, type Reply, responseBody, said, scripted, takeRequestFaults } from "./support.ts";

const answer = (id: string, words = "Hi", fields: Record<string, unknown> = {}): Record<string, unknown> =>
  responseBody([said(words, { id: `msg_${id}` })], { id: `resp_${id}`, ...fields });
const again = (saved: SavedResponsesChat): SavedResponsesChat =>
  JSON.parse(JSON.stringify(saved)) as SavedResponsesChat;
const outputs = (session: { items: readonly object[] }): unknown[] =>
  (session.items as { type?: string; output?: unknown }[])
    .filter(({ type }) => type === "function_call_output")
    .map(({ output }) => output);

const asks = (): Record<string, unknown> =>
  responseBody(
    [
      called("pay", '{"to":"Ann"}', { id: "fc_a", call_id: "a" }),
      called("look", "{}", { id: "fc_b", call_id: "b" }),
      called("pay", '{"to":"Cyd"}', { id: "fc_c", call_id: "c" }),
    ],
    { id: "resp_1" },
  );

function tools(ran: string[]) {
  const pay = tool<{ to?: string }>({
    name: "pay",
    needsApproval: true,
    execute: ({ to }, { toolCallId }) => {
      ran.push(toolCallId);
      return `paid ${to}`;
    },
  });
  return [
    pay,
    tool({
      name: "look",
      execute: (_args, { toolCallId }) => {
        ran.push(toolCallId);
        return "seen";
      },
    }),
  ];
}

function stage(
  replies: Reply[],
  options: Parameters<ReturnType<typeof scripted>["client"]["newResponsesChatSession"]>[0] = {},
) {
  const ran: string[] = [];
  const { client, sent } = scripted(replies);
  return { ran, sent, chat: client.newResponsesChatSession({ tools: tools(ran), ...options }) as ResponsesChatSession };
}

afterEach(() => {
  expect(takeRequestFaults()).toEqual([]);
});

describe("a Responses session whose calls need a yes", () => {
  it.each(["server", "local"] as const)(
    "pauses, and goes on in another process, which sends only what it must (%s)",
    async (state) => {
      const first = stage([asks()], { state });
      expect(await first.chat.send("pay")).toBe("");
      expect(first.chat.lastTurn).toMatchObject({
        ending: "approval",
        pending: [{ id: "a", type: "function" }, { id: "c" }],
      });
      const second = stage([answer("2", "Done.")], { state, saved: again(first.chat.toJSON()) });
      expect(second.chat.pending.map(({ id }) => id)).toEqual(["a", "c"]);
      second.chat.approve("a");
      second.chat.reject("c", "no.");
      expect(await second.chat.generateResponse()).toBe("Done.");
      expect([...first.ran, ...second.ran]).toEqual(["b", "a"]);
      expect(outputs(second.chat)).toEqual(["seen", "Not run: no.", "paid Ann"]);
      const body = second.sent[0]?.body ?? {};
      expect(body["previous_response_id"]).toBe(state === "server" ? "resp_1" : undefined);
      expect((body["input"] as unknown[]).length).toBe(state === "server" ? 3 : 7);
      expect(faultOf(second.chat.items)).toBeUndefined();
      expect(second.chat.spent).toMatchObject({ steps: 2, usage: { total_tokens: 10 } });
      expect(second.chat.lastTurn?.usage).toMatchObject({ total_tokens: 10 });
    },
  );

  it("asks a callback, streams the events, and is left by saying something else", async () => {
    const { chat, ran } = stage([asks(), answer("2")], {
      onApproval: ({ args }) => (args as { to: string }).to === "Ann",
    });
    await chat.send("pay");
    expect(ran.toSorted()).toEqual(["a", "b"]);
    const left = stage([asks(), answer("2", "As you like.")]);
    await left.chat.send("pay");
    expect(await left.chat.send("never mind")).toBe("As you like.");
    expect(outputs(left.chat)).toEqual([
      "seen",
      ...Array<string>(2).fill("Not run: the conversation went on without a yes."),
    ]);
    expect(faultOf(left.chat.items)).toBeUndefined();
    expect(left.ran).toEqual(["b"]);
  });

  it("still waits where what was said was refused before it was sent", async () => {
    const { chat, sent } = stage([asks(), answer("2", "Done.")]);
    await chat.send("pay");
    const before = again(chat.toJSON());
    await expect(chat.send([{ type: "function_call_output", call_id: "nobody", output: "x" }])).rejects.toThrow(
      "call_id",
    );
    expect({ ...again(chat.toJSON()), spent: 0 }).toEqual({ ...before, spent: 0 });
    chat.approve();
    expect(await chat.generateResponse()).toBe("Done.");
    expect(sent).toHaveLength(2);
  });

  it("keeps a budget", async () => {
    const { chat } = stage([asks(), answer("2")], { budget: { tokens: 5 } });
    await chat.send("pay");
    expect(chat.lastTurn?.ending).toBe("budget");
    expect(outputs(chat)).toEqual(Array(3).fill("Not run: the turn had used up its budget."));
    await expect(chat.send("more")).rejects.toThrow("budget.tokens: expected a limit above the 5 that were spent");
  });

  it("checks what was saved", () => {
    const { chat } = stage([]);
    const saved = again(chat.toJSON());
    expect(() => stage([], { saved: { ...saved, items: [{ type: "function_call_output" } as never] } })).toThrow(
      "saved.items[0].call_id",
    );
    expect(() => stage([], { saved: { ...saved, items: "all" as never } })).toThrow("saved.items: expected a list");
    expect(() => stage([], { saved: { ...saved, known: {} as never } })).toThrow("saved.known.at");
  });
});

describe("generateResponse with append: false", () => {
  it("leaves no trace: neither items nor ids, and no tool runs", async () => {
    const { chat, sent, ran } = stage([
      answer("1"),
      responseBody([said("By the way."), called("look", "{}", { call_id: "x" })], { id: "resp_2" }),
      answer("3", "On."),
    ]);
    await chat.send("One");
    const before = again(chat.toJSON());
    expect(await chat.generateResponse({}, { append: false })).toMatchObject({ id: "resp_2" });
    expect({ ...again(chat.toJSON()), spent: 0 }).toEqual({ ...before, spent: 0 });
    expect(chat.responseHistory).toHaveLength(1);
    expect(ran).toEqual([]);
    expect(await chat.send("Two")).toBe("On.");
    expect(sent.map(({ body }) => body["previous_response_id"])).toEqual([undefined, "resp_1", "resp_1"]);
  });
});
