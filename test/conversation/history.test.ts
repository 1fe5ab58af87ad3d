import { describe, expect, it } from "vitest";
import fc from "fast-check";
import {
  addMessages,
  addResult,
  distinct,
  settleCalls,
  toHistory,
  toRequest,
  UNKNOWN_OUTCOME,
} from "../../src/conversation/history.ts";
import { checkMessages } from "../../src/testing/index.ts";
import type { AssistantMessage, Message, ToolMessage } from "../../src/wire/index.ts";
import { call, outline } from "./fakeClient.ts";

const user: Message = { role: "user", content: "hi" };
const calls = (...ids: string[]): AssistantMessage => ({
  role: "assistant",
  content: null,
  tool_calls: ids.map((id) => call(id, "f")),
});
const result = (id: string, content = id): ToolMessage => ({ role: "tool", tool_call_id: id, content });

function request(...messages: Message[]): Message[] {
  const before = structuredClone(messages);
  const sent = toRequest(messages);
  expect(checkMessages(sent)).toBeUndefined();
  expect(messages).toEqual(before);
  return sent;
}

describe("a request made of any history", () => {
  it("gives a call without a result one that says that its outcome is unknown", () => {
    expect(request(user, calls("a", "b"), result("b"))).toEqual([
      user,
      calls("a", "b"),
      result("a", UNKNOWN_OUTCOME),
      result("b"),
    ]);
  });

  it("leaves out results of no call, and a second result of the same call", () => {
    expect(request(user, result("x"), calls("a"), result("a"), result("a", "again"), result("y"))).toEqual([
      user,
      calls("a"),
      result("a"),
    ]);
  });

  it("moves results behind their calls if the user spoke in between", () => {
    expect(outline(request(calls("a", "b"), user, result("b"), result("a")))).toEqual([
      "calls a b",
      "tool a",
      "tool b",
      "user",
    ]);
  });

  it("keeps the results of two messages apart whose calls have the same ids", () => {
    expect(request(user, calls("call_0"), result("call_0", "1"), calls("call_0"), result("call_0", "2"))).toMatchObject(
      [{}, {}, { content: "1" }, {}, { content: "2" }],
    );
  });

  it("gives two calls of one id their own results, in order", () => {
    const sent = request(user, calls("a", "a", ""), result("a", "1"), result("a", "2"), result("", "3"));
    expect(sent.slice(2)).toMatchObject([{ content: "1" }, { content: "2" }, { content: "3" }]);
    expect(new Set(sent.slice(2).map((message) => (message as ToolMessage).tool_call_id)).size).toBe(3);
  });

  it("adds the type of a call that lacks it", () => {
    const [, said] = request(user, {
      role: "assistant",
      tool_calls: [{ id: "a", function: { name: "f", arguments: "{}" } }],
    } as never);
    expect(said).toMatchObject({ tool_calls: [{ id: "a", type: "function" }] });
  });

  it("makes invented names acceptable", () => {
    const [, said] = request(user, {
      role: "assistant",
      content: null,
      tool_calls: [
        call("a", "multi_tool_use.parallel"),
        call("b", ""),
        { id: "c", type: "custom", custom: { name: "é ".repeat(50), input: "" } },
      ],
    });
    expect(said).toMatchObject({
      tool_calls: [{ function: { name: "multi_tool_use_parallel" } }, { function: { name: "unnamed" } }, {}],
    });
  });

  it("leaves out empty assistant messages", () => {
    expect(
      request(
        user,
        { role: "assistant", content: "" },
        { role: "assistant", content: null },
        { role: "assistant", tool_calls: [] },
        { role: "assistant", content: [] },
      ),
    ).toEqual([user]);
  });

  it("passes pictures of a result on in a user's message behind all results: the API takes nothing but text from tools", () => {
    const picture = { type: "image_url" as const, image_url: { url: "data:image/png;base64,AA==" } };
    const sent = request(
      user,
      calls("a", "b", "c"),
      { role: "tool", tool_call_id: "a", content: [{ type: "text", text: "here" }, picture] },
      { role: "tool", tool_call_id: "b", content: [picture] },
      result("c"),
    );
    expect(outline(sent)).toEqual(["user", "calls a b c", "tool a", "tool b", "tool c", "user"]);
    expect(sent[2]).toMatchObject({ content: [{ type: "text", text: "here" }] });
    expect(sent[5]).toMatchObject({ content: [{ type: "text" }, picture, { type: "text" }, picture] });
  });

  it("is accepted whatever the order of messages, and loses no first result of a call", () => {
    const id = fc.constantFrom("a", "b", "", "c");
    const message = fc.oneof(
      fc.constant(user),
      fc
        .record({ ids: fc.array(id, { maxLength: 4 }), content: fc.constantFrom("x", "", null, undefined) })
        .map(({ ids, content }): Message => ({ ...calls(...ids), content })),
      id.map((one): Message => result(one, `result of ${one}`)),
      fc.constantFrom<Message>(
        { role: "system", content: "s" },
        { role: "assistant", content: "ok" },
        { role: "function", name: "f", content: null },
        { role: "assistant", content: null, function_call: { name: "f", arguments: "{" } },
      ),
    );
    fc.assert(
      fc.property(fc.array(message, { maxLength: 12 }), (history) => {
        const sent = toRequest([user, ...history]);
        expect(checkMessages(sent)).toBeUndefined();
        expect(toRequest(sent)).toEqual(sent);
      }),
      { numRuns: 2_000 },
    );
  });

  it("takes time in proportion to the history", () => {
    const long = Array.from({ length: 4_000 }, (_, at) => [user, calls(`${at}`), result(`${at}`)]).flat();
    const start = performance.now();
    toRequest(long);
    expect(performance.now() - start).toBeLessThan(500);
  });
});

