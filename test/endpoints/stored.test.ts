/** What the API keeps: conversations, batches, vector stores; and what a program does with them, against the mock API. */
import { describe, expect, it } from "vitest";
import {
  batch,
  batches,
  type BatchRequest,
  type BatchResult,
  cancelBatch,
  createBatch,
} from "../../src/batches/index.ts";
import { type ChatCompletion, httpInfo, type OpenAI, type SavedChat, tool } from "../../src/index.ts";
import { fileContent, uploadFile } from "../../src/media/index.ts";
import { createClientSecret } from "../../src/realtime/index.ts";
import {
  compactResponse,
  conversation,
  conversationItem,
  conversationItems,
  countInputTokens,
  createConversation,
  createConversationItems,
  createResponse,
  deleteConversation,
  deleteConversationItem,
  outputText,
  response,
  responses,
  updateConversation,
} from "../../src/responses/index.ts";
import {
  addVectorStoreFile,
  cancelVectorStoreFileBatch,
  createVectorStore,
  createVectorStoreFileBatch,
  deleteVectorStore,
  removeVectorStoreFile,
  searchVectorStore,
  updateVectorStore,
  updateVectorStoreFile,
  vectorStore,
  vectorStoreFile,
  vectorStoreFileBatch,
  vectorStoreFileBatchFiles,
  vectorStoreFileContent,
  vectorStoreFiles,
  vectorStores,
} from "../../src/vector-stores/index.ts";
import { all, failure, setUp } from "./support.ts";

const upload = async (client: OpenAI, name: string, text: string): Promise<string> =>
  (await uploadFile(client, new File([text], name), { purpose: name.endsWith("jsonl") ? "batch" : "assistants" })).id;

describe("what is not there", () => {
  const { client } = setUp();
  it.each<[string, () => Promise<unknown>]>([
    ["a conversation", () => conversation(client, "conv_x")],
    ["a conversation of a response", () => createResponse(client, "Hi", { conversation: "conv_x" })],
    ["a conversation to count", () => countInputTokens(client, "Hi", { conversation: "conv_x" })],
    ["a response to compact", () => compactResponse(client, undefined, { previous_response_id: "resp_x" })],
    ["a batch", () => batch(client, "batch_x")],
    ["the file of a batch", () => createBatch(client, "file-x", { endpoint: "/v1/responses" })],
    ["a vector store", () => vectorStore(client, "vs_x")],
    ["a file of a vector store", async () => vectorStoreFile(client, (await createVectorStore(client)).id, "file-x")],
    ["a file to add", async () => addVectorStoreFile(client, (await createVectorStore(client)).id, "file-x")],
    ["a file of a new vector store", () => createVectorStore(client, { file_ids: ["file-x"] })],
  ])("is an APIError with the status 404: %s", async (_name, call) => {
    expect(await failure(call())).toMatchObject({ name: "APIError", status: 404 });
  });

  it.each<[string, () => Promise<unknown>]>([
    ["a limit of days", () => createVectorStore(client, { expires_after: { anchor: "last_active_at", days: 0 } })],
    ["an endpoint of batches", () => createBatch(client, "file-x", { endpoint: "/v1/rivers" })],
    ["a life of a key", () => createClientSecret(client, { expires_after: { seconds: 5 } })],
    ["a session without its type", () => createClientSecret(client, { session: { model: "gpt-realtime" } as never })],
    ["an unknown field", () => createVectorStore(client, { names: "x" } as never)],
  ])("is an APIError with the status 400: %s", async (_name, call) => {
    expect(await failure(call())).toMatchObject({ name: "APIError", status: 400 });
  });
});

