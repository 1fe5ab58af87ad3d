import { describe, expect, it } from "vitest";
import { askable } from "../support/watchedApi.ts";
import { type Chunk, InputError, isStreamError, type Message, type OpenAI } from "../../src/index.ts";
import type { ApiRequest, AskableApi, BackgroundPlace, Step } from "../../src/conversation/apis/api.ts";
import { responses } from "../../src/responses/api.ts";
import type { ResponsesOptions } from "../../src/responses/api.ts";
import { called, ev, events, refusal, type Reply, responseBody, said, scripted, streamOf, text } from "./support.ts";

type Fields = Record<string, unknown>;

const user = (content: string): Message => ({ role: "user", content });
const answer = (id: string, words = "Hi", fields: Fields = {}): Fields =>
  responseBody([said(words, { id: `msg_${id}` })], { id: `resp_${id}`, ...fields });
const lost = (id = "resp_1"): Reply =>
  refusal(404, {
    message: `Previous response with id '${id}' not found.`,
    param: "previous_response_id",
    code: "previous_response_not_found",
  });
const encrypted = { id: "rs_1", type: "reasoning", summary: [], encrypted_content: "gAAAA" };
const notOurs = refusal(400, {
  message: "The encrypted content gAAA... could not be verified.",
  code: "invalid_encrypted_content",
});

/** A conversation over one api value, with no session around it. */
class Talk {
  messages: Message[] = [];
  params: ApiRequest["params"] = {};
  readonly background: BackgroundPlace = {};
  readonly api: AskableApi;
  readonly client: OpenAI;

  constructor(client: OpenAI, options: ResponsesOptions = {}, api = askable(responses(options))) {
    this.client = client;
    this.api = api;
  }

  get request(): ApiRequest {
    const { client: connection, messages, params, background } = this;
    return { connection, messages, params, options: {}, background };
  }

  async say(words: string): Promise<Step> {
    this.messages.push(user(words));
    return this.answer();
  }

  async answer(): Promise<Step> {
    const step = await this.api.ask(this.request);
    this.messages.push(step.message);
    return step;
  }
}

const bodies = (sent: readonly { body: Fields }[]): Fields[] => sent.map(({ body }) => body);

