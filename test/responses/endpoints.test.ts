import { deleteResponse, responseInputItems } from "../../src/responses/index.ts";
import { describe, expect, it } from "vitest";
import { extra, createClient, createConnection, httpInfo, isAPIError, tool, strict } from "../../src/index.ts";
import {
  cancelResponse,
  countInputTokens,
  createResponse,
  outputCalls,
  outputImages,
  outputReasoning,
  outputRefusal,
  outputText,
  response,
  streamResponse,
} from "../../src/responses/index.ts";
import { createMockAPI, type MockAPI } from "../../src/testing/index.ts";
import { called, events, refusal, responseBody, said, scripted, text } from "./support.ts";

const mock = (): MockAPI => createMockAPI({ pace: "instant" });
const clientOf = (one: MockAPI): ReturnType<typeof createClient> =>
  createClient({ apiKey: "sk-test-0123456789", fetch: one.fetch, maxRetries: 0 });

describe("createResponse()", () => {
  it.each<[string, Record<string, unknown>]>([
    ["failed", { status: "failed", error: { code: "server_error", message: "Boom" } }],
    ["cancelled", { status: "cancelled" }],
    ["failed, without a word", { status: "failed", error: null }],
  ])("tells of a response that %s, and carries it", async (_name, fields) => {
    const body = responseBody([said("Hel")], fields);
    const { client, sent } = scripted([body]);
    const error: unknown = await createResponse(client, "Hello").catch((thrown: unknown) => thrown);
    expect(isAPIError(error) && [error.status, error.code, error.body]).toEqual([
      200,
      (fields["error"] as { code?: string } | null)?.code ?? fields["status"],
      body,
    ]);
    expect(httpInfo(error)).toMatchObject({ status: 200 });
    expect(sent).toHaveLength(1);
  });

  it("gives an incomplete one, and one that goes on in the background, as they are", async () => {
    const cut = responseBody([], { status: "incomplete", incomplete_details: { reason: "max_output_tokens" } });
    const queued = responseBody([], { status: "queued" });
    const { client } = scripted([cut, queued]);
    expect(await createResponse(client, "Hello")).toEqual(cut);
    expect(await createResponse(client, "Hello", { background: true })).toEqual(queued);
  });

  it("refuses what is no response", async () => {
    for (const body of [{}, { hello: 1 }, { error: { message: "No", code: "bad" } }]) {
      const { client } = scripted([body]);
      await expect(createResponse(client, "Hello")).rejects.toMatchObject({ name: "APIError", status: 200 });
    }
  });

  it("sends input and params as they are, and the client's model where none is named", async () => {
    const { client, sent } = scripted([responseBody([]), responseBody([]), responseBody([])], { model: "m" });
    const input = [
      { role: "user" as const, content: [{ type: "input_text" as const, text: "Hi" }] },
      { type: "item_reference" as const, id: "msg_1" },
    ];
    await createResponse(client, input, { temperature: 0, max_output_tokens: undefined });
    await createResponse(client, "Hi", extra({ model: "n" }, { invented: { a: 1 } }));
    await createResponse(client, undefined, { prompt: { id: "pmpt_1" } });
    expect(sent.map(({ body, url, method }) => [method, url, body])).toEqual([
      ["POST", "/responses", { model: "m", input, temperature: 0 }],
      ["POST", "/responses", { model: "n", input: "Hi", invented: { a: 1 } }],
      ["POST", "/responses", { model: "m", prompt: { id: "pmpt_1" } }],
    ]);
  });

  it("refuses input that is none, with its path, and options among the params", async () => {
    const { client, sent } = scripted([]);
    const bad: [unknown, string, string][] = [
      [[], "input", "at least one item"],
      [{ role: "user", content: "x" }, "input", "a text or a list"],
      [null, "input", "null"],
      [[{}], "input[0].type", "a value"],
      [[{ type: "message", role: "user", content: 5 }], "input[0].content", "string"],
      [[{ type: "function_call", call_id: "a", name: "b" }], "input[0].arguments", "a value"],
    ];
    for (const [input, path, words] of bad) {
      const error = await createResponse(client, input as string).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ name: "InputError", path });
      expect(String(error)).toContain(words);
    }
    await expect(createResponse(client, "x", { signal: AbortSignal.abort() } as never)).rejects.toMatchObject({
      name: "InputError",
      path: "params.signal",
    });
    await expect(createResponse(client, "x", { stream: true } as never)).rejects.toMatchObject({
      name: "InputError",
      path: "params.stream",
    });
    expect(sent).toEqual([]);
  });

  it("passes items of unknown types", async () => {
    const { client, sent } = scripted([responseBody([])]);
    await createResponse(client, [{ type: "hologram", depth: 3 } as never]);
    expect(sent[0]!.body["input"]).toEqual([{ type: "hologram", depth: 3 }]);
  });

  it("streams underneath for onChunk, and rejects with what it throws", async () => {
    const body = responseBody([said("Hello")]);
    const reply = events(body, [text("Hel"), text("lo")]);
    const { client, sent } = scripted([reply, reply]);
    let content = "";
    expect(await createResponse(client, "Hi", {}, { onChunk: (chunk) => void (content += chunk.content) })).toEqual(
      body,
    );
    expect(content).toBe("Hello");
    expect(sent[0]!.body).toMatchObject({ stream: true });
    await expect(
      createResponse(
        client,
        "Hi",
        {},
        {
          onChunk: () => {
            throw new Error("mine");
          },
        },
      ),
    ).rejects.toThrow("mine");
  });

  it("is a free function too", async () => {
    const one = mock();
    const connection = createConnection({ apiKey: "sk-test-0123456789", fetch: one.fetch });
    const whole = await createResponse(connection, "Say hello world");
    const streamed = await (await streamResponse(connection, "Say hello world")).final();
    expect(outputText(streamed)).toBe(outputText(whole));
    expect((await response(connection, whole.id)).id).toBe(whole.id);
  });
});

