import { afterEach, describe, expect, it, vi } from "vitest";
import type { ApprovalRequest } from "../../src/conversation/approval.ts";
import type { SavedChat, SessionOptions } from "../../src/conversation/session.ts";
import type { TurnEvent } from "../../src/conversation/turn.ts";
import { outputFormat, sendFor, tool, trimMessages } from "../../src/index.ts";
import { responses } from "../../src/responses/api.ts";
import {
  called,
  ev,
  events,
  type Reply,
  responseBody,
  said,
  scripted,
  streamOf,
  takeRequestFaults,
  text,
} from "../responses/support.ts";
import { outline } from "./fakeClient.ts";

type Fields = Record<string, unknown>;

const again = (saved: SavedChat): SavedChat => JSON.parse(JSON.stringify(saved)) as SavedChat;
const request = (id: string, to: string): Fields => ({
  type: "mcp_approval_request",
  id,
  server_label: "bank",
  name: "pay",
  arguments: JSON.stringify({ to }),
});
const asks = (): Fields => responseBody([request("mcpr_a", "Ann"), request("mcpr_b", "Bob")]);
const done = (id = "resp_2"): Fields => responseBody([said("Done.")], { id });

function stage(replies: Reply[], options: SessionOptions = {}) {
  const { client, sent } = scripted(replies);
  return { sent, chat: client.newChatSession({ api: responses(), ...options }) };
}

afterEach(() => {
  // OpenAI's description of its API gives an approval a field that the API does not have.
  expect(takeRequestFaults().filter((fault) => !fault.includes("mcp_approval_response"))).toEqual([]);
});

it("a turn's thinkTags do nothing over the Responses API, so that one call works over both APIs", async () => {
  const { chat } = stage([responseBody([said("<think>Hm.</think>Hi")]), events(responseBody([said("Bye")]), [])]);
  expect(await chat.send("Hello", {}, { thinkTags: "opened" })).toBe("<think>Hm.</think>Hi");
  expect((await (await chat.stream("Bye?", {}, { thinkTags: true })).final()).text).toBe("Bye");
});