describe("an answer that goes into the history", () => {
  it("keeps what providers want back, and drops what the API refuses in a request", () => {
    const said = {
      role: "assistant",
      content: "x",
      reasoning_content: "r",
      reasoning_details: [{ a: 1 }],
      extra_content: { google: { thought_signature: "s" } },
      annotations: [],
      refusal: null,
      audio: { id: "a", data: "AAAA", transcript: "t", expires_at: 1 },
      tool_calls: [],
      function_call: null,
    } as unknown as AssistantMessage;
    expect(toHistory(said)).toEqual({
      role: "assistant",
      content: "x",
      reasoning_content: "r",
      reasoning_details: [{ a: 1 }],
      extra_content: { google: { thought_signature: "s" } },
      audio: { id: "a", transcript: "t", expires_at: 1 },
    });
  });

  it("keeps content that is null beside calls, and a refusal", () => {
    expect(toHistory(calls("a"))).toEqual(calls("a"));
    expect(toHistory({ role: "assistant", content: null, refusal: "No." })).toEqual({
      role: "assistant",
      content: null,
      refusal: "No.",
    });
  });

  it("is nothing if it has no content, whatever its reasoning", () => {
    expect(toHistory({ role: "assistant", content: "", reasoning_content: "hm" })).toBeUndefined();
  });

  it("has an id for each call, and no id twice", () => {
    const long = "x".repeat(40);
    fc.assert(
      fc.property(fc.array(fc.constantFrom("", "a", "a_1", "call_0", "call_1", long), { maxLength: 8 }), (ids) => {
        const made = distinct(ids.map((id) => call(id, "f"))).map(({ id }) => id);
        expect(new Set(made).size).toBe(ids.length);
        expect(made.every((id) => id.length > 0 && id.length <= 40)).toBe(true);
      }),
    );
  });
});

describe("results", () => {
  it("stand behind their message in the order of its calls, whichever comes first", () => {
    const said = calls("a", "b", "c");
    const messages: Message[] = [user, said, user];
    for (const id of ["c", "a", "b"]) addResult(messages, said, result(id));
    expect(outline(messages)).toEqual(["user", "calls a b c", "tool a", "tool b", "tool c", "user"]);
  });

  it("are not taken twice, nor for a message that is no longer there", () => {
    const said = calls("a");
    const messages: Message[] = [said, result("a", "1")];
    addResult(messages, said, result("a", "2"));
    addResult(messages, calls("b"), result("b"));
    expect(messages).toEqual([said, result("a", "1")]);
  });

  it("replace a result of unknown outcome", () => {
    const messages: Message[] = [calls("a", "b"), user];
    settleCalls(messages);
    addMessages(messages, [result("b", "late")]);
    expect(messages).toEqual([calls("a", "b"), result("a", UNKNOWN_OUTCOME), result("b", "late"), user]);
  });
});
