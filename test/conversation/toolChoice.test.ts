import { describe, expect, it } from "vitest";
import type { ChatParams } from "../../src/wire/index.ts";
import { ChatSession } from "../../src/conversation/session.ts";
import { unforced } from "../../src/conversation/toolChoice.ts";
import { tool } from "../../src/conversation/tools.ts";
import { responses } from "../../src/responses/index.ts";
import type { ToolChoice } from "../../src/wire/index.ts";
import { called, responseBody, said, scripted } from "../responses/support.ts";
import { call, FakeClient } from "./fakeClient.ts";

const look = tool({ name: "look", execute: () => "rain" });
const named = { type: "function", function: { name: "look" } };

describe("a choice of tool that forces a call", () => {
  it.each<[string, ToolChoice]>([
    ["required", "required"],
    ["a function", named],
    ["any, as Mistral says it", { type: "any" }],
  ])("is made once a turn, or the turn would never end: %s", async (_, choice) => {
    const client = new FakeClient(
      { tool_calls: [call("a", "look")] },
      { tool_calls: [call("b", "look")] },
      "Rain.",
      "Again.",
    );
    const chat = new ChatSession(client, { tools: [look], parallel_tool_calls: false });
    expect(await chat.send("Oslo?", { tool_choice: choice })).toBe("Rain.");
    expect(client.requests.map(({ params }) => params["tool_choice"])).toEqual([choice, "auto", "auto"]);
    expect(client.requests.map(({ params }) => params["parallel_tool_calls"])).toEqual([false, false, false]);
    await chat.send("Thanks");
    expect(client.requests[3]?.params).not.toHaveProperty("tool_choice");
  });

  it("is made anew with every turn where it stands for all", async () => {
    const client = new FakeClient(
      { tool_calls: [call("a", "look")] },
      "Rain.",
      { tool_calls: [call("b", "look")] },
      "Rain again.",
    );
    const chat = new ChatSession(client, { tools: [look], tool_choice: "required" });
    await chat.send("Oslo?");
    await chat.send("Bergen?", {}, { onChunk: () => undefined });
    expect(client.requests.map(({ params }) => params["tool_choice"])).toEqual([
      "required",
      "auto",
      "required",
      "auto",
    ]);
  });

  it("is over where the turn goes on after a yes", async () => {
    const client = new FakeClient({ tool_calls: [call("a", "pay")] }, "Paid.");
    const chat = new ChatSession(client, { tools: [tool({ name: "pay", needsApproval: true, execute: () => 1 })] });
    await chat.send("Pay", { tool_choice: "required" });
    chat.approve();
    expect(await chat.generateResponse()).toBe("Paid.");
    expect(client.requests.map(({ params }) => params["tool_choice"])).toEqual(["required", "auto"]);
  });

  it("is the program's own to make with results that it sends by hand", async () => {
    const client = new FakeClient({ tool_calls: [call("a", "hand")] }, "Done.");
    const chat = new ChatSession(client, { tools: [{ type: "function", function: { name: "hand" } }] });
    await chat.send("Go", { tool_choice: "required" });
    await chat.send({ role: "tool", tool_call_id: "a", content: "1" }, { tool_choice: "none" });
    expect(client.requests.map(({ params }) => params["tool_choice"])).toEqual(["required", "none"]);
  });

  it("is made once a turn over the Responses API too", async () => {
    const tool_choice = { type: "function", function: { name: "look" } };
    const { client, sent } = scripted([responseBody([called("look", "{}")]), responseBody([said("Rain.")])]);
    const chat = client.newChatSession({ api: responses(), tools: [look] });
    expect(await chat.send("Oslo?", { tool_choice })).toBe("Rain.");
    expect(sent.map(({ body }) => body["tool_choice"])).toEqual([{ type: "function", name: "look" }, "auto"]);
  });
});

describe("a choice that forces nothing", () => {
  it.each([undefined, null, "auto", "none"])("stays as it is: %s", (tool_choice) => {
    const params = { tool_choice } as ChatParams;
    expect(unforced(params)).toBe(params);
  });

  it("is what remains of a choice among some tools, which stay the only ones", () => {
    const tools = [named];
    expect(unforced({ tool_choice: { type: "allowed_tools", allowed_tools: { mode: "required", tools } } })).toEqual({
      tool_choice: { type: "allowed_tools", allowed_tools: { mode: "auto", tools } },
    });
    expect(unforced({ tool_choice: { type: "allowed_tools", mode: "required", tools } })).toEqual({
      tool_choice: { type: "allowed_tools", mode: "auto", tools },
    });
  });
});
