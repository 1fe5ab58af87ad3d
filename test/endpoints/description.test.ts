/** Every function for the rest of the API, held against OpenAI's description: path, method, query, body, required fields. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ROOT } from "../../scripts/lib/paths.ts";
import * as batches from "../../src/batches/index.ts";
import { createClient, type OpenAI } from "../../src/index.ts";
import * as realtime from "../../src/realtime/index.ts";
import * as responses from "../../src/responses/index.ts";
import * as stores from "../../src/vector-stores/index.ts";
import { operationNames, operationOf, requestFaults } from "../support/openapi.ts";

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Record<string, string>;
  readonly body: unknown;
}

/** Creates a client whose requests are recorded, and answered with what every function accepts. */
function recorder(): { client: OpenAI; sent: Sent[] } {
  const sent: Sent[] = [];
  const answer = { id: "x", object: "list", data: [], output: [], input_tokens: 1, value: "ek_1", deleted: true };
  const client = createClient({
    apiKey: "sk-test",
    fetch: (address, init) => {
      const url = new URL(address);
      sent.push({
        method: init.method ?? "GET",
        path: url.pathname.replace("/v1", ""),
        query: url.searchParams,
        headers: Object.fromEntries(new Headers(init.headers)),
        body: typeof init.body === "string" ? JSON.parse(init.body) : undefined,
      });
      return Promise.resolve(Response.json(answer));
    },
  });
  return { client, sent };
}

const ITEMS = [{ role: "user" as const, content: "Hello" }];
const PAGE = { limit: 5, order: "asc" as const, after: "a" };
const FILES = { ...PAGE, before: "b", filter: "completed" as const };
const METADATA = { user: "42" };
const EXPIRY = { anchor: "last_active_at" as const, days: 7 };
const CHUNKS = { type: "static" as const, static: { max_chunk_size_tokens: 800, chunk_overlap_tokens: 400 } };
const FILTER = {
  type: "and" as const,
  filters: [
    { type: "gte" as const, key: "year", value: 2025 },
    { type: "in" as const, key: "kind", value: ["river"] },
  ],
};
const SESSION = {
  type: "realtime" as const,
  model: "gpt-realtime-2.1",
  instructions: "Be brief.",
  output_modalities: ["audio" as const],
  audio: { input: { turn_detection: { type: "server_vad" as const } }, output: { voice: "marin", speed: 1 } },
  tools: [{ type: "function" as const, name: "f", parameters: { type: "object" } }],
  max_output_tokens: "inf" as const,
};