describe("stored responses", () => {
  it("are fetched, whatever their status, deleted, cancelled, and gone", async () => {
    const one = mock();
    const client = clientOf(one);
    const first = await createResponse(client, "Hello", { background: true });
    expect(first.status).toBe("queued");
    expect((await response(client, first.id, { include: ["message.output_text.logprobs"] })).status).toBe("completed");
    expect((await cancelResponse(client, first.id)).status).toBe("cancelled");
    expect((await response(client, first.id)).status).toBe("cancelled");
    expect(await deleteResponse(client, first.id)).toEqual({ id: first.id, object: "response", deleted: true });
    await expect(response(client, first.id)).rejects.toMatchObject({ status: 404 });
    one.reply({ finishReason: "failed" });
    const failed: unknown = await createResponse(client, "Hello").catch((error: unknown) => error);
    const { id } = (failed as { body: { id: string } }).body;
    expect(await response(client, id)).toMatchObject({ status: "failed", error: { code: "server_error" } });
    expect(one.requests.map(({ method, path }) => `${method} ${path.replaceAll(/resp_\w+/g, "ID")}`)).toEqual([
      "POST /v1/responses",
      "GET /v1/responses/ID",
      "POST /v1/responses/ID/cancel",
      "GET /v1/responses/ID",
      "DELETE /v1/responses/ID",
      "GET /v1/responses/ID",
      "POST /v1/responses",
      "GET /v1/responses/ID",
    ]);
    expect(one.requests[1]!.query).toEqual({ include: "message.output_text.logprobs" });
    expect([one.requests[2]!.body, one.requests[4]!.body]).toEqual([undefined, undefined]);
  });

  it("are asked for by escaped ids, and never by none", async () => {
    const { client, sent } = scripted([responseBody([])]);
    await response(client, "a/../b?c");
    expect(sent[0]!.url).toBe("/responses/a%2F..%2Fb%3Fc");
    for (const id of ["", "..", undefined])
      await expect(deleteResponse(client, id as string)).rejects.toMatchObject({ name: "InputError", path: "id" });
    const { client: refused } = scripted([refusal(404, { message: "Response with id 'x' not found." })]);
    await expect(cancelResponse(refused, "x")).rejects.toMatchObject({ status: 404 });
  });

  it("give their input items across pages", async () => {
    const client = clientOf(mock());
    const input = ["One", "Two", "Three", "Four", "Five"].map((content) => ({ role: "user" as const, content }));
    const { id } = await createResponse(client, input);
    const page = await responseInputItems(client, id, { limit: 2, order: "asc" });
    expect(page.data).toHaveLength(2);
    const seen: unknown[] = [];
    for await (const item of page) seen.push((item as unknown as { content: string }).content);
    expect(seen).toEqual(["One", "Two", "Three", "Four", "Five"]);
  });
});

