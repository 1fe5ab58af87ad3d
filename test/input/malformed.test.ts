import { transcription } from "../../src/media/index.ts";
import { describe, expect, it } from "vitest";
import * as core from "../../src/index.ts";
import type { ChatSession, Fetch } from "../../src/index.ts";
import * as batches from "../../src/batches/index.ts";
import * as media from "../../src/media/index.ts";
import { aiBinding, azure, custom } from "../../src/providers/index.ts";
import * as realtime from "../../src/realtime/index.ts";
import * as responsesEntry from "../../src/responses/index.ts";
import * as stores from "../../src/vector-stores/index.ts";
import { createMockAPI, record, replay } from "../../src/testing/index.ts";
import { MALFORMED } from "./malformed.ts";

const fetchat = { ...core, ...media, ...responsesEntry, ...batches, ...stores, ...realtime };

type Give = (value: never) => unknown;

let sent = 0;
const wire: Fetch = () => {
  sent++;
  return Promise.resolve(Response.json({ error: { message: "sent" } }, { status: 400 }));
};
const client = fetchat.createClient({ apiKey: "sk-test", fetch: wire, maxRetries: 0 });
const chat = fetchat.createClient({ apiKey: "sk-test", fetch: wire, maxRetries: 0 });
const session = (): ChatSession => chat.newChatSession();
const overResponses = (): ChatSession => chat.newChatSession({ api: fetchat.responses() });
const HELLO = [{ role: "user" as const, content: "Hi" }];
const FILE = new Blob(["x"]);
const EDIT = { prompt: "x" };
const PURPOSE = { purpose: "batch" };
const format = fetchat.outputFormat("f", { type: "object" });
const run = (): string => "x";

/** Endpoints by name: their input before the params, and the required params. */
const CALLS: Readonly<Record<string, readonly [input: readonly unknown[], params?: object]>> = {
  chat: [[HELLO]],
  streamChat: [[HELLO]],
  completion: [["x"]],
  streamCompletion: [["x"]],
  embedding: [["x"]],
  moderation: [["x"]],
  models: [[]],
  files: [[]],
  imageGeneration: [["x"]],
  streamImageGeneration: [["x"]],
  speech: [["x"]],
  streamSpeech: [["x"]],
  createResponse: [["x"]],
  streamResponse: [["x"]],
  response: [["id"]],
  responseInputItems: [["id"]],
  request: [["/x"]],
  streamRequest: [["/x"]],
  uploadFile: [[FILE], PURPOSE],
  imageEdit: [[FILE], EDIT],
  streamImageEdit: [[FILE], EDIT],
  transcription: [[FILE]],
  streamTranscription: [[FILE]],
  translation: [[FILE]],
  createConversation: [[]],
  updateConversation: [["id"], { metadata: {} }],
  createConversationItems: [["id", HELLO]],
  conversationItems: [["id"]],
  conversationItem: [["id", "item"]],
  countInputTokens: [["x"]],
  compactResponse: [["x"]],
  createBatch: [["file"], { endpoint: "/v1/responses" }],
  batches: [[]],
  createVectorStore: [[]],
  vectorStores: [[]],
  updateVectorStore: [["id"], {}],
  searchVectorStore: [["id", "x"]],
  addVectorStoreFile: [["id", "file"]],
  vectorStoreFiles: [["id"]],
  updateVectorStoreFile: [["id", "file"], { attributes: {} }],
  createVectorStoreFileBatch: [["id", ["file"]]],
  vectorStoreFileBatchFiles: [["id", "batch"]],
  createClientSecret: [[]],
};
const BY_ID = [
  "model",
  "file",
  "deleteFile",
  "fileContent",
  "deleteResponse",
  "cancelResponse",
  "conversation",
  "deleteConversation",
  "batch",
  "cancelBatch",
  "vectorStore",
  "deleteVectorStore",
];
/** Endpoints by the id of an object and the id of one inside it. */
const BY_IDS = [
  "deleteConversationItem",
  "vectorStoreFile",
  "vectorStoreFileContent",
  "removeVectorStoreFile",
  "vectorStoreFileBatch",
  "cancelVectorStoreFileBatch",
];

