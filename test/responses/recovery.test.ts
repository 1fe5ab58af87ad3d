import { afterEach, describe, expect, it } from "vitest";
import { type HandTool, type Message, tool } from "../../src/index.ts";
import { responses } from "../../src/responses/index.ts";
import { called, refusal, responseBody, said, scripted, takeRequestFaults } from "./support.ts";

type Fields = Record<string, unknown>;
const answer = (id: string, ...before: object[]): Fields =>
  responseBody([...before, said("Hi", { id: `msg_${id}` })], { id: `resp_${id}` });
const thought = { id: "rs_1", type: "reasoning", summary: [], encrypted_content: "gAAAA" };
const request = { id: "mcpr_1", type: "mcp_approval_request", server_label: "shop", name: "buy", arguments: "{}" };
const click = {
  id: "cu_1",
  type: "computer_call",
  call_id: "click_1",
  status: "completed",
  action: { type: "screenshot" },
  pending_safety_checks: [],
};
const asks = (...items: object[]): Fields => responseBody(items, { id: "resp_1" });
const ENCRYPTED = ["reasoning.encrypted_content"];

describe("a refusal of what a request says beside the input", () => {
  afterEach(() => {
    expect(takeRequestFaults()).toEqual([]);
  });

  it("of another kind does not end asking for encrypted reasoning", async () => {
    const refused = refusal(400, { message: "The schema must include a type.", param: "tools" });
    const { client, sent } = scripted([refused, refused, answer("1")]);
    const chat = client.newChatSession({ api: responses(), model: "gpt-6-luna" });
    await expect(chat.send("Hi")).rejects.toThrow("must include a type");
    await chat.generateResponse();
    expect(sent.at(-1)?.body["include"]).toEqual(ENCRYPTED);
  });

  it.each([
    { message: "Encrypted content is not supported with this model." },
    { message: "Unknown parameter: 'include'." },
    { message: "Invalid value", param: "include" },
  ])("ends asking for encrypted reasoning: $message", async (error) => {
    const { client, sent } = scripted([refusal(400, error), answer("1"), answer("2")]);
    const chat = client.newChatSession({ api: responses(), model: "gpt-6-luna" });
    await chat.send("Hi");
    await chat.send("And?");
    expect(sent.map(({ body }) => body["include"])).toEqual([ENCRYPTED, undefined, undefined]);
  });

  it("names encrypted content in words alone: the request is made without it", async () => {
    const error = { message: "The encrypted content could not be decrypted or parsed." };
    const { client, sent } = scripted([answer("1", thought), refusal(400, error), answer("2"), answer("3")]);
    const chat = client.newChatSession({ api: responses(), model: "gpt-6-luna" });
    await chat.send("Hi");
    await chat.send("And?");
    await chat.send("And then?");
    expect(sent.map(({ body }) => JSON.stringify(body["input"]).includes("gAAAA"))).toEqual([
      false,
      true,
      false,
      false,
    ]);
  });

  it.each([
    { message: "Previous response cannot be used for this organization due to Zero Data Retention." },
    { message: "No response with that id." },
  ])("names an earlier response in words: the request is made with all items: $message", async (error) => {
    const { client, sent } = scripted([answer("1"), refusal(400, error), answer("2")]);
    const chat = client.newChatSession({ api: responses({ state: "server" }) });
    await chat.send("Hi");
    await chat.send("And?");
    expect(sent.map(({ body }) => body["previous_response_id"])).toEqual([undefined, "resp_1", undefined]);
  });
});

it("asks with all items after a bare 404 for an earlier response", async () => {
  const { client, sent } = scripted([answer("1"), refusal(404, { message: "Not Found" }), answer("2")]);
  const chat = client.newChatSession({ api: responses({ state: "server" }) });
  await chat.send("Hi");
  expect(await chat.send("And?")).toBe("Hi");
  expect(sent.map(({ body }) => body["previous_response_id"])).toEqual([undefined, "resp_1", undefined]);
});