/** A call of each function with all of its arguments, by the operation of OpenAI's description. */
const CALLS: Readonly<Record<string, (client: OpenAI) => Promise<unknown>>> = {
  "POST /conversations": (client) => responses.createConversation(client, { items: ITEMS, metadata: METADATA }),
  "GET /conversations/{conversation_id}": (client) => responses.conversation(client, "conv_1"),
  "POST /conversations/{conversation_id}": (client) =>
    responses.updateConversation(client, "conv_1", { metadata: METADATA }),
  "DELETE /conversations/{conversation_id}": (client) => responses.deleteConversation(client, "conv_1"),
  "POST /conversations/{conversation_id}/items": (client) =>
    responses.createConversationItems(client, "conv_1", ITEMS, { include: ["reasoning.encrypted_content"] }),
  "GET /conversations/{conversation_id}/items": (client) =>
    responses.conversationItems(client, "conv_1", { ...PAGE, include: ["web_search_call.results"] }),
  "GET /conversations/{conversation_id}/items/{item_id}": (client) =>
    responses.conversationItem(client, "conv_1", "msg_1", { include: ["web_search_call.results"] }),
  "DELETE /conversations/{conversation_id}/items/{item_id}": (client) =>
    responses.deleteConversationItem(client, "conv_1", "msg_1"),
  "POST /responses/input_tokens": (client) =>
    responses.countInputTokens(client, ITEMS, {
      model: "gpt-6-luna",
      instructions: "Be brief.",
      tools: [{ type: "web_search" }],
      tool_choice: "auto",
      parallel_tool_calls: true,
      reasoning: { effort: "low" },
      text: { format: { type: "text" } },
      truncation: "auto",
    }),
  "POST /responses/compact": (client) =>
    responses.compactResponse(client, ITEMS, {
      model: "gpt-6-luna",
      instructions: "Keep names.",
      previous_response_id: "resp_1",
      prompt_cache_key: "k",
      service_tier: "flex",
    }),
  "POST /batches": (client) =>
    batches.createBatch(client, "file-1", {
      endpoint: "/v1/chat/completions",
      completion_window: "24h",
      metadata: METADATA,
      output_expires_after: { anchor: "created_at", seconds: 3600 },
    }),
  "GET /batches": (client) => batches.batches(client, { limit: 5, after: "a" }),
  "GET /batches/{batch_id}": (client) => batches.batch(client, "batch_1"),
  "POST /batches/{batch_id}/cancel": (client) => batches.cancelBatch(client, "batch_1"),
  "POST /vector_stores": (client) =>
    stores.createVectorStore(client, {
      name: "n",
      description: "d",
      file_ids: ["file-1"],
      chunking_strategy: CHUNKS,
      expires_after: EXPIRY,
      metadata: METADATA,
    }),
  "GET /vector_stores": (client) => stores.vectorStores(client, { ...PAGE, before: "b" }),
  "GET /vector_stores/{vector_store_id}": (client) => stores.vectorStore(client, "vs_1"),
  "POST /vector_stores/{vector_store_id}": (client) =>
    stores.updateVectorStore(client, "vs_1", { name: "n", expires_after: EXPIRY, metadata: METADATA }),
  "DELETE /vector_stores/{vector_store_id}": (client) => stores.deleteVectorStore(client, "vs_1"),
  "POST /vector_stores/{vector_store_id}/search": (client) =>
    stores.searchVectorStore(client, "vs_1", "rivers", {
      rewrite_query: true,
      max_num_results: 5,
      filters: FILTER,
      ranking_options: { ranker: "auto", score_threshold: 0.5 },
    }),
  "POST /vector_stores/{vector_store_id}/files": (client) =>
    stores.addVectorStoreFile(client, "vs_1", "file-1", { attributes: { year: 2026 }, chunking_strategy: CHUNKS }),
  "GET /vector_stores/{vector_store_id}/files": (client) => stores.vectorStoreFiles(client, "vs_1", FILES),
  "GET /vector_stores/{vector_store_id}/files/{file_id}": (client) => stores.vectorStoreFile(client, "vs_1", "file-1"),
  "POST /vector_stores/{vector_store_id}/files/{file_id}": (client) =>
    stores.updateVectorStoreFile(client, "vs_1", "file-1", { attributes: { year: 2026, kind: "river", dry: false } }),
  "GET /vector_stores/{vector_store_id}/files/{file_id}/content": (client) =>
    stores.vectorStoreFileContent(client, "vs_1", "file-1"),
  "DELETE /vector_stores/{vector_store_id}/files/{file_id}": (client) =>
    stores.removeVectorStoreFile(client, "vs_1", "file-1"),
  "POST /vector_stores/{vector_store_id}/file_batches": (client) =>
    stores.createVectorStoreFileBatch(client, "vs_1", ["file-1"], {
      attributes: { year: 2026 },
      chunking_strategy: { type: "auto" },
    }),
  "GET /vector_stores/{vector_store_id}/file_batches/{batch_id}": (client) =>
    stores.vectorStoreFileBatch(client, "vs_1", "vsfb_1"),
  "POST /vector_stores/{vector_store_id}/file_batches/{batch_id}/cancel": (client) =>
    stores.cancelVectorStoreFileBatch(client, "vs_1", "vsfb_1"),
  "GET /vector_stores/{vector_store_id}/file_batches/{batch_id}/files": (client) =>
    stores.vectorStoreFileBatchFiles(client, "vs_1", "vsfb_1", FILES),
  "POST /realtime/client_secrets": (client) =>
    realtime.createClientSecret(client, {
      session: SESSION,
      expires_after: { anchor: "created_at", seconds: 60 },
    }),
};

/** Calls without one required field of the body, by operation and field. Both the compiler and the function refuse them. */
const WITHOUT: Readonly<Record<string, Readonly<Record<string, (client: OpenAI) => Promise<unknown>>>>> = {
  "POST /conversations/{conversation_id}": {
    // @ts-expect-error metadata is required
    metadata: (client) => responses.updateConversation(client, "conv_1", {}),
  },
  "POST /conversations/{conversation_id}/items": {
    // @ts-expect-error items are required
    items: (client) => responses.createConversationItems(client, "conv_1"),
  },
  "POST /batches": {
    // @ts-expect-error the endpoint is required
    endpoint: (client) => batches.createBatch(client, "file-1", {}),
    // @ts-expect-error the file is required
    input_file_id: (client) => batches.createBatch(client, undefined, { endpoint: "/v1/responses" }),
  },
  "POST /vector_stores/{vector_store_id}/search": {
    // @ts-expect-error the query is required
    query: (client) => stores.searchVectorStore(client, "vs_1"),
  },
  "POST /vector_stores/{vector_store_id}/files": {
    // @ts-expect-error the file is required
    file_id: (client) => stores.addVectorStoreFile(client, "vs_1"),
  },
  "POST /vector_stores/{vector_store_id}/files/{file_id}": {
    // @ts-expect-error attributes are required
    attributes: (client) => stores.updateVectorStoreFile(client, "vs_1", "file-1", {}),
  },
};