describe("an answer of responses()", () => {
  it("is a step in chat's form, with the items kept beside it", async () => {
    const body = responseBody(
      [encrypted, said("So", { phase: "commentary" }), called("f", '{"a":1}'), said("Then", { id: "msg_2" })],
      {
        usage: {
          input_tokens: 3,
          output_tokens: 2,
          total_tokens: 5,
          input_tokens_details: { cached_tokens: 1 },
          output_tokens_details: { reasoning_tokens: 1 },
        },
      },
    );
    const { client } = scripted([body]);
    const step = await new Talk(client).say("Hi");
    expect(step.message).toEqual({
      role: "assistant",
      content: "So\n\nThen",
      tool_calls: [{ id: "call_1", type: "function", function: { name: "f", arguments: '{"a":1}' } }],
      responses: { items: body["output"], from: "api.openai.com" },
    });
    expect(step.ending).toBe("tool_calls");
    expect(step.usage).toEqual({
      prompt_tokens: 3,
      completion_tokens: 2,
      total_tokens: 5,
      prompt_tokens_details: { cached_tokens: 1 },
      completion_tokens_details: { reasoning_tokens: 1 },
    });
    expect(step.raw).toMatchObject({ id: "resp_1", object: "response" });
  });

  it.each<[string, Fields, Partial<Step["message"]>, string]>([
    [
      "a refusal",
      responseBody([said("", { content: [{ type: "refusal", refusal: "No" }] })]),
      { content: null, refusal: "No" },
      "complete",
    ],
    [
      "a cut answer, without its calls",
      responseBody([said("So"), called("f", '{"a'), encrypted], {
        status: "incomplete",
        incomplete_details: { reason: "max_output_tokens" },
      }),
      { content: "So" },
      "length",
    ],
    [
      "a filtered answer",
      responseBody([said("So")], { status: "incomplete", incomplete_details: { reason: "content_filter" } }),
      { content: "So" },
      "content_filter",
    ],
    ["nothing", responseBody([]), { content: null }, "complete"],
    ["reasoning alone", responseBody([encrypted]), { content: null }, "complete"],
  ])("may be %s", async (_name, body, expected, ending) => {
    const { client } = scripted([body]);
    const step = await new Talk(client, { state: "server" }).say("Hi");
    const { responses: kept, ...message } = step.message;
    expect(message).toEqual({ role: "assistant", ...expected });
    expect(step.ending).toBe(ending);
    expect(JSON.stringify(kept) ?? "").not.toContain("reasoning");
  });

  it("is streamed in the common chunks, and the same at the end", async () => {
    const body = responseBody([{ ...encrypted, encrypted_content: "x" }, said("Hello"), called("f", '{"a":1}')]);
    const item = (output_index: number): Fields => ({ output_index, item: (body["output"] as Fields[])[output_index] });
    const stream = events(body, [
      ev("response.reasoning_summary_text.delta", { item_id: "rs_1", output_index: 0, summary_index: 0, delta: "Hm" }),
      text("Hel", { output_index: 1 }),
      text("lo", { output_index: 1 }),
      ev("response.output_item.added", { ...item(2), item: called("f", "") }),
      ev("response.function_call_arguments.delta", { item_id: "fc_1", output_index: 2, delta: '{"a":1}' }),
      ev("response.output_item.done", item(2)),
    ]);
    const { client, sent } = scripted([stream, body]);
    const talk = new Talk(client);
    talk.messages.push(user("Hi"));
    const answered = await talk.api.stream(talk.request);
    const chunks: Chunk[] = [];
    for await (const chunk of answered) chunks.push(chunk);
    expect(chunks.map(({ content }) => content).join("")).toBe("Hello");
    expect(chunks.map(({ reasoning }) => reasoning).join("")).toBe("Hm");
    expect(
      chunks.flatMap(({ calls }) => calls).map(({ id, name, arguments: text }) => [id, name, text]),
    ).toContainEqual(["call_1", "f", '{"a":1}']);
    expect(chunks.at(-1)?.finishReason).toBe("tool_calls");
    expect(answered.partial).toMatchObject({ text: "Hello", reasoning: "Hm", message: { content: "Hello" } });
    expect(await answered.final()).toEqual({ ...(await talk.api.ask(talk.request)), raw: body });
    expect(sent[0]?.body["stream"]).toBe(true);
  });

  it("is an error where the response failed, was cancelled, or is not finished", async () => {
    const { client } = scripted([
      responseBody([], { status: "failed", error: { code: "server_error", message: "Boom" } }),
      responseBody([], { status: "cancelled" }),
      responseBody([], { status: "queued" }),
    ]);
    const talk = new Talk(client);
    await expect(talk.say("1")).rejects.toMatchObject({ code: "server_error" });
    await expect(talk.answer()).rejects.toMatchObject({ code: "cancelled" });
    await expect(talk.answer()).rejects.toMatchObject({ code: "queued" });
  });
});