describe("approvals of hosted MCP tools", () => {
  it("are pending calls: the turn ends and sends nothing until all are decided on", async () => {
    const { chat, sent } = stage([asks(), done()]);
    expect(await chat.send("pay")).toBe("");
    expect(chat.lastTurn).toMatchObject({ ending: "approval", pending: [{ id: "mcpr_a" }, { id: "mcpr_b" }] });
    expect(chat.pending[0]).toEqual({
      id: "mcpr_a",
      type: "function",
      namespace: "bank",
      function: { name: "pay", arguments: '{"to":"Ann"}' },
    });
    chat.approve("mcpr_a");
    expect(chat.pending.map(({ id }) => id)).toEqual(["mcpr_b"]);
    expect(await chat.generateResponse()).toBe("");
    expect(sent).toHaveLength(1);
    chat.reject("mcpr_b", "Not Bob.");
    expect(await chat.generateResponse()).toBe("Done.");
    expect((sent[1]?.body["input"] as Fields[]).slice(-2)).toEqual([
      { type: "mcp_approval_response", approval_request_id: "mcpr_a", approve: true },
      { type: "mcp_approval_response", approval_request_id: "mcpr_b", approve: false, reason: "Not Bob." },
    ]);
    expect(chat.pending).toEqual([]);
    expect(outline(chat.messages)).toEqual(["user", "assistant", "user", "assistant"]);
    expect(chat.lastTurn?.usage?.total_tokens).toBe(10);
  });

  it("are decided on in another process", async () => {
    const first = stage([asks()]);
    await first.chat.send("pay");
    const second = stage([], { saved: again(first.chat.toJSON()) });
    second.chat.approve();
    const third = stage([done()], { saved: again(second.chat.toJSON()) });
    expect(await third.chat.generateResponse()).toBe("Done.");
    const input = third.sent[0]?.body["input"] as Fields[];
    expect(input.filter(({ approve }) => approve === true)).toHaveLength(2);
  });

  it("are decided on by onApproval, and the turn goes on", async () => {
    const onApproval = vi.fn(({ args }: ApprovalRequest) => (args as { to: string }).to === "Ann" || "Not Bob.");
    const { chat, sent } = stage([asks(), done()], { onApproval });
    expect(await chat.send("pay")).toBe("Done.");
    expect(onApproval).toHaveBeenCalledTimes(2);
    expect(onApproval.mock.calls[0]?.[0]).toMatchObject({ name: "pay", args: { to: "Ann" }, call: { id: "mcpr_a" } });
    expect((sent[1]?.body["input"] as Fields[]).slice(-2)).toMatchObject([
      { approve: true },
      { approve: false, reason: "Not Bob." },
    ]);
  });

  it("are refused if onApproval throws", async () => {
    const onApproval = (): never => {
      throw new Error("no desk");
    };
    const { chat, sent } = stage([asks(), done()], { onApproval });
    expect(await chat.send("pay")).toBe("Done.");
    expect((sent[1]?.body["input"] as Fields[]).at(-1)).toMatchObject({ approve: false, reason: "Error: no desk" });
  });

  it("are refused where the user says something else instead", async () => {
    const { chat, sent } = stage([asks(), done()]);
    await chat.send("pay");
    expect(await chat.send("never mind")).toBe("Done.");
    const input = sent[1]?.body["input"] as Fields[];
    expect(input.slice(-3).map(({ type, role, approve }) => type ?? role ?? approve)).toEqual([
      "mcp_approval_response",
      "mcp_approval_response",
      "user",
    ]);
    expect(input.at(-2)).toMatchObject({ approve: false });
  });

  it("may be answered by items, as the API has them", async () => {
    const { chat, sent } = stage([asks(), done()]);
    await chat.send("pay");
    const answer = (id: string) => ({ type: "mcp_approval_response" as const, approval_request_id: id, approve: true });
    expect(await chat.send(answer("mcpr_a"))).toBe("");
    expect(chat.pending.map(({ id }) => id)).toEqual(["mcpr_b"]);
    expect(await chat.send([answer("mcpr_b"), { role: "user", content: "Thanks!" }])).toBe("Done.");
    const input = sent[1]?.body["input"] as Fields[];
    expect(input.filter(({ type }) => type === "mcp_approval_response")).toHaveLength(2);
    expect(input.every(({ approve }) => approve !== false)).toBe(true);
  });

  it("are asked for beside the session's own calls, which run meanwhile", async () => {
    const ran: string[] = [];
    const look = tool({ name: "look", execute: () => void ran.push("look") });
    const both = responseBody([called("look", "{}"), request("mcpr_a", "Ann")]);
    const { chat, sent } = stage([events(both, []), done()], { tools: [look] });
    const seen: TurnEvent["type"][] = [];
    for await (const { type } of await chat.stream("pay")) seen.push(type);
    expect(seen.slice(-3)).toEqual(["tool_call", "tool_result", "approval"]);
    expect(ran).toEqual(["look"]);
    chat.approve();
    expect(await chat.generateResponse()).toBe("Done.");
    expect((sent[1]?.body["input"] as Fields[]).slice(-2).map(({ type }) => type)).toEqual([
      "function_call_output",
      "mcp_approval_response",
    ]);
  });

  it("do not hold up a conversation that goes on over chat completions", async () => {
    const completion = {
      id: "c",
      object: "chat.completion",
      choices: [{ index: 0, message: { role: "assistant", content: "Over chat." }, finish_reason: "stop" }],
    };
    const { chat, sent } = stage([asks(), completion]);
    await chat.send("pay");
    chat.api = undefined;
    expect(await chat.send("hello?")).toBe("Over chat.");
    expect(JSON.stringify(sent[1]?.body)).not.toContain("mcp");
  });
});