/** Required fields that the function fills in itself, with a call that leaves them out. */
const FILLED: Readonly<Record<string, readonly [fields: object, call: (client: OpenAI) => Promise<unknown>]>> = {
  "POST /responses/compact": [{ model: "gpt-6-luna" }, (client) => responses.compactResponse(client, "x")],
  "POST /batches": [
    { completion_window: "24h" },
    (client) => batches.createBatch(client, "file-1", { endpoint: "/v1/responses" }),
  ],
};

const { requests, definitions } = JSON.parse(readFileSync(`${ROOT}/test/data/openapi-requests.json`, "utf8")) as {
  requests: Record<string, { $ref?: string; required?: string[]; properties?: Record<string, unknown> }>;
  definitions: Record<string, { required?: string[]; properties?: Record<string, unknown> }>;
};

/** Returns the description of an operation's body. */
function bodyOf(name: string): { required?: string[]; properties?: Record<string, unknown> } | undefined {
  const schema = requests[`${name} application/json`];
  return schema?.$ref === undefined ? schema : definitions[schema.$ref.replace("#/definitions/", "")];
}

it("there is a function for each operation of these parts of the API", () => {
  expect(Object.keys(CALLS).sort()).toEqual(operationNames().sort());
});

describe.each(Object.entries(CALLS))("%s", (name, call) => {
  it("is sent as OpenAI describes it: method, path, query and body", async () => {
    const { client, sent } = recorder();
    await call(client);
    const [request] = sent;
    const operation = operationOf(request!.method, request!.path);
    expect(operation?.name).toBe(name);
    expect([...request!.query.keys()].sort()).toEqual([...operation!.query].sort());
    expect(requestFaults(request!) ?? []).toEqual([]);
    expect(sent).toHaveLength(1);
    if (request!.method === "POST" && bodyOf(name)) expect(request!.body).toBeTypeOf("object");
  });

  it("has all required fields: without one it is an InputError and nothing is sent, or the function fills it in", async () => {
    const { client, sent } = recorder();
    const [filled, call] = FILLED[name] ?? [{}];
    const covered = [...Object.keys(WITHOUT[name] ?? {}), ...Object.keys(filled)];
    expect(covered.sort()).toEqual([...(bodyOf(name)?.required ?? [])].sort());
    for (const [field, lacking] of Object.entries(WITHOUT[name] ?? {})) {
      const error: unknown = await lacking(client).catch((thrown: unknown) => thrown);
      expect([field, error]).toEqual([field, expect.objectContaining({ name: "InputError" })]);
      expect((error as Error).message).toContain(field);
    }
    expect(sent).toEqual([]);
    await call?.(client);
    expect(sent.map(({ body }) => body)).toEqual(call ? [expect.objectContaining(filled)] : []);
  });
});

describe("an id in a path", () => {
  const CALLERS: readonly ((client: OpenAI, id: string) => Promise<unknown>)[] = [
    responses.conversation,
    responses.deleteConversation,
    (client, id) => responses.conversationItem(client, id, "msg_1"),
    (client, id) => responses.conversationItem(client, "conv_1", id),
    (client, id) => responses.conversationItems(client, id),
    (client, id) => responses.deleteConversationItem(client, "conv_1", id),
    batches.batch,
    batches.cancelBatch,
    stores.vectorStore,
    stores.deleteVectorStore,
    (client, id) => stores.searchVectorStore(client, id, "x"),
    (client, id) => stores.vectorStoreFile(client, "vs_1", id),
    (client, id) => stores.removeVectorStoreFile(client, id, "file-1"),
    (client, id) => stores.vectorStoreFileContent(client, "vs_1", id),
    (client, id) => stores.vectorStoreFileBatch(client, "vs_1", id),
    (client, id) => stores.vectorStoreFileBatchFiles(client, "vs_1", id),
  ];

  it.each(CALLERS)("is escaped, and an InputError where it is none (%#)", async (call) => {
    const { client, sent } = recorder();
    await call(client, "../a?b#c");
    expect(sent[0]!.path).toContain("..%2Fa%3Fb%23c");
    for (const id of ["", ".", "..", undefined, 5, null, {}])
      await expect(call(client, id as never)).rejects.toMatchObject({ name: "InputError" });
    expect(sent).toHaveLength(1);
  });
});