const call = (name: string, ...args: unknown[]): unknown => {
  const method = (client as unknown as Record<string, unknown>)[name];
  // The client binds the text endpoints. The others are functions of a client.
  return typeof method === "function" ? method.apply(client, args) : free(name, client, ...args);
};
const free = (name: string, ...args: unknown[]): unknown =>
  (fetchat as unknown as Record<string, (...given: unknown[]) => unknown>)[name]?.(...args);

const OPTIONS = ["signal", "timeout", "maxRetries", "headers"];

/** Every argument of every public function, as a function of its value. */
const ARGUMENTS: [name: string, give: Give][] = [];
for (const [name, [input, params]] of Object.entries(CALLS)) {
  if (input.length > 0) {
    ARGUMENTS.push([`client.${name}(HERE)`, (value) => call(name, value, params)]);
    ARGUMENTS.push([`${name}(client, HERE)`, (value) => free(name, client, value, params)]);
  }
  ARGUMENTS.push(
    [`${name}(HERE, …)`, (value) => free(name, value, ...input, params)],
    [`client.${name}(…, HERE)`, (value) => call(name, ...input, value)],
    [`${name}(client, …, HERE)`, (value) => free(name, client, ...input, value)],
    [`client.${name}(…, params, HERE)`, (value) => call(name, ...input, params, value)],
    [`client.${name}(…, { model: HERE })`, (value) => call(name, ...input, { ...params, model: value })],
    ...OPTIONS.map((option): [string, Give] => [
      `client.${name}(…, params, { ${option}: HERE })`,
      (value) => call(name, ...input, params, { [option]: value }),
    ]),
  );
}
for (const name of BY_ID) {
  ARGUMENTS.push(
    [`client.${name}(HERE)`, (value) => call(name, value)],
    [`${name}(HERE, id)`, (value) => free(name, value, "id")],
    [`client.${name}(id, HERE)`, (value) => call(name, "id", value)],
  );
}
for (const name of BY_IDS) {
  ARGUMENTS.push(
    [`${name}(HERE, with another id in it)`, (value) => free(name, client, value, "id")],
    [`${name}(HERE, in another object)`, (value) => free(name, client, "id", value)],
    [`client.${name}(…, id, HERE)`, (value) => free(name, client, "id", "id", value)],
  );
}
for (const name of ["chat", "createResponse"]) {
  const [input] = CALLS[name]!;
  for (const option of ["onChunk", "resume"])
    ARGUMENTS.push([
      `client.${name}(…, {}, { ${option}: HERE })`,
      (value) => call(name, ...input, {}, { [option]: value }),
    ]);
}
for (const option of ["method", "body", ...OPTIONS])
  ARGUMENTS.push([
    `client.fetch(path, { ${option}: HERE })`,
    (value) => client.fetch("/x", { method: "POST", [option]: value }),
  ]);