describe("a session over responses()", () => {
  it("takes results of calls as items too", async () => {
    const hand = { type: "function" as const, function: { name: "hand" } };
    const { client, sent } = scripted([responseBody([called("hand", "{}")]), done()]);
    const chat = client.newChatSession({ api: responses(), tools: [hand] });
    expect(await chat.send("go")).toMatchObject({ tool_calls: [{ id: "call_1" }] });
    const output = [{ type: "input_text" as const, text: "5" }];
    expect(await chat.send({ type: "function_call_output", call_id: "call_1", output })).toBe("Done.");
    expect(chat.messages[2]).toEqual({ role: "tool", tool_call_id: "call_1", content: [{ type: "text", text: "5" }] });
    expect((sent[1]?.body["input"] as Fields[]).at(-1)).toMatchObject({ type: "function_call_output", output });
  });

  it("gives the message where a computer's call waits, and takes the computer's output", async () => {
    const action = { type: "screenshot" };
    const checks = { pending_safety_checks: [], status: "completed" };
    const computer = { type: "computer_call", id: "cu_1", call_id: "call_c", action, ...checks };
    const { client, sent } = scripted([responseBody([computer]), done()]);
    const chat = client.newChatSession({ api: responses({ tools: [{ type: "computer" }] }) });
    expect(await chat.send("go")).toMatchObject({ responses: { items: [{ type: "computer_call" }] } });
    expect(chat.lastTurn?.ending).toBe("tool_calls");
    const output = { type: "computer_screenshot" as const, image_url: "data:image/png;base64,AA==" };
    expect(await chat.send({ type: "computer_call_output", call_id: "call_c", output })).toBe("Done.");
    expect((sent[1]?.body["input"] as Fields[]).at(-1)).toMatchObject({ type: "computer_call_output", output });
  });

  it("reads structured answers with sendFor()", async () => {
    const format = outputFormat("city", {
      type: "object",
      properties: { name: { type: "string" } },
      required: ["name"],
    });
    const { chat, sent } = stage([responseBody([said('{"name":"Oslo"}')]), responseBody([said("Oslo")]), done()]);
    expect(await sendFor(chat, "Where?", format)).toMatchObject({ kind: "value", value: { name: "Oslo" } });
    expect(sent[0]?.body["text"]).toMatchObject({ format: { type: "json_schema", name: "city" } });
    expect(await sendFor(chat, "And?", format, {}, { repair: true })).toMatchObject({
      kind: "not_json",
      text: "Done.",
    });
    const cut = { status: "incomplete", incomplete_details: { reason: "max_output_tokens" } };
    const short = stage([responseBody([said('{"na')], cut)]);
    expect(await sendFor(short.chat, "Where?", format)).toMatchObject({ kind: "cut", ending: "length" });
    const refused = stage([responseBody([said("", { content: [{ type: "refusal", refusal: "No." }] })])]);
    expect(await sendFor(refused.chat, "Where?", format)).toMatchObject({ kind: "refusal", refusal: "No." });
    await expect(sendFor(stage([asks()]).chat, "Where?", format)).rejects.toThrow("a call that waits for approval");
  });

  it("begins a new chain where prepareStep changes the messages, and continues by the id where it does not", async () => {
    const answer = (at: number): Fields =>
      responseBody([said(`Answer ${at}`, { id: `msg_${at}` })], { id: `resp_${at}` });
    let trims = false;
    const { chat, sent } = stage([answer(1), answer(2), answer(3), answer(4)], {
      api: responses({ state: "server" }),
      prepareStep: ({ messages }) => (trims ? { messages: trimMessages(messages, { tokens: 1 }) } : undefined),
    });
    for (const words of ["a", "b"]) await chat.send(words);
    trims = true;
    await chat.send("c");
    trims = false;
    await chat.send("d");
    expect(sent.map(({ body }) => body["previous_response_id"])).toEqual([undefined, "resp_1", undefined, "resp_2"]);
    expect(sent[2]?.body["input"]).toEqual([{ role: "user", content: "c" }]);
    expect(outline(chat.messages)).toHaveLength(8);
  });

  it("continues a chat that began over chat completions, with the same messages", async () => {
    const completion = (content: string): Fields => ({
      id: "c",
      object: "chat.completion",
      choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }],
    });
    const { chat, sent } = stage([completion("One."), responseBody([said("Two.")]), completion("Three.")], {
      api: undefined,
    });
    await chat.send("a");
    expect(await chat.send("b", {}, { api: responses() })).toBe("Two.");
    await chat.send("c");
    expect(sent.map(({ url }) => url)).toEqual(["/chat/completions", "/responses", "/chat/completions"]);
    expect(sent[2]?.body["messages"]).toEqual([
      { role: "user", content: "a" },
      { role: "assistant", content: "One." },
      { role: "user", content: "b" },
      { role: "assistant", content: "Two." },
      { role: "user", content: "c" },
    ]);
  });
});