describe("local state", () => {
  it("sends all items every time, stores nothing, and asks for reasoning that can be given back", async () => {
    const { client, sent } = scripted([responseBody([encrypted, said("One")]), answer("2")]);
    const talk = new Talk(client, { include: ["web_search_call.action.sources"] });
    await talk.say("Hi");
    await talk.say("On");
    const include = ["web_search_call.action.sources", "reasoning.encrypted_content"];
    expect(bodies(sent)).toEqual([
      { model: "gpt-6-luna", include, store: false, input: [user("Hi")] },
      { model: "gpt-6-luna", include, store: false, input: [user("Hi"), encrypted, said("One"), user("On")] },
    ]);
    expect(talk.messages[1]?.responses).not.toHaveProperty("id");
  });

  it.each(["gpt-4o", "gpt-4.1-mini", "gpt-5-chat-latest"])("does not ask %s for reasoning", async (model) => {
    const { client, sent } = scripted([answer("1")]);
    const talk = new Talk(client);
    talk.params = { model };
    await talk.say("Hi");
    expect(sent[0]?.body).not.toHaveProperty("include");
  });

  it("does without encrypted reasoning where a model refuses to be asked, and asks it no more", async () => {
    const refused = refusal(400, { message: "Encrypted content is not supported with this model.", param: "include" });
    const { client, sent } = scripted([refused, answer("1"), answer("2"), answer("3")]);
    const talk = new Talk(client);
    await talk.say("Hi");
    await talk.say("On");
    talk.params = { model: "gpt-6-astra" };
    await talk.say("Other");
    expect(bodies(sent).map(({ include }) => include)).toEqual([
      ["reasoning.encrypted_content"],
      undefined,
      undefined,
      ["reasoning.encrypted_content"],
    ]);
  });

  it("says it in words where the service does not take its items back, and sends those no more", async () => {
    const { client, sent } = scripted([responseBody([encrypted, said("One")]), notOurs, answer("2"), answer("3")]);
    const talk = new Talk(client);
    for (const words of ["A", "B", "C"]) await talk.say(words);
    const one = { role: "assistant", content: "One" };
    expect(bodies(sent).map(({ input }) => input)).toEqual([
      [user("A")],
      [user("A"), encrypted, said("One"), user("B")],
      [user("A"), one, user("B")],
      [user("A"), one, user("B"), said("Hi", { id: "msg_2" }), user("C")],
    ]);
  });

  it("keeps its items where the same is refused in words too: they were not at fault", async () => {
    const bad = refusal(400, { message: "Invalid 'input[1].content': too long.", param: "input[1].content" });
    const { client, sent } = scripted([responseBody([encrypted, said("One")]), bad, bad, answer("2")]);
    const talk = new Talk(client);
    await talk.say("A");
    await expect(talk.say("B")).rejects.toMatchObject({ status: 400 });
    await talk.answer();
    expect(sent[3]?.body["input"]).toContainEqual(encrypted);
  });

  it("passes other refusals on, also those of what the user said", async () => {
    const bad = refusal(400, { message: "Invalid image.", param: "input[2].content[0].image_url" });
    const { client, sent } = scripted([answer("1"), bad, refusal(429, {}), refusal(400, { message: "Bad" })]);
    const talk = new Talk(client);
    await talk.say("A");
    await expect(talk.say("B")).rejects.toMatchObject({ status: 400 });
    await expect(talk.answer()).rejects.toMatchObject({ status: 429 });
    await expect(talk.answer()).rejects.toMatchObject({ status: 400 });
    expect(sent).toHaveLength(4);
  });

  it("stores where the program asks for it", async () => {
    const { client, sent } = scripted([answer("1"), answer("2")]);
    await new Talk(client, { store: true }).say("A");
    const talk = new Talk(client);
    talk.params = { store: true };
    await talk.say("A");
    expect(bodies(sent).map(({ store }) => store)).toEqual([true, true]);
  });
});