describe("what a response says", () => {
  const body = {
    status: "completed" as const,
    output: [
      {
        type: "reasoning" as const,
        id: "rs_1",
        summary: [
          { type: "summary_text" as const, text: "First" },
          { type: "summary_text" as const, text: "Second" },
        ],
      },
      {
        type: "reasoning" as const,
        id: "rs_2",
        summary: [],
        content: [{ type: "reasoning_text" as const, text: "Third" }],
      },
      {
        type: "message" as const,
        id: "m",
        role: "assistant" as const,
        status: "completed" as const,
        content: [
          { type: "output_text" as const, text: "Hello ", annotations: [] },
          { type: "refusal" as const, refusal: "but no" },
        ],
      },
      {
        type: "message" as const,
        id: "n",
        role: "assistant" as const,
        status: "completed" as const,
        content: [{ type: "output_text" as const, text: "world", annotations: [] }],
      },
      { type: "image_generation_call" as const, id: "i", status: "completed", result: "aGk=" },
      { type: "image_generation_call" as const, id: "j", status: "in_progress", result: null },
      { type: "function_call" as const, call_id: "c", name: "f", arguments: "{}" },
    ],
  };

  it("is reached without digging", () => {
    expect(outputText(body)).toBe("Hello \n\nworld");
    expect(outputRefusal(body)).toBe("but no");
    expect(outputImages(body)).toEqual(["aGk="]);
    expect(outputReasoning(body)).toBe("First\n\nSecond\n\nThird");
    expect(outputCalls(body)).toEqual([body.output[6]]);
  });

  it("is empty where there is nothing, whatever shape the nothing has", () => {
    for (const output of [
      [],
      null,
      undefined,
      "x",
      [null, 5, { type: "message" }, { type: "message", content: [null, { type: "output_text" }] }],
    ]) {
      const odd = { output } as never;
      expect([outputText(odd), outputRefusal(odd), outputImages(odd), outputReasoning(odd), outputCalls(odd)]).toEqual([
        "",
        "",
        [],
        "",
        [],
      ]);
    }
  });

  it("holds only calls that came to their end", () => {
    const cut = [
      called("f", '{"a', { status: undefined }),
      called("f", "{}", { status: "incomplete" }),
      called("", "{}"),
      called("g", "{}"),
    ];
    expect(outputCalls({ status: "incomplete", output: cut as never }).map(({ name }) => name)).toEqual(["g"]);
    expect(outputCalls({ status: "completed", output: [called("f", "{oops")] as never })).toHaveLength(1);
  });
});

describe("the tools of a request", () => {
  const sent = async (...tools: object[]): Promise<unknown> => {
    const api = mock();
    api.reply("Hello");
    await createResponse(clientOf(api), "Hello", { tools: tools as [] }).catch(() => undefined);
    return (api.requests[0]?.body as { tools: unknown }).tools;
  };

  it("may be those of tool() and of chat completions, and are sent flat with the same meaning", async () => {
    const own = tool({ name: "f", description: "d", parameters: strict({ type: "object" }), execute: () => 1 });
    const chat = { type: "function", function: { name: "g", parameters: { type: "object" } } };
    expect(await sent(own, chat, { type: "custom", custom: { name: "h" } })).toEqual([
      {
        type: "function",
        name: "f",
        description: "d",
        strict: true,
        parameters: { type: "object", properties: {}, required: [], additionalProperties: false },
      },
      { type: "function", name: "g", parameters: { type: "object" }, strict: false },
      { type: "custom", name: "h" },
    ]);
  });

  it("are sent as they are in the form of the Responses API", async () => {
    const tools = [
      { type: "web_search", filters: null },
      { type: "function", name: "f", parameters: null },
    ];
    expect(await sent(...tools)).toEqual(tools);
  });

  it("reach the API unchanged if they are no tools, so that it names what is wrong", async () => {
    expect(await sent(null as never, "web_search" as never)).toEqual([null, "web_search"]);
  });

  it("may be those of tool() in a stream and in a count of tokens", async () => {
    const api = mock();
    const own = tool({ name: "f", parameters: { type: "object" }, execute: () => 1 });
    api.reply("Hello", { body: JSON.stringify({ object: "response.input_tokens", input_tokens: 1 }) });
    await (await streamResponse(clientOf(api), "Hello", { tools: [own] })).final();
    await countInputTokens(clientOf(api), "Hello", { tools: [own] });
    const flat = [{ type: "function", name: "f", parameters: { type: "object" }, strict: false }];
    expect(api.requests.map(({ body }) => (body as { tools: unknown }).tools)).toEqual([flat, flat]);
  });
});
