import { afterEach, describe, expect, it } from "vitest";
import { type Message, type SavedChat, type SessionOptions, tool } from "../../src/index.ts";
import { responses } from "../../src/responses/index.ts";
import { called, type Reply, responseBody, said, scripted, takeRequestFaults } from "./support.ts";

const answer = (id: string, words = "Hi", fields: Record<string, unknown> = {}): Record<string, unknown> =>
  responseBody([said(words, { id: `msg_${id}` })], { id: `resp_${id}`, ...fields });
const again = (saved: SavedChat): SavedChat => JSON.parse(JSON.stringify(saved)) as SavedChat;
const outputs = ({ messages }: { messages: readonly Message[] }): unknown[] =>
  messages.filter(({ role }) => role === "tool").map(({ content }) => content);

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

function stage(replies: Reply[], options: SessionOptions = {}, state: "server" | "local" = "server") {
  const ran: string[] = [];
  const { client, sent } = scripted(replies);
  return {
    ran,
    sent,
    chat: client.newChatSession({ api: responses({ state }), tools: tools(ran), ...options }),
  };
}

describe("a session over the Responses API whose calls need a yes", () => {
  afterEach(() => {
    expect(takeRequestFaults()).toEqual([]);
  });

  it.each(["server", "local"] as const)(
    "pauses, and goes on in another process, which sends only what it must (%s)",
    async (state) => {
      const first = stage([asks()], {}, state);
      expect(await first.chat.send("pay")).toBe("");
      expect(first.chat.lastTurn).toMatchObject({
        ending: "approval",
        pending: [{ id: "a", type: "function" }, { id: "c" }],
      });
      const second = stage([answer("2", "Done.")], { saved: again(first.chat.toJSON()) }, state);
      expect(second.chat.pending.map(({ id }) => id)).toEqual(["a", "c"]);
      second.chat.approve("a");
      second.chat.reject("c", "no.");
      expect(await second.chat.generateResponse()).toBe("Done.");
      expect([...first.ran, ...second.ran]).toEqual(["b", "a"]);
      expect(outputs(second.chat)).toEqual(["paid Ann", "seen", "Not run: no."]);
      const body = second.sent[0]?.body ?? {};
      expect(body["previous_response_id"]).toBe(state === "server" ? "resp_1" : undefined);
      expect((body["input"] as unknown[]).length).toBe(state === "server" ? 3 : 7);
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
      "Not run: the conversation went on without a yes.",
      "seen",
      "Not run: the conversation went on without a yes.",
    ]);
    expect(left.ran).toEqual(["b"]);
  });

  it("keeps a budget", async () => {
    const { chat } = stage([asks(), answer("2")], { budget: { tokens: 5 } });
    await chat.send("pay");
    expect(chat.lastTurn?.ending).toBe("budget");
    expect(outputs(chat)).toEqual(Array(3).fill("Not run: the turn had used up its budget."));
    await expect(chat.send("more")).rejects.toThrow("budget.tokens: expected a limit above the 5 that were spent");
  });
});

describe("a call of a hosted MCP tool", () => {
  // OpenAI's description wants a field `request_id` of an answer that nobody sends.
  afterEach(() => void takeRequestFaults());
  const request = {
    id: "mcpr_1",
    type: "mcp_approval_request",
    server_label: "maps",
    name: "route",
    arguments: '{"to":"Oslo"}',
  };
  const reply = responseBody([said("Let me see"), request], { id: "resp_1" });

  it.each(["server", "local"] as const)(
    "waits for a yes like any other, and its answer is an item (%s)",
    async (state) => {
      const first = stage([reply], {}, state);
      await first.chat.send("Route?");
      expect(first.chat.lastTurn?.ending).toBe("approval");
      expect(first.chat.pending).toMatchObject([
        { id: "mcpr_1", function: { name: "route", arguments: '{"to":"Oslo"}' } },
      ]);
      const later = stage([answer("2", "12 km")], { saved: again(first.chat.toJSON()) }, state);
      later.chat.approve("mcpr_1");
      expect(await later.chat.generateResponse()).toBe("12 km");
      const item = { type: "mcp_approval_response", approval_request_id: "mcpr_1", approve: true };
      const { input } = later.sent[0]?.body as { input: unknown[] };
      expect(input.at(-1)).toEqual(item);
      expect(later.sent[0]?.body["previous_response_id"]).toBe(state === "server" ? "resp_1" : undefined);
      if (state === "local") expect(input.at(-2)).toEqual(request);
    },
  );

  it("may be answered by the item itself, and is left out where nobody answers", async () => {
    const { chat, sent } = stage([reply, answer("2"), reply, answer("4")]);
    await chat.send("Route?");
    await chat.send({ type: "mcp_approval_response", approval_request_id: "mcpr_1", approve: false });
    expect(sent[1]?.body["previous_response_id"]).toBe("resp_1");
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
    expect(await chat.generateResponse({}, { append: false })).toMatchObject({ content: "By the way." });
    expect({ ...again(chat.toJSON()), spent: 0 }).toEqual({ ...before, spent: 0 });
    expect(ran).toEqual([]);
    expect(await chat.send("Two")).toBe("On.");
    expect(sent.map(({ body }) => body["previous_response_id"])).toEqual([undefined, "resp_1", "resp_1"]);
  });
});