describe("a conversation", () => {
  it("is created with items, changed, listed page by page, and deleted", async () => {
    const { client } = setUp();
    const made = await createConversation(client, {
      items: [{ role: "user", content: "One" }],
      metadata: { user: "42" },
    });
    expect(made).toMatchObject({ object: "conversation", metadata: { user: "42" } });
    expect(httpInfo(made)).toMatchObject({ status: 200 });
    expect(await conversation(client, made.id)).toEqual(made);
    expect(await updateConversation(client, made.id, { metadata: { user: "43" } })).toMatchObject({
      metadata: { user: "43" },
    });
    const added = await createConversationItems(client, made.id, [
      { role: "user", content: "Two" },
      { role: "assistant", content: "Three" },
    ]);
    expect(added.data).toMatchObject([{ role: "user" }, { role: "assistant", content: [{ text: "Three" }] }]);
    const items = await all(await conversationItems(client, made.id, { limit: 2, order: "asc" }));
    expect(items.map((item) => JSON.stringify(item)).map((text) => /One|Two|Three/.exec(text)?.[0])).toEqual([
      "One",
      "Two",
      "Three",
    ]);
    const { id } = items[0]!;
    expect(await conversationItem(client, made.id, id)).toEqual(items[0]);
    expect((await deleteConversationItem(client, made.id, id)).id).toBe(made.id);
    expect(await failure(conversationItem(client, made.id, id))).toMatchObject({ status: 404 });
    expect(await deleteConversation(client, made.id)).toMatchObject({ id: made.id, deleted: true });
    expect(await failure(conversation(client, made.id))).toMatchObject({ status: 404 });
  });

  it("remembers what createResponse() and a session say in it", async () => {
    const { client, mock } = setUp();
    const { id } = await createConversation(client);
    mock.reply("Hello, Ada");
    await createResponse(client, "I am Ada", { conversation: id });
    const chat = client.newChatSession({ api: responses({ conversation: id }) });
    mock.reply("You are Ada");
    expect(await chat.send("Who am I?")).toBe("You are Ada");
    expect(mock.requests.at(-1)?.body).toMatchObject({ input: [{ role: "user", content: "Who am I?" }] });
    const texts = (await all(await conversationItems(client, id, { order: "asc" }))).map((item) =>
      JSON.stringify(item),
    );
    expect(texts.map((text) => /I am Ada|Hello, Ada|Who am I\?|You are Ada/.exec(text)?.[0])).toEqual([
      "I am Ada",
      "Hello, Ada",
      "Who am I?",
      "You are Ada",
    ]);
  });

  it("holds the call that a session's tool answers", async () => {
    const { client, mock } = setUp();
    const { id } = await createConversation(client);
    const parameters = { type: "object", properties: { city: { type: "string" } }, required: ["city"] } as const;
    const weather = tool({ name: "get_weather", parameters, execute: ({ city }) => `Rain in ${city}` });
    const chat = client.newChatSession({ api: responses({ conversation: id }), tools: [weather] });
    mock.reply({ toolCalls: [{ name: "get_weather", arguments: { city: "Oslo" } }] }, "It rains");
    expect(await chat.send("Is it raining in Oslo?")).toBe("It rains");
    const types = (await all(await conversationItems(client, id, { order: "asc" }))).map(({ type }) => type);
    expect(types).toEqual(["message", "function_call", "function_call_output", "message"]);
  });

  it("excludes previous_response_id", async () => {
    const { client } = setUp();
    const { id } = await createConversation(client);
    const first = await createResponse(client, "Hi");
    expect(
      await failure(createResponse(client, "Hi", { conversation: id, previous_response_id: first.id })),
    ).toMatchObject({ status: 400 });
  });
});

describe("countInputTokens() and compactResponse()", () => {
  it("count more for more, with the client's model", async () => {
    const { client, mock } = setUp({ model: "gpt-6.1-terra" });
    const short = await countInputTokens(client, "Hi");
    const long = await countInputTokens(client, "Hi ".repeat(50), { instructions: "Be brief." });
    expect(short.object).toBe("response.input_tokens");
    expect(long.input_tokens).toBeGreaterThan(short.input_tokens);
    expect(mock.requests[0]?.body).toEqual({ model: "gpt-6.1-terra", input: "Hi" });
  });

  it("give an output that is the input of the next response", async () => {
    const { client, mock } = setUp();
    const items = [
      { role: "user" as const, content: "I am Ada" },
      { role: "assistant" as const, content: "Hello" },
    ];
    const compacted = await compactResponse(client, items);
    expect(compacted.output.at(-1)).toMatchObject({ type: "compaction" });
    const next = await createResponse(client, [...compacted.output, { role: "user", content: "Who am I?" }]);
    expect(outputText(next)).not.toBe("");
    expect(mock.requests.at(-1)?.body).toMatchObject({ input: [...compacted.output, { content: "Who am I?" }] });
  });

  it("give a session a fresh start: the items before the compaction are not sent any more", async () => {
    const { client, mock } = setUp();
    const chat = client.newChatSession({ api: responses({ state: "server" }) });
    await chat.send("I am Ada");
    const last = chat.messages.at(-1)?.responses?.id;
    const { output } = await compactResponse(client, undefined, { previous_response_id: last ?? "" });
    await chat.send([...output, { role: "user", content: "Who am I?" }]);
    const { input } = mock.requests.at(-1)!.body as { input: { type?: string; role?: string }[] };
    expect(input).toEqual([...output, { role: "user", content: "Who am I?" }]);
    expect(mock.requests.at(-1)!.body).not.toHaveProperty("previous_response_id");
    const restored = client.newChatSession({
      api: responses(),
      saved: JSON.parse(JSON.stringify(chat)) as SavedChat,
    });
    await restored.send("And now?");
    const { input: later } = mock.requests.at(-1)!.body as { input: object[] };
    expect(later.slice(0, output.length + 1)).toEqual(input);
  });
});

