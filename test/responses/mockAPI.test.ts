import { createResponse, streamResponse, response, deleteResponse, resumeResponse } from "../../src/responses/index.ts";
import { describe, expect, it } from "vitest";
import { createClient, isAPIError } from "../../src/index.ts";
import { outputReasoning, outputText } from "../../src/responses/index.ts";
import { createMockAPI } from "../../src/testing/index.ts";

function begin(): { mock: ReturnType<typeof createMockAPI>; client: ReturnType<typeof createClient> } {
  const mock = createMockAPI({ pace: "instant" });
  return { mock, client: createClient({ apiKey: "sk-test-0123456789", fetch: mock.fetch, maxRetries: 0 }) };
}

describe("the mock API's responses", () => {
  it("stream in the API's order, each event with its name and number", async () => {
    const { mock, client } = begin();
    mock.reply({ reasoning: "Let me think", text: "Hi you" });
    const body = await (
      await client.fetch("/responses", {
        method: "POST",
        body: JSON.stringify({ model: "m", input: "Hi", stream: true }),
        headers: { "content-type": "application/json" },
      })
    ).text();
    const events = body
      .trim()
      .split("\n\n")
      .map((event) => /^event: (.*)\ndata: (.*)$/.exec(event)!.slice(1))
      .map(([name, data]) => [name, JSON.parse(data!) as { type: string; sequence_number: number }] as const);
    expect(events.every(([name, data], at) => data.type === name && data.sequence_number === at)).toBe(true);
    expect([...new Set(events.map(([name]) => name))]).toEqual([
      "response.created",
      "response.in_progress",
      "response.output_item.added",
      "response.reasoning_summary_part.added",
      "response.reasoning_summary_text.delta",
      "response.reasoning_summary_text.done",
      "response.reasoning_summary_part.done",
      "response.output_item.done",
      "response.content_part.added",
      "response.output_text.delta",
      "response.output_text.done",
      "response.content_part.done",
      "response.completed",
    ]);
  });

  it("send their events again, from the one after the last that arrived", async () => {
    const { client } = begin();
    const stream = await streamResponse(client, "Count to three.", { background: true });
    const all = [];
    for await (const { raw } of stream) all.push(raw);
    const { id } = await stream.final();
    const resumed = [];
    for await (const { raw } of await resumeResponse(client, id, { starting_after: 3 })) resumed.push(raw);
    expect(resumed).toEqual(all.slice(4));
    expect((await (await resumeResponse(client, id, {})).final()).id).toBe(id);
  });

  it("have the same content whole and streamed", async () => {
    const { mock, client } = begin();
    const reply = {
      reasoning: "Let me think",
      text: "Hi",
      toolCalls: [{ name: "f", arguments: { a: 1 }, id: "call_1" }],
    };
    mock.reply(reply, reply);
    const whole = await createResponse(client, "Hi");
    const streamed = await (await streamResponse(client, "Hi")).final();
    const plain = (value: unknown): unknown =>
      JSON.parse(JSON.stringify(value).replaceAll(/(resp|msg|rs|fc)_[0-9a-f]+/g, "ID"));
    expect(plain({ ...streamed, created_at: 0, completed_at: 0 })).toEqual(
      plain({ ...whole, created_at: 0, completed_at: 0 }),
    );
    expect(outputReasoning(whole)).toBe("Let me think");
  });

  it("continue from an earlier response until it is deleted", async () => {
    const { client } = begin();
    const first = await createResponse(client, "My name is Ada");
    const second = await createResponse(client, "What is my name?", { previous_response_id: first.id });
    expect(outputText(second)).toBe("You said: What is my name? (message 2)");
    await deleteResponse(client, first.id);
    expect(outputText(await createResponse(client, "And now?", { previous_response_id: second.id }))).toBe(
      "You said: And now? (message 3)",
    );
    await expect(createResponse(client, "What?", { previous_response_id: first.id })).rejects.toMatchObject({
      status: 404,
      code: "previous_response_not_found",
      param: "previous_response_id",
    });
  });

  it("are not stored with store: false", async () => {
    const { client } = begin();
    const { id } = await createResponse(client, "Hi", { store: false });
    await expect(response(client, id)).rejects.toMatchObject({
      status: 404,
      message: `Response with id '${id}' not found.`,
    });
  });

  it("end with the scripted finish reason", async () => {
    const { mock, client } = begin();
    mock.reply(
      { text: "Once", finishReason: "length" },
      { finishReason: "content_filter" },
      { finishReason: "cancelled" },
    );
    expect(await createResponse(client, "Hi")).toMatchObject({
      status: "incomplete",
      incomplete_details: { reason: "max_output_tokens" },
    });
    expect(await createResponse(client, "Hi")).toMatchObject({
      status: "incomplete",
      incomplete_details: { reason: "content_filter" },
    });
    await expect(createResponse(client, "Hi")).rejects.toMatchObject({ code: "cancelled" });
    expect(await createResponse(client, "word ".repeat(20), { max_output_tokens: 16 })).toMatchObject({
      status: "incomplete",
      usage: { output_tokens: 16 },
    });
  });

  it.each<[object, string]>([
    [{ input: "x", messages: [] }, "Unknown parameter: 'messages'."],
    [{}, "must be provided"],
    [{ input: [] }, "empty array"],
    [{ input: [{ role: "user" }] }, "Missing required parameter: 'input[0].content'."],
    [{ input: [{ role: "user", content: [{ type: "text", text: "x" }] }] }, "Invalid value: 'text'."],
    [
      { input: [{ type: "function_call_output", call_id: "c", output: "x" }] },
      "No tool call found for function call output with call_id c.",
    ],
    [
      { input: [{ type: "function_call", call_id: "c", name: "f", arguments: "{}" }] },
      "No tool output found for function call c.",
    ],
    [
      {
        input: [
          { type: "reasoning", id: "rs_1", summary: [] },
          { role: "user", content: "x" },
        ],
      },
      "without its required following item",
    ],
    [
      { input: "x", tools: [{ type: "function", function: { name: "f" } }] },
      "Missing required parameter: 'tools[0].name'.",
    ],
    [{ input: "x", previous_response_id: "resp_0" }, "Previous response with id 'resp_0' not found."],
  ])("refuse bodies that the API refuses: %j", async (body, message) => {
    const { client } = begin();
    const error: unknown = await client
      .request("/responses", { model: "m", ...body })
      .catch((thrown: unknown) => thrown);
    expect(isAPIError(error) && error.message).toContain(message);
  });
});