describe("params in chat's form", () => {
  afterEach(() => {
    expect(takeRequestFaults()).toEqual([]);
  });

  it("of a turn override the session's, also by another name", async () => {
    const { client, sent } = scripted([answer("1")]);
    const chat = client.newChatSession({ api: responses(), max_completion_tokens: 500 });
    await chat.send("Hi", { max_tokens: 20 });
    expect(sent[0]?.body["max_output_tokens"]).toBe(20);
  });

  it("declare legacy functions, whose answers by name are results of the calls", async () => {
    const call = { id: "fc_1", type: "function_call", call_id: "look_1", name: "look", arguments: "{}" };
    const { client, sent } = scripted([asks(call), answer("2")]);
    const chat = client.newChatSession({ api: responses(), functions: [{ name: "look" }] });
    await chat.send("Hi");
    await chat.send({ role: "function", name: "look", content: "A heron" });
    const results = (sent[1]?.body["input"] as Fields[]).filter(({ type }) => type === "function_call_output");
    expect(results).toEqual([{ type: "function_call_output", call_id: "look_1", output: "A heron" }]);
    expect(chat.messages[2]).toEqual({ role: "tool", tool_call_id: "look_1", content: "A heron" });
  });

  it("of both kinds of functions are all offered", async () => {
    const { client, sent } = scripted([answer("1")]);
    const pay = tool({ name: "pay", execute: () => "paid" });
    const chat = client.newChatSession({ api: responses(), tools: [pay], functions: [{ name: "look" }] });
    await chat.send("Hi");
    expect((sent[0]?.body["tools"] as Fields[]).map(({ name }) => name)).toEqual(["pay", "look"]);
  });

  it("that repeat an include name it once", async () => {
    const { client, sent } = scripted([answer("1")]);
    const chat = client.newChatSession({
      api: responses({ include: ["message.output_text.logprobs"] }),
      model: "gpt-4.1",
    });
    await chat.send("Hi", { logprobs: true });
    expect(sent[0]?.body["include"]).toEqual(["message.output_text.logprobs"]);
  });
});

describe("an approval of a hosted call", () => {
  it("continues from the response that asked, whatever the turn began behind", async () => {
    const { client, sent } = scripted([asks(request), answer("2")]);
    const chat = client.newChatSession({ api: responses({ state: "server" }), onApproval: () => true });
    await chat.send("Buy it", { previous_response_id: "resp_0" } as object);
    expect(sent.map(({ body }) => body["previous_response_id"])).toEqual(["resp_0", "resp_1"]);
  });

  it("waits, and is sent, where prepareStep chose the API", async () => {
    const { client, sent } = scripted([asks(request), answer("2")]);
    const api = responses();
    const chat = client.newChatSession({ prepareStep: () => ({ api }) });
    await chat.send("Buy it");
    expect(chat.lastTurn?.ending).toBe("approval");
    chat.approve();
    expect(await chat.generateResponse()).toBe("Hi");
    expect((sent[1]?.body["input"] as Fields[]).at(-1)).toMatchObject({ type: "mcp_approval_response", approve: true });
  });
});

describe("a history that the program changed", () => {
  it("continues from no answer whose text was changed", async () => {
    const { client, sent } = scripted([answer("1"), answer("2")]);
    const chat = client.newChatSession({ api: responses({ state: "server" }) });
    await chat.send("Hi");
    chat.messages[1] = { ...chat.messages[1], role: "assistant", content: "Redacted" };
    await chat.send("And?");
    expect(sent[1]?.body["previous_response_id"]).toBeUndefined();
    expect((sent[1]?.body["input"] as Fields[])[1]).toEqual({ role: "assistant", content: "Redacted" });
  });

  it("has one id for each call, also behind an answer that the service knows", async () => {
    const look = tool({ name: "look", execute: () => "seen" });
    const call = called("look", "{}", { call_id: "a" });
    const { client, sent } = scripted([asks(call), answer("2")]);
    const api = responses({ state: "server" });
    const chat = client.newChatSession({ api, tools: [look], maxSteps: 1 });
    await chat.send("Look");
    chat.appendMessage(
      {
        role: "assistant",
        content: null,
        tool_calls: [{ id: "a", type: "function", function: { name: "look", arguments: "{}" } }],
      },
      { role: "tool", tool_call_id: "a", content: "seen again" },
    );
    await chat.generateResponse();
    const { input, previous_response_id } = sent[1]?.body ?? {};
    expect(previous_response_id).toBe("resp_1");
    expect((input as Fields[]).map(({ type, call_id }) => [type, call_id])).toEqual([
      ["function_call_output", "a"],
      ["function_call", "a_2"],
      ["function_call_output", "a_2"],
    ]);
  });
});