it("a compaction among what is no item is an InputError, and nothing is sent or kept", async () => {
  const { client, mock } = setUp();
  const chat = client.newChatSession({ api: responses() });
  for (const wrong of [5, null, "x", []]) {
    const input = [{ role: "user", content: "Hi" }, wrong, { type: "compaction", encrypted_content: "gAAAA" }];
    expect(await failure(chat.send(input as never))).toMatchObject({ name: "InputError", path: "input[1]" });
  }
  expect([chat.messages, mock.requests]).toEqual([[], []]);
});

describe("a batch", () => {
  const lineOf = (custom_id: string, content: string, url = "/v1/chat/completions"): string =>
    JSON.stringify({
      custom_id,
      method: "POST",
      url,
      body: { model: "gpt-6-luna", messages: [{ role: "user", content }] },
    } satisfies BatchRequest);

  it("goes the whole way: upload, wait, read the answers", async () => {
    const { client } = setUp();
    const lines = [lineOf("a", "Hello A"), lineOf("b", "Hello B"), lineOf("c", "Hello C").replace("gpt-6-luna", "")];
    const input = await upload(client, "batch.jsonl", lines.join("\n"));
    const begun = await createBatch(client, input, { endpoint: "/v1/chat/completions", metadata: { job: "1" } });
    expect(begun).toMatchObject({ object: "batch", status: "validating", completion_window: "24h" });
    const seen = [];
    let state = begun;
    while (!state.completed_at) {
      state = await batch(client, begun.id);
      seen.push(state.status);
    }
    expect(seen).toEqual(["in_progress", "completed"]);
    expect(state.request_counts).toEqual({ total: 3, completed: 2, failed: 1 });
    const read = async (id: string | null | undefined): Promise<BatchResult<ChatCompletion>[]> =>
      (await (await fileContent(client, id ?? "")).text())
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as BatchResult<ChatCompletion>);
    const good = await read(state.output_file_id);
    expect(good.map(({ custom_id, response }) => [custom_id, response?.body.choices[0]?.message.content])).toEqual([
      ["a", expect.stringContaining("Hello A")],
      ["b", expect.stringContaining("Hello B")],
    ]);
    expect((await read(state.error_file_id))[0]).toMatchObject({ custom_id: "c", response: { status_code: 400 } });
    expect((await all(await batches(client, { limit: 1 }))).map(({ id }) => id)).toEqual([begun.id]);
  });

  it.each([
    ["that is empty", ""],
    ["that is no JSON", "x"],
    ["with another endpoint", lineOf("a", "x", "/v1/responses")],
  ])("of a file %s fails, and says in which line", async (_name, text) => {
    const { client } = setUp();
    const input = await upload(client, "batch.jsonl", text);
    const { id } = await createBatch(client, input, { endpoint: "/v1/chat/completions" });
    expect(await batch(client, id)).toMatchObject({ status: "failed", errors: { data: [{ line: text ? 1 : null }] } });
  });

  it("can be cancelled, once", async () => {
    const { client } = setUp();
    const input = await upload(client, "batch.jsonl", lineOf("a", "x"));
    const { id } = await createBatch(client, input, { endpoint: "/v1/chat/completions" });
    expect(await cancelBatch(client, id)).toMatchObject({ status: "cancelling" });
    expect(await batch(client, id)).toMatchObject({ status: "cancelled" });
    expect(await failure(cancelBatch(client, id))).toMatchObject({ status: 409 });
  });
});