describe("server state", () => {
  it("continues by the id, with what is new alone", async () => {
    const { client, sent } = scripted([responseBody([called("f", "{}")]), answer("2"), answer("3")]);
    const talk = new Talk(client, { state: "server" });
    await talk.say("A");
    talk.messages.push({ role: "tool", tool_call_id: "call_1", content: "done" });
    await talk.answer();
    await talk.say("B");
    expect(bodies(sent)).toEqual([
      { model: "gpt-6-luna", input: [user("A")] },
      {
        model: "gpt-6-luna",
        previous_response_id: "resp_1",
        input: [{ type: "function_call_output", call_id: "call_1", output: "done" }],
      },
      { model: "gpt-6-luna", previous_response_id: "resp_2", input: [user("B")] },
    ]);
    expect(talk.messages.at(-1)?.responses).toMatchObject({ from: "api.openai.com", id: "resp_3" });
  });

  it("goes on in another process, from what was saved", async () => {
    const { client, sent } = scripted([answer("1"), answer("2")]);
    const talk = new Talk(client, { state: "server" });
    await talk.say("A");
    const later = new Talk(client, { state: "server" });
    later.messages = JSON.parse(JSON.stringify(talk.messages)) as Message[];
    await later.say("B");
    expect(sent[1]?.body).toMatchObject({ previous_response_id: "resp_1", input: [user("B")] });
  });

  it("begins a new chain where the messages were changed", async () => {
    const { client, sent } = scripted([answer("1"), answer("2"), answer("3")]);
    const talk = new Talk(client, { state: "server" });
    await talk.say("A");
    await talk.say("B");
    talk.messages[0] = user("Changed");
    await talk.say("C");
    expect(sent[2]?.body).not.toHaveProperty("previous_response_id");
    expect(sent[2]?.body["input"]).toHaveLength(5);
  });

  it("continues from the last answer that fits where a later one came over another API", async () => {
    const { client, sent } = scripted([answer("1"), answer("2")]);
    const talk = new Talk(client, { state: "server" });
    await talk.say("A");
    talk.messages.push(user("B"), { role: "assistant", content: "By chat" });
    await talk.say("C");
    expect(sent[1]?.body).toMatchObject({
      previous_response_id: "resp_1",
      input: [user("B"), { role: "assistant", content: "By chat" }, user("C")],
    });
  });

  it("sends all items where the service has lost the response, without ids that mean nothing to it", async () => {
    const reasoned = responseBody([{ ...encrypted, encrypted_content: null }, said("Hi")]);
    const { client, sent } = scripted([reasoned, lost(), answer("2"), answer("3")]);
    const talk = new Talk(client, { state: "server" });
    for (const words of ["A", "B", "C"]) await talk.say(words);
    const body = sent[2]?.body;
    expect(body).not.toHaveProperty("previous_response_id");
    expect(body?.["input"]).toEqual([user("A"), { role: "assistant", content: "Hi" }, user("B")]);
    expect(sent[3]?.body).toMatchObject({ previous_response_id: "resp_2", input: [user("C")] });
  });

  it("asks by no id any more once a service has lost two in a row", async () => {
    const { client, sent } = scripted([answer("1"), lost(), answer("2"), lost("resp_2"), answer("3"), answer("4")]);
    const talk = new Talk(client, { state: "server" });
    for (const words of ["A", "B", "C", "D"]) await talk.say(words);
    expect(sent.map(({ body }) => body["previous_response_id"])).toEqual([
      undefined,
      "resp_1",
      undefined,
      "resp_2",
      undefined,
      undefined,
    ]);
  });

  it("does not continue from a response that was not stored, that ends in reasoning, or that lost a cut call", async () => {
    const cut = { status: "incomplete", incomplete_details: { reason: "max_output_tokens" } };
    for (const body of [
      answer("1", "Hi", { store: false }),
      responseBody([said("Hi"), encrypted], cut),
      responseBody([said("Hi"), called("f", '{"a', { status: "incomplete" })], cut),
    ]) {
      const { client, sent } = scripted([body, answer("2")]);
      const talk = new Talk(client, { state: "server" });
      await talk.say("A");
      await talk.say("B");
      expect(sent[1]?.body).not.toHaveProperty("previous_response_id");
    }
  });

  it("does not continue from what asks for an answer that nobody gave", async () => {
    const shell = { id: "sh_1", type: "shell_call", status: "completed", call_id: "s", action: { commands: ["ls"] } };
    const { client, sent } = scripted([responseBody([said("So"), shell]), answer("2")]);
    const talk = new Talk(client, { state: "server" });
    expect((await talk.say("A")).ending).toBe("tool_calls");
    await talk.say("B");
    expect(sent[1]?.body).toMatchObject({ input: [user("A"), said("So"), user("B")] });
    expect(sent[1]?.body).not.toHaveProperty("previous_response_id");
  });

  it("leaves a conversation to the service", async () => {
    const { client, sent } = scripted([answer("1"), answer("2")]);
    const talk = new Talk(client, { state: "server", conversation: "conv_1" });
    await talk.say("A");
    await talk.say("B");
    expect(bodies(sent)).toEqual([
      { model: "gpt-6-luna", conversation: "conv_1", input: [user("A")] },
      { model: "gpt-6-luna", conversation: "conv_1", input: [user("B")] },
    ]);
  });

  it("goes on from an id that was given, and fails where that is lost: nobody else knows the beginning", async () => {
    const { client, sent } = scripted([answer("1"), answer("2"), lost("resp_0")]);
    const options: ResponsesOptions = { state: "server", previous_response_id: "resp_0" };
    const talk = new Talk(client, options);
    await talk.say("A");
    await talk.say("B");
    expect(sent.map(({ body }) => body["previous_response_id"])).toEqual(["resp_0", "resp_1"]);
    await expect(new Talk(client, options).say("A")).rejects.toMatchObject({ status: 404 });
  });

  it("goes on from an id that a turn names, for that turn alone", async () => {
    const { client, sent } = scripted([
      answer("1"),
      responseBody([called("f", "{}")], { id: "resp_2" }),
      answer("3"),
      answer("4"),
    ]);
    const talk = new Talk(client, { state: "server" });
    await talk.say("A");
    talk.params = { previous_response_id: "resp_x" } as Talk["params"];
    await talk.say("B");
    talk.messages.push({ role: "tool", tool_call_id: "call_1", content: "done" });
    await talk.answer();
    talk.params = {};
    await talk.say("C");
    expect(sent.map(({ body }) => body["previous_response_id"])).toEqual([undefined, "resp_x", "resp_2", "resp_3"]);
    expect(sent[1]?.body["input"]).toEqual([user("B")]);
  });
});