describe("a conversation that the service keeps", () => {
  const items = (body: Fields | undefined): unknown[] =>
    (body?.["input"] as Fields[]).map(({ type, role }) => type ?? role);

  it("gets only what is new, whoever keeps the state otherwise", async () => {
    const look = tool({ name: "look", execute: () => "seen" });
    const { client, sent } = scripted([asks(called("look", "{}")), answer("2"), answer("3")]);
    const chat = client.newChatSession({ api: responses({ conversation: { id: "conv_1" } }), tools: [look] });
    await chat.send("Look");
    await chat.send("And?");
    expect(sent.map(({ body }) => items(body))).toEqual([["user"], ["function_call_output"], ["user"]]);
  });

  it("gets all of what it does not know", async () => {
    const { client, sent } = scripted([answer("1"), answer("2"), answer("3")]);
    const chat = client.newChatSession({ api: responses({ state: "server" }) });
    await chat.send("Hi");
    for (const conversation of ["conv_1", "conv_2"]) {
      chat.api = responses({ conversation });
      await chat.send("And?");
    }
    expect(sent.map(({ body }) => items(body).length)).toEqual([1, 3, 5]);
  });
});

describe("something else is said while calls wait", () => {
  it("and the model answers that, also where a computer's call is open", async () => {
    const { client } = scripted([asks(click, request), answer("2")]);
    const chat = client.newChatSession({ api: responses() });
    await chat.send("Buy it");
    expect(await chat.send("Never mind")).toBe("Hi");
  });

  it("and the calls wait again if that fails and the input is not kept", async () => {
    const { client } = scripted([asks(request), refusal(400, { message: "Bad" })]);
    const chat = client.newChatSession({ api: responses() });
    await chat.send("Buy it");
    await expect(chat.send("Never mind", undefined, { keepInput: false })).rejects.toThrow("Bad");
    expect(chat.messages.map(({ role }) => role)).toEqual(["user", "assistant"]);
    expect(chat.pending.map(({ id }) => id)).toEqual(["mcpr_1"]);
  });

  it("and the model answers that, also where a call of the program's own is open", async () => {
    const hand: HandTool = { type: "function", function: { name: "look" } };
    const pay = tool({ name: "pay", needsApproval: true, execute: () => "paid" });
    const { client } = scripted([
      asks(called("pay", "{}", { id: "fc_a", call_id: "a" }), called("look", "{}", { id: "fc_b", call_id: "b" })),
      answer("2"),
    ]);
    const chat = client.newChatSession({ api: responses(), tools: [pay, hand] });
    await chat.send("Buy it");
    expect(await chat.send("Never mind")).toBe("Hi");
  });
});

describe("input items", () => {
  it("with a role are sent as they are", async () => {
    const { client, sent } = scripted([answer("1")]);
    const chat = client.newChatSession({ api: responses() });
    const tools = [{ type: "function", name: "look", parameters: null, strict: false }];
    const added = { type: "additional_tools", role: "developer", tools };
    await chat.send([added, { role: "user", content: "Hi" }] as Message[]);
    expect(sent[0]?.body["input"]).toEqual([added, { role: "user", content: "Hi" }]);
  });

  it("that are messages become such, without their type", async () => {
    const { client } = scripted([answer("1")]);
    const chat = client.newChatSession({ api: responses() });
    await chat.send({ type: "message", role: "user", content: "Hi" });
    expect(chat.messages[0]).toEqual({ role: "user", content: "Hi" });
  });

  it("of an earlier answer become its message in chat's form", async () => {
    const { client } = scripted([answer("2")]);
    const chat = client.newChatSession({ api: responses() });
    await chat.send([said("Hi"), { role: "user", content: "And?" }] as object[] as Message[]);
    expect(chat.messages[0]).toEqual({ role: "assistant", content: [{ type: "text", text: "Hi" }] });
  });
});