describe("a vector store", () => {
  it("is created, changed, listed and deleted", async () => {
    const { client } = setUp();
    const made = await createVectorStore(client, {
      name: "Rivers",
      expires_after: { anchor: "last_active_at", days: 7 },
    });
    expect(made).toMatchObject({ object: "vector_store", name: "Rivers", file_counts: { total: 0 } });
    expect(await updateVectorStore(client, made.id, { name: "Seas" })).toMatchObject({ id: made.id, name: "Seas" });
    expect((await all(await vectorStores(client))).map(({ name }) => name)).toEqual(["Seas"]);
    expect(await deleteVectorStore(client, made.id)).toMatchObject({ deleted: true });
    expect(await failure(vectorStore(client, made.id))).toMatchObject({ status: 404 });
  });

  it("finds the file that a question is about, and filters by attributes", async () => {
    const { client } = setUp();
    const rhine = await upload(client, "rhine.txt", "The Rhine is 1,230 km long.");
    const nile = await upload(client, "nile.txt", "The Nile is 6,650 km long.");
    const { id } = await createVectorStore(client, { file_ids: [nile] });
    const added = await addVectorStoreFile(client, id, rhine, { attributes: { year: 2026 } });
    expect(added.status).toBe("in_progress");
    expect(await vectorStoreFile(client, id, rhine)).toMatchObject({ status: "completed", attributes: { year: 2026 } });
    const found = await searchVectorStore(client, id, "How long is the Rhine?", { max_num_results: 1 });
    expect(found.data).toMatchObject([{ file_id: rhine, filename: "rhine.txt", content: [{ type: "text" }] }]);
    expect(found.has_more).toBe(true);
    await updateVectorStoreFile(client, id, nile, { attributes: { year: 1999 } });
    const recent = { type: "and" as const, filters: [{ type: "gte" as const, key: "year", value: 2000 }] };
    const filtered = await searchVectorStore(client, id, ["Nile", "Rhine"], { filters: recent });
    expect(filtered.data.map(({ file_id }) => file_id)).toEqual([rhine]);
    expect((await vectorStoreFileContent(client, id, nile)).data[0]?.text).toContain("Nile");
    expect((await all(await vectorStoreFiles(client, id, { filter: "completed" }))).length).toBe(2);
    expect(await removeVectorStoreFile(client, id, nile)).toMatchObject({ id: nile, deleted: true });
    expect((await vectorStore(client, id)).file_counts).toMatchObject({ completed: 1, total: 1 });
  });

  it("takes many files at once, with or without attributes of their own", async () => {
    const { client, mock } = setUp();
    const ids = [await upload(client, "a.txt", "a"), await upload(client, "b.txt", "b")];
    const { id } = await createVectorStore(client);
    const plain = await createVectorStoreFileBatch(client, id, ids, { attributes: { kind: "x" } });
    expect(mock.requests.at(-1)?.body).toEqual({ file_ids: ids, attributes: { kind: "x" } });
    expect(plain).toMatchObject({ status: "in_progress", file_counts: { total: 2 } });
    expect(await vectorStoreFileBatch(client, id, plain.id)).toMatchObject({ status: "completed" });
    expect((await all(await vectorStoreFileBatchFiles(client, id, plain.id))).length).toBe(2);
    expect(await cancelVectorStoreFileBatch(client, id, plain.id)).toMatchObject({ id: plain.id });
    await createVectorStoreFileBatch(client, id, [{ file_id: ids[0]!, attributes: { kind: "y" } }]);
    expect(mock.requests.at(-1)?.body).toEqual({ files: [{ file_id: ids[0], attributes: { kind: "y" } }] });
    expect(await vectorStoreFile(client, id, ids[0]!)).toMatchObject({ attributes: { kind: "y" } });
  });

  it.each([[[]], [["a", { file_id: "b" }]], [[{}]], ["file-1"], [undefined], [[""].concat([5 as never])]])(
    "takes no other list of files: %j",
    async (files) => {
      const { client, mock } = setUp();
      const call = createVectorStoreFileBatch(client, "vs_1", files as never);
      expect(await failure(call)).toMatchObject({ name: "InputError", path: "files" });
      expect(mock.requests).toEqual([]);
    },
  );
});

describe("createClientSecret()", () => {
  it("gives an ephemeral key that ends when it is told to, and the session it opens", async () => {
    const { client } = setUp({}, { now: () => 1_000_000 });
    const made = await createClientSecret(client, {
      session: { type: "realtime", model: "gpt-realtime-2.1", audio: { output: { voice: "marin" } } },
      expires_after: { anchor: "created_at", seconds: 60 },
    });
    expect(made.value).toMatch(/^ek_/);
    expect(made.expires_at).toBe(1060);
    expect(made.session).toMatchObject({ type: "realtime", model: "gpt-realtime-2.1" });
    expect((await createClientSecret(client)).expires_at).toBe(1600);
    const transcribing = await createClientSecret(client, { session: { type: "transcription" } });
    expect(transcribing.session.type).toBe("transcription");
  });

  it("has no model of its own: it belongs to the session", async () => {
    const { client, mock } = setUp();
    const error = await failure(createClientSecret(client, { model: "gpt-realtime" } as never));
    expect(error).toMatchObject({ name: "InputError", path: "params.model" });
    expect(mock.requests).toEqual([]);
  });
});

it("reset() forgets responses, conversations, batches and vector stores", async () => {
  const { client, mock } = setUp();
  const kept = await createResponse(client, "Hi");
  const talk = await createConversation(client);
  const store = await createVectorStore(client);
  mock.reset();
  for (const call of [response(client, kept.id), conversation(client, talk.id), vectorStore(client, store.id)])
    expect(await failure(call)).toMatchObject({ status: 404 });
});