for (const option of [
  "apiKey",
  "baseURL",
  "fetch",
  "headers",
  "organization",
  "project",
  "model",
  "models",
  "timeout",
  "maxRetries",
  "limits",
  "includeUsage",
  "allowPlainHTTP",
  "env",
]) {
  const given = { apiKey: "sk-test", fetch: wire, maxRetries: 0 };
  ARGUMENTS.push([
    `createClient({ ${option}: HERE })`,
    // This test does not cover the platform's own fetch.
    (value) =>
      option === "fetch" && value === undefined
        ? undefined
        : fetchat.createClient({ ...given, [option]: value }).chat(HELLO),
  ]);
}
for (const [name, make] of [
  ["newChatSession", session],
  ["newChatSession({ api })", overResponses],
] as const) {
  ARGUMENTS.push(
    [`${name}.approve(HERE)`, (value) => make().approve(value)],
    [`${name}.reject(HERE)`, (value) => make().reject(value)],
    [`${name}.send(HERE)`, (value) => make().send(value)],
    [`${name}.send(…, HERE)`, (value) => make().send("Hi", value)],
    [`${name}.send(…, params, HERE)`, (value) => make().send("Hi", {}, value)],
    [`${name}.stream(HERE)`, (value) => make().stream(value)],
    [`${name}.stream(…, HERE)`, (value) => make().stream("Hi", value)],
    [`${name}.stream(…, params, HERE)`, (value) => make().stream("Hi", {}, value)],
    [`${name}.generateResponse(HERE)`, (value) => make().generateResponse(value)],
    [`${name}.generateResponse(params, HERE)`, (value) => make().generateResponse({}, value)],
    ...["signal", "timeout", "maxRetries", "headers", "onChunk", "resume"].map((option): [string, Give] => [
      `${name}.send(…, params, { ${option}: HERE })`,
      (value) => make().send("Hi", {}, { [option]: value }),
    ]),
    [`${name}.generateResponse(params, { append: HERE })`, (value) => make().generateResponse({}, { append: value })],
  );
}
ARGUMENTS.push(
  ["createClient(HERE)", (value) => fetchat.createClient(value)],
  ["new OpenAI(HERE)", (value) => new fetchat.OpenAI(value)],
  ["createConnection(HERE)", (value) => fetchat.createConnection(value)],
  ["client.fetch(HERE)", (value) => client.fetch(value)],
  ["client.fetch(path, HERE)", (value) => client.fetch("/x", value)],
  ["request(path, params, { method: HERE })", (value) => client.request("/x", {}, { method: value })],
  ["request(path, { x: HERE }, GET)", (value) => client.request("/x", { x: value }, { method: "GET" })],
  ["client.newChatSession(HERE)", (value) => client.newChatSession(value)],
  ["responses(HERE)", (value) => fetchat.responses(value)],
  ["responses({ state: HERE })", (value) => fetchat.responses({ state: value })],
  ["responses({ tools: HERE })", (value) => fetchat.responses({ tools: value })],
  ["newChatSession({ api: HERE })", (value) => client.newChatSession({ api: value }).send("Hi")],
  ["newChatSession({ budget: HERE })", (value) => client.newChatSession({ budget: value })],
  ["newChatSession({ messages: HERE })", (value) => client.newChatSession({ messages: value })],
  ["newChatSession({ saved: HERE })", (value) => client.newChatSession({ saved: value })],
  ["session.appendMessage(HERE)", (value) => session().appendMessage(value)],
  ["transcription(audio, params, { filename: HERE })", (value) => transcription(client, FILE, {}, { filename: value })],
  ["tool(HERE)", (value) => fetchat.tool(value)],
  ...["name", "description", "parameters", "timeout", "needsApproval", "execute"].map((field): [string, Give] => [
    `tool({ ${field}: HERE })`,
    (value) => fetchat.tool({ name: "t", execute: run, [field]: value }),
  ]),
  ["strict(HERE)", (value) => fetchat.strict(value)],
  ["outputFormat(HERE, schema)", (value) => fetchat.outputFormat(value, {})],
  ["outputFormat(name, HERE)", (value) => fetchat.outputFormat("f", value)],
  ["outputFormat(name, schema, HERE)", (value) => fetchat.outputFormat("f", {}, value)],
  ["sendFor(HERE, …)", (value) => fetchat.sendFor(value, "Hi", format)],
  ["sendFor(session, HERE, …)", (value) => fetchat.sendFor(session(), value, format)],
  ["sendFor(session, input, HERE)", (value) => fetchat.sendFor(session(), "Hi", value)],
  ["sendFor(session, input, format, HERE)", (value) => fetchat.sendFor(session(), "Hi", format, value)],
  ["sendFor(session, input, format, params, HERE)", (value) => fetchat.sendFor(session(), "Hi", format, {}, value)],
  ["sessionKey(HERE)", (value) => fetchat.sessionKey(value)],
  ...["ask", "storage", "name"].map((field): [string, Give] => [
    `sessionKey({ ${field}: HERE })`,
    (value) => fetchat.sessionKey({ ask: () => "k", [field]: value }),
  ]),
  ["new PartialJSON(HERE)", (value) => new fetchat.PartialJSON(value)],
  ["parseMessages(HERE)", (value) => fetchat.parseMessages(value)],
  ["custom(HERE)", (value) => custom(value)],
  ["azure(HERE)", (value) => azure(value)],
  ["aiBinding(ai, HERE)", (value) => aiBinding({} as never, value)],
  ["createMockAPI(HERE)", (value) => createMockAPI(value)],
  ["record(HERE)", (value) => record(value)],
  ["record(fetch, HERE)", (value) => record(wire, value)],
  ["replay(cassette, HERE)", (value) => replay({ version: 1, exchanges: [] }, value)],
);