describe("a change of service", () => {
  it("tells what another service said in words, and gives each its own items back", async () => {
    const here = scripted([responseBody([encrypted, said("One")]), answer("3")]);
    const there = scripted([answer("2", "Two")], { baseURL: "https://other.test/v1", apiKey: "k" });
    const api = askable(responses());
    const talk = new Talk(here.client, {}, api);
    await talk.say("A");
    const moved = new Talk(there.client, {}, api);
    moved.messages = talk.messages;
    await moved.say("B");
    await talk.say("C");
    expect(there.sent[0]?.body["input"]).toEqual([user("A"), { role: "assistant", content: "One" }, user("B")]);
    expect(here.sent[1]?.body["input"]).toEqual([
      user("A"),
      encrypted,
      said("One"),
      user("B"),
      { role: "assistant", content: "Two" },
      user("C"),
    ]);
  });

  it("is told by host and path, and never by what a path may hide", async () => {
    const secret = "3f2c9a7e5b1d4f60";
    const { client } = scripted([answer("1")], { baseURL: `https://gateway.test/${secret}/openai` });
    const talk = new Talk(client);
    await talk.say("A");
    const from = talk.messages[1]?.responses?.from ?? "";
    expect(from).toMatch(/^gateway\.test [0-9a-z]+$/);
    expect(JSON.stringify(talk.messages)).not.toContain(secret);
  });
});

