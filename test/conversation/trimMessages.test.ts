import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { estimateTokens } from "../../src/conversation/budget.ts";
import { trimMessages } from "../../src/conversation/trimMessages.ts";
import type { Message } from "../../src/wire/index.ts";
import { faultOfRequest } from "../support/historyRules.ts";
import { call, outline } from "./fakeClient.ts";

const user = (content: string): Message => ({ role: "user", content });
const said = (content: string): Message => ({ role: "assistant", content });
const calls = (...ids: string[]): Message => ({
  role: "assistant",
  content: null,
  tool_calls: ids.map((id) => call(id, "f")),
});
const result = (id: string, content = "ok"): Message => ({ role: "tool", tool_call_id: id, content });
const long = "x".repeat(400);

describe("trimMessages()", () => {
  it("keeps as many whole turns as fit, from the newest", () => {
    const messages = [user(long), said(long), user("b"), calls("a"), result("a"), said("c"), user("d")];
    expect(trimMessages(messages, { tokens: 1_000 })).toEqual(messages);
    expect(trimMessages(messages, { tokens: 100 })).toEqual(messages.slice(2));
    expect(trimMessages(messages, { tokens: 100 })[0]).toBe(messages[2]);
    expect(trimMessages(messages, { tokens: 5 })).toEqual(messages.slice(-1));
    expect(messages).toHaveLength(7);
  });

  it("keeps system and developer messages, wherever they stand, and counts them", () => {
    const rules: Message = { role: "system", content: "Be kind." };
    const later: Message = { role: "developer", content: "Be brief." };
    const messages = [rules, user(long), later, said(long), user("b"), said("c")];
    expect(trimMessages(messages, { tokens: 50 })).toEqual([rules, later, user("b"), said("c")]);
    expect(trimMessages([{ ...rules, content: long }, user("a"), said("b"), user("c")], { tokens: 90 })).toEqual([
      { ...rules, content: long },
      user("c"),
    ]);
  });

  it("keeps the last turn, even if it is too long", () => {
    const messages = [user("a"), said("b"), user(long), calls("a"), result("a", long)];
    expect(trimMessages(messages, { tokens: 1 })).toEqual(messages.slice(2));
  });

  it("takes messages that are said one after the other for one turn", () => {
    const messages = [user("a"), said("b"), user("c"), user("d"), said("e")];
    expect(trimMessages(messages, { tokens: 8 })).toEqual(messages.slice(2));
  });

  it("does not begin a turn between a call and its result", () => {
    const messages = [user("a"), calls("x"), user("meanwhile"), result("x"), said("b")];
    expect(trimMessages(messages, { tokens: 1 })).toEqual(messages);
    const legacy: Message[] = [
      user("a"),
      { role: "assistant", content: null, function_call: { name: "f", arguments: "{}" } },
      user("meanwhile"),
      { role: "function", name: "f", content: "1" },
    ];
    expect(trimMessages(legacy, { tokens: 1 })).toEqual(legacy);
  });

  it("keeps an approval with the answer that asked for it", () => {
    const asking = {
      role: "assistant",
      content: null,
      responses: { items: [{ type: "mcp_approval_request", id: "m", name: "n", arguments: "{}" }] },
    } as unknown as Message;
    const yes = {
      role: "user",
      content: "",
      responses: { items: [{ type: "mcp_approval_response", approval_request_id: "m", approve: true }] },
    } as unknown as Message;
    const messages = [user("a"), said("b"), user("c"), asking, yes, said("d")];
    expect(trimMessages(messages, { tokens: 1 })).toEqual(messages.slice(2));
  });

  it("gives nothing of nothing, and refuses what is wrong", () => {
    expect(trimMessages([], { tokens: 1 })).toEqual([]);
    expect(() => trimMessages([], {} as never)).toThrow("options.tokens: expected a number above 0");
    expect(() => trimMessages([], undefined as never)).toThrow("options.tokens");
    expect(() => trimMessages([], { tokens: 0 })).toThrow("options.tokens: expected a number above 0");
    expect(() => trimMessages([], { max: 5 } as never)).toThrow("options.max");
    expect(() => trimMessages([{ role: "user" } as never], { tokens: 1 })).toThrow("messages[0].content");
  });

  it("leaves of any history a part that the API accepts, no longer than the limit unless it is the last turn", () => {
    const text = fc.integer({ min: 0, max: 60 }).map((length) => "y".repeat(length));
    const step = fc.record({ calls: fc.integer({ min: 0, max: 3 }), beside: fc.boolean(), text });
    const turn = fc.record({
      instruction: fc.option(text, { nil: undefined }),
      asked: fc.array(text, { minLength: 1, maxLength: 2 }),
      steps: fc.array(step, { maxLength: 3 }),
      answer: fc.option(text, { nil: undefined }),
    });
    let next = 0;
    const history = fc.array(turn, { minLength: 1, maxLength: 6 }).map((turns) =>
      turns.flatMap(({ instruction, asked, steps, answer }, at): Message[] => [
        ...(instruction === undefined ? [] : [{ role: "developer" as const, content: instruction }]),
        ...asked.map(user),
        ...steps.flatMap(({ calls: count, text }): Message[] => {
          const ids = Array.from({ length: count }, () => `call_${next++}`);
          return count === 0 ? [said(text || "-")] : [calls(...ids), ...ids.map((id) => result(id, text))];
        }),
        // Only the last turn may be without an answer.
        ...(answer === undefined && at === turns.length - 1 ? [] : [said(answer || "-")]),
      ]),
    );
    fc.assert(
      fc.property(history, fc.integer({ min: 1, max: 200 }), (messages, tokens) => {
        const kept = trimMessages(messages, { tokens });
        expect(faultOfRequest(messages)).toBeUndefined();
        expect(faultOfRequest(kept)).toBeUndefined();
        expect(kept.filter(isInstruction)).toEqual(messages.filter(isInstruction));
        const own = kept.filter((one) => !isInstruction(one));
        const all = messages.filter((one) => !isInstruction(one));
        expect(own).toEqual(all.slice(all.length - own.length));
        expect(own[0]?.role).toBe("user");
        const turns = own.filter(({ role }, at) => role === "user" && own[at - 1]?.role !== "user").length;
        const size = kept.reduce((total, one) => total + estimateTokens(one), 0);
        expect(size <= tokens || turns === 1).toBe(true);
        expect(outline(kept).length).toBe(kept.length);
      }),
      { numRuns: 2_000 },
    );
  });
});

function isInstruction({ role }: Message): boolean {
  return role === "system" || role === "developer";
}