describe("a response in the background", () => {
  const whole = responseBody([said("One Two")], { id: "resp_b", background: true });
  const begin = (after = 0): string =>
    ev("response.created", {
      sequence_number: after,
      response: { ...whole, status: "in_progress", output: [], usage: null },
    });
  const lost = (): Response => streamOf([begin(), text("One", { sequence_number: 1 })].join(""));
  const rest = (): string[] => [
    text(" Two", { sequence_number: 2 }),
    ev("response.completed", { sequence_number: 3, response: whole }),
  ];

  it("is continued by another process from what was saved once its id was known", async () => {
    const saves: SavedChat[] = [];
    const first = stage([lost()], {
      api: responses({ background: true }),
      save: (saved) => void saves.push(again(saved)),
    });
    await expect(first.chat.send("go", { temperature: 0 })).rejects.toMatchObject({ ending: "truncated" });
    expect(saves[0]?.turn).toEqual({ steps: 0, params: { temperature: 0 }, background: { id: "resp_b", after: 0 } });
    expect(saves.at(-1)?.turn?.background).toEqual({ id: "resp_b", after: 1 });
    const second = stage([rest()], { api: responses({ background: true }), saved: saves.at(-1) });
    expect(await second.chat.generateResponse()).toBe("One Two");
    expect(second.sent.map(({ method, url }) => `${method} ${url}`)).toEqual([
      "GET /responses/resp_b?stream=true&starting_after=1",
    ]);
    expect(outline(second.chat.messages)).toEqual(["user", "assistant"]);
    expect(second.chat.toJSON()).not.toHaveProperty("turn");
  });

  it("is continued by the same session, and left by saying something else", async () => {
    const api = responses({ background: true });
    const { chat, sent } = stage([lost(), new Error("offline"), rest()], { api });
    await expect(chat.send("go")).rejects.toMatchObject({ ending: "truncated" });
    expect(await chat.generateResponse()).toBe("One Two");
    expect(sent.map(({ method }) => method)).toEqual(["POST", "GET", "GET"]);
    const other = stage([lost(), new Error("offline"), events({ ...done(), background: true }, [])], { api });
    await expect(other.chat.send("go")).rejects.toMatchObject({ ending: "truncated" });
    expect(await other.chat.send("something else")).toBe("Done.");
    expect(other.sent.map(({ method }) => method)).toEqual(["POST", "GET", "POST"]);
  });

  it("has a place that is checked when it is restored", () => {
    const saved = { version: 1, messages: [], spent: { usage: undefined, steps: 0, time: 0 } };
    const turn = { steps: 0, background: { id: 5 } };
    expect(() => stage([], { saved: { ...saved, turn } as never })).toThrow("saved.turn.background.id");
  });
});