describe("a background response", () => {
  const body = responseBody([said("Hello"), called("f", '{"a":1}')], { id: "resp_b" });
  const numbered = (list: readonly string[]): string[] =>
    list.map((event, sequence_number) =>
      event.replace(
        /data: (.*)/,
        (_, json: string) => `data: ${JSON.stringify({ ...(JSON.parse(json) as Fields), sequence_number })}`,
      ),
    );
  const item = { output_index: 1, item: called("f", "") };
  const all = numbered(
    events(body, [
      text("Hel"),
      text("lo"),
      ev("response.output_item.added", item),
      ev("response.function_call_arguments.delta", { item_id: "fc_1", output_index: 1, delta: '{"a"' }),
      ev("response.function_call_arguments.delta", { item_id: "fc_1", output_index: 1, delta: ":1}" }),
      ev("response.output_item.done", { output_index: 1, item: called("f", '{"a":1}') }),
    ]),
  );
  const options: ResponsesOptions = { background: true };

  it("continues behind the last event after every loss of the connection, with nothing lost and nothing twice", async () => {
    for (let cut = 1; cut < all.length; cut++) {
      const { client, sent } = scripted([all.slice(0, cut), all.slice(cut)]);
      const talk = new Talk(client, options);
      talk.messages.push(user("Hi"));
      const stream = await talk.api.stream(talk.request);
      const chunks: Chunk[] = [];
      for await (const chunk of stream) chunks.push(chunk);
      expect(sent[1]).toMatchObject({ method: "GET", url: `/responses/resp_b?stream=true&starting_after=${cut - 1}` });
      expect(chunks.map(({ content }) => content).join("")).toBe("Hello");
      expect(chunks.flatMap(({ calls }) => calls.map((call) => call.arguments)).join("")).toBe('{"a":1}');
      expect((await stream.final()).message).toMatchObject({ content: "Hello", tool_calls: [{ id: "call_1" }] });
      expect(talk.background).toEqual({});
    }
  });

  it("is waited for by its stream where a whole answer is asked for, and is stored", async () => {
    const { client, sent } = scripted([all.slice(0, 4), all.slice(4)]);
    const step = await new Talk(client, options).say("Hi");
    expect(step.message.content).toBe("Hello");
    expect(sent[0]?.body).toMatchObject({ background: true, stream: true });
    expect(sent[0]?.body).not.toHaveProperty("store");
  });

  it("is continued in another process from where the turn had come to", async () => {
    const first = scripted([all.slice(0, 4), new TypeError("fetch failed"), new TypeError("fetch failed")]);
    const talk = new Talk(first.client, options);
    await expect(talk.say("Hi")).rejects.toSatisfy(isStreamError);
    expect(talk.background).toEqual({ id: "resp_b", after: 3 });
    const { client, sent } = scripted([all.slice(4)]);
    const later = new Talk(client, {});
    later.messages = [user("Hi")];
    Object.assign(later.background, JSON.parse(JSON.stringify(talk.background)));
    const { message } = await later.answer();
    expect(message.content).toBe("Hello");
    expect(sent).toMatchObject([{ method: "GET", url: "/responses/resp_b?stream=true&starting_after=3" }]);
    expect(later.background).toEqual({});
  });

  it("is asked for anew where the service has lost it", async () => {
    const { client, sent } = scripted([refusal(404, {}), all]);
    const talk = new Talk(client, options);
    talk.background.id = "resp_gone";
    await talk.say("Hi");
    expect(sent.map(({ method }) => method)).toEqual(["GET", "POST"]);
  });

  it("is given up where it brings nothing new, and is not continued once it has failed", async () => {
    const dead = scripted([all.slice(0, 4), [], [], []]);
    await expect(new Talk(dead.client, options).say("Hi")).rejects.toMatchObject({ ending: "truncated" });
    expect(dead.sent).toHaveLength(2);
    const failed = responseBody([], { id: "resp_b", status: "failed", error: { code: "bad", message: "Boom" } });
    const { client } = scripted([events(failed, [text("Hel")])]);
    const talk = new Talk(client, options);
    await expect(talk.say("Hi")).rejects.toMatchObject({ ending: "provider_error" });
    expect(talk.background).toEqual({});
  });

  it("stops reading where its loop is left, and keeps its place", async () => {
    const { client } = scripted([streamOf(all.slice(0, 4).join(""), { open: true })]);
    const talk = new Talk(client, options);
    talk.messages.push(user("Hi"));
    const stream = await talk.api.stream(talk.request);
    const final = stream.final.bind(stream);
    for await (const { content } of stream) if (content !== "") break;
    await expect(final()).rejects.toMatchObject({ name: "AbortError" });
    expect(talk.background).toMatchObject({ id: "resp_b" });
  });
});

describe("the options of responses()", () => {
  it.each<[object, string]>([
    [{ state: "cloud" }, "state"],
    [{ tools: {} }, "tools"],
    [{ tools: [{}] }, "tools[0]"],
    [{ model: "gpt-6-luna" }, "model"],
    [{ input: "Hi" }, "input"],
    [{ messages: [] }, "messages"],
    [{ tool_choice: "required" }, "tool_choice"],
    [{ signal: null }, "signal"],
    [{ stream: true }, "stream"],
    [{ onChunk: () => undefined }, "onChunk"],
  ])("are refused with their name: %o", (options, field) => {
    expect(() => responses(options as ResponsesOptions)).toThrow(InputError);
    expect(() => responses(options as ResponsesOptions)).toThrow(`${field}: `);
  });

  it("are all other params of the API, those that are yet to come among them", async () => {
    const { client, sent } = scripted([answer("1")]);
    const own = {
      instructions: "Be brief",
      truncation: "auto",
      max_tool_calls: 3,
      context_management: [{ type: "compaction" }],
    };
    await new Talk(client, { ...own, tools: [{ type: "web_search" }], later: 1 } as ResponsesOptions).say("Hi");
    expect(sent[0]?.body).toMatchObject({ ...own, tools: [{ type: "web_search" }], later: 1 });
  });
});