/** Malformed values that are accepted because they have a meaning, by argument. */
const TAKEN: readonly (readonly [argument: RegExp, values: RegExp, why: string])[] = [
  [/[^ ]HERE|, HERE|: HERE/, /^undefined$/, "an argument that is left out"],
  [
    /(…|params|path|id|schema|fetch|cassette|ai), HERE\)|format, (params, )?HERE\)/,
    /^an object without fields$/,
    "nothing said",
  ],
  [
    /^(\w+Session|client\.new\w+|.*(generateResponse|createClient|OpenAI|createConnection|PartialJSON|azure|createMockAPI))\(HERE\)/,
    /^an object without fields$/,
    "nothing said",
  ],
  [
    /(…|format), HERE\)$|(generateResponse|Session|parameters:|schema|outputFormat\(name,) ?\(?HERE|outputFormat\(name, HERE/,
    /unknown name$/,
    "a field of the API's, or of JSON Schema's",
  ],
  [
    /newChatSession\(HERE|responses\(HERE|parameters: HERE|outputFormat\(name, HERE/,
    /holds itself|with a bigint|without fields/,
    "refused when it is sent",
  ],
  [/(transcription|Transcription|translation)\(.*…, HERE/, /with a bigint/, "a form holds numbers of any size"],
  [/model: HERE|body: HERE/, /^null$|string|surrogate/, "the API says what it does not know"],
  [/signal: HERE/, /^null$|AbortSignal/, "a signal, or none"],
  [/(timeout|models|limits|headers|pace): HERE/, /^an object without fields$/, "nothing said"],
  [/headers: HERE/, /^an empty list$/, "pairs, of which there are none"],
  [/\((client, |session, )?HERE/, /^(an empty string|a string|half a surrogate pair)$/, "a text"],
  [/(outputFormat|custom)\(HERE/, /^a string$/, "a name"],
  [/(description|name|organization|project|filename): HERE/, /string$|surrogate/, "a text"],
  [/apiKey: HERE/, /string$|^a function$/, "a key, or what gives it"],
  [/(onChunk|execute|needsApproval|ask|fetch): HERE|record\(HERE/, /^a function$/, "a function"],
  [/(method): HERE/, /^a string$/, "a method"],
  [/(includeUsage|allowPlainHTTP|needsApproval|append): HERE/, /^true$/, "yes"],
  [/env: HERE/, /./, "any object can hold variables; what is no object is refused by name"],
  [/budget: HERE/, /^an object without fields$/, "no limit"],
  [/saved: HERE|baseURL: HERE/, /^null$/, "none"],
  [/x: HERE/, /./, "a query holds texts, numbers, true, false and lists of such"],
  [/api: HERE/, /^null$/, "none: chat completions"],
  [/^responses\(HERE/, /unknown name$/, "a field of the API's"],
  [/tools: HERE/, /^an empty list$/, "no tools"],
  [/(messages|items): HERE|parseMessages\(HERE|appendMessage/, /^an empty list$/, "a history without messages"],
];

type Outcome = "taken" | "refused" | `sent after ${string}` | `an untyped error: ${string}`;

async function outcomeOf(give: Give, value: unknown): Promise<Outcome> {
  sent = 0;
  try {
    const given: unknown = await give(value as never);
    if (typeof given === "object" && given !== null && "cancel" in given) (given as { cancel(): void }).cancel();
    return "taken";
  } catch (error) {
    if (fetchat.isInputError(error)) return sent > 0 ? `sent after ${error.message}` : "refused";
    return sent > 0 && fetchat.isAPIError(error) ? "taken" : `an untyped error: ${String(error)}`;
  }
}

describe("A malformed argument", () => {
  it.each(ARGUMENTS)("of %s is accepted or rejected before anything is sent", async (name, give) => {
    const taken: string[] = [];
    const wrong: string[] = [];
    for (const [what, value] of MALFORMED) {
      const outcome = await outcomeOf(give, value);
      if (outcome === "taken") taken.push(what);
      else if (outcome !== "refused") wrong.push(`${what}: ${outcome}`);
    }
    const unlisted = taken.filter(
      (what) => !TAKEN.some(([argument, values]) => argument.test(name) && values.test(what)),
    );
    expect({ wrong, unlisted }).toEqual({ wrong: [], unlisted: [] });
  });
});
