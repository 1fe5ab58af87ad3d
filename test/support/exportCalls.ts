/**
 * The calls of each callable export: with its required arguments, and with all arguments. `use` stands for the export;
 * test/bundlers.test.ts defines the other names.
 */
export type Calls = readonly [required: string, all?: string];

const OPTIONS = `{ headers: { "x-a": "b" }, maxRetries: 0, signal }`;
const MESSAGES = `[{ role: "user", content: "Hello" }]`;
const SCHEMA = `{ type: "object", properties: { city: { type: "string" } }, required: ["city"] }`;
const SPENT = `{ output: [{ type: "message", content: [{ type: "output_text", text: "a" }] }] }`;

/** Calls of an endpoint function over a connection. */
function endpoint(required: string, params?: string): Calls {
  const given = ["connection", required].filter((one) => one !== "").join(", ");
  return [`use(${given})`, `use(${[given, params, OPTIONS].filter((one) => one !== undefined).join(", ")})`];
}

const guard: Calls = ["use()", "use(error)"];
const output: Calls = ["use({})", `use(${SPENT})`];
const client: Calls = ["use()", `use({ apiKey: "k", fetch, env: {}, maxRetries: 1, timeouts: { idle: 1_000 } })`];

/** The calls by the name of the export. */
export const CALLS: Readonly<Record<string, Calls>> = {
  chat: endpoint(MESSAGES, "{ temperature: 1 }"),
  streamChat: endpoint(MESSAGES, "{ temperature: 1 }"),
  completion: endpoint(`"Once"`, "{ max_tokens: 5 }"),
  streamCompletion: endpoint(`"Once"`, "{ max_tokens: 5 }"),
  embedding: endpoint(`"Hello"`, `{ encoding_format: "base64" }`),
  moderation: endpoint(`"Hello"`, "{}"),
  speech: endpoint(`"Hello"`, `{ voice: "alloy" }`),
  streamSpeech: endpoint(`"Hello"`, `{ voice: "alloy" }`),
  transcription: endpoint("blob", `{ language: "en" }`),
  streamTranscription: endpoint("blob", `{ language: "en" }`),
  translation: endpoint("blob", `{ temperature: 0 }`),
  imageGeneration: endpoint(`"A cat"`, "{ n: 1 }"),
  streamImageGeneration: endpoint(`"A cat"`, "{ n: 1 }"),
  imageEdit: endpoint(`blob, { prompt: "A cat" }`),
  streamImageEdit: endpoint(`blob, { prompt: "A cat" }`),
  files: endpoint("", `{ purpose: "batch" }`),
  file: endpoint(`"file-1"`),
  fileContent: endpoint(`"file-1"`),
  deleteFile: endpoint(`"file-1"`),
  uploadFile: endpoint(`blob, { purpose: "batch" }`),
  models: endpoint("", "{}"),
  model: endpoint(`"gpt-4o"`),
  listPages: endpoint(`"models"`, "{ limit: 1 }"),
  request: endpoint(`"models"`, "undefined"),
  streamRequest: endpoint(`"chat/completions"`, `{ model: "m", messages: ${MESSAGES}, stream: true }`),
  createResponse: endpoint(`"Hello"`, "{ temperature: 1 }"),
  streamResponse: endpoint(`"Hello"`, "{ temperature: 1 }"),
  resumeResponse: endpoint(`"resp_1"`, `{ starting_after: 1 }`),
  response: endpoint(`"resp_1"`, `{ include: [] }`),
  responseInputItems: endpoint(`"resp_1"`, "{ limit: 1 }"),
  cancelResponse: endpoint(`"resp_1"`),
  deleteResponse: endpoint(`"resp_1"`),
  createConversation: endpoint("", "{ metadata: {} }"),
  conversation: endpoint(`"conv_1"`),
  updateConversation: endpoint(`"conv_1", { metadata: {} }`),
  deleteConversation: endpoint(`"conv_1"`),
  createConversationItems: endpoint(`"conv_1", ${MESSAGES}`, "{ include: [] }"),
  conversationItems: endpoint(`"conv_1"`, "{ limit: 1 }"),
  conversationItem: endpoint(`"conv_1", "msg_1"`, "{ include: [] }"),
  deleteConversationItem: endpoint(`"conv_1", "msg_1"`),
  countInputTokens: endpoint(`"Hello"`, `{ instructions: "Be brief." }`),
  compactResponse: endpoint(`"Hello"`, `{ instructions: "Be brief." }`),
  createBatch: endpoint(`"file-1", { endpoint: "/v1/responses" }`),
  batch: endpoint(`"batch_1"`),
  batches: endpoint("", "{ limit: 1 }"),
  cancelBatch: endpoint(`"batch_1"`),
  createVectorStore: endpoint("", `{ name: "Rivers" }`),
  vectorStore: endpoint(`"vs_1"`),
  vectorStores: endpoint("", "{ limit: 1 }"),
  updateVectorStore: endpoint(`"vs_1", { name: "Rivers" }`),
  deleteVectorStore: endpoint(`"vs_1"`),
  searchVectorStore: endpoint(`"vs_1", "Hello"`, "{ max_num_results: 1 }"),
  addVectorStoreFile: endpoint(`"vs_1", "file-1"`, "{ attributes: { year: 2026 } }"),
  vectorStoreFile: endpoint(`"vs_1", "file-1"`),
  vectorStoreFiles: endpoint(`"vs_1"`, "{ limit: 1 }"),
  updateVectorStoreFile: endpoint(`"vs_1", "file-1", { attributes: { year: 2026 } }`),
  vectorStoreFileContent: endpoint(`"vs_1", "file-1"`),
  removeVectorStoreFile: endpoint(`"vs_1", "file-1"`),
  createVectorStoreFileBatch: endpoint(`"vs_1", ["file-1"]`, "{ attributes: { year: 2026 } }"),
  vectorStoreFileBatch: endpoint(`"vs_1", "vsfb_1"`),
  cancelVectorStoreFileBatch: endpoint(`"vs_1", "vsfb_1"`),
  vectorStoreFileBatchFiles: endpoint(`"vs_1", "vsfb_1"`, "{ limit: 1 }"),
  createClientSecret: endpoint("", `{ session: { type: "realtime" } }`),
  verifyWebhook: [
    `use(new Request("https://a.test/"), "whsec_aGk=").catch(() => 1)`,
    `use(new Request("https://a.test/"), ["whsec_aGk="], { tolerance: 1_000, maxBytes: 9 }).catch(() => 1)`,
  ],
  WebhookError: [`new use("too_old", "webhook-timestamp", "a recent time", "an earlier time")`],
  createClient: client,
  strict: [`use(${SCHEMA})`],
  Stream: ["use.name"],
  trimMessages: [`use(${MESSAGES}, { tokens: 100 })`],
  extra: [`use({ model: "m" }, { provider: {} })`],
  Connection: ["new use()", `new use({ apiKey: "k", fetch, model: "m", maxRetries: 0 })`],
  createConnection: [`use()`, `use({ apiKey: "k", fetch, model: "m", maxRetries: 0 })`],
  httpInfo: ["use(error)", "client.models().then(use)"],
  dataURL: ["use(blob)", `use(blob, "image/png")`],
  decodeBase64: [`use("aGk=")`],
  isAPIError: guard,
  isAbortError: guard,
  isConnectionError: guard,
  isInputError: guard,
  isStreamError: guard,
  isTimeoutError: guard,
  isToolError: guard,
  outputCalls: output,
  outputImages: output,
  outputReasoning: output,
  outputRefusal: output,
  outputText: output,
  errorResponse: ["use(error)", "use(error, { visitorKey: true, headers: {} })"],
  readMessages: [
    `use(new Request("https://a.test", { method: "POST", body: "[]" }))`,
    `use(new Request("https://a.test", { method: "POST", body: "[]" }), { maxBytes: 9, roles: ["user"] })`,
  ],
  textOf: ["use({ choices: [] })"],
  RequestError: [`new use(400, "body", "JSON", "nothing")`],
  parseMessages: ["use([])", `use(${MESSAGES}, "chat")`],
  outputFormat: [`use("city", ${SCHEMA})`, `use("city", fetchat.strict(${SCHEMA}), { description: "A city" })`],
  sendFor: [
    `use(client.newChatSession(), "Hello", fetchat.outputFormat("city", ${SCHEMA}))`,
    `use(client.newChatSession(), "Hello", fetchat.outputFormat("city", ${SCHEMA}), { temperature: 1 }, { signal })`,
  ],
  sessionKey: [`use({ ask: () => "k" })()`, `use({ ask: async () => "k", storage: undefined, name: "n" })()`],
  tool: [
    `use({ name: "f", parameters: ${SCHEMA}, execute: () => "a" })`,
    `use({ name: "f", description: "d", needsApproval: true, parameters: ${SCHEMA}, execute: () => "a" })`,
  ],

  OpenAI: ["new use()", `new use({ apiKey: "k", fetch }).chat(${MESSAGES})`],
  ChatSession: [
    `new use(client).send("Hello")`,
    `new use(client, { messages: [], maxSteps: 2 }).send("Hello", {}, {})`,
  ],
  responses: ["use()", `use({ state: "server", tools: [{ type: "web_search" }] })`],
  PartialJSON: ["new use().value", "new use({ omitNull: () => true }).value"],
  APIError: [`new use("m", { status: 400 })`, `new use("m", { status: 400, code: "c", type: "t", param: "p" })`],
  OpenAIError: [`new use("m")`, `new use("m", { cause: error })`],
  ConnectionError: [`new use("m")`, `new use("m", { cause: error })`],
  InputError: [`new use("path", "a text", "a number")`],
  TimeoutError: [`new use("idle", 5)`],
  StreamError: [`new use("m", "truncated", { text: "" })`, `new use("m", "truncated", { text: "" }, error)`],
  ToolError: [`new use("m", "f", "call_1")`, `new use("m", "f", "call_1", error)`],

  aiBinding: ["use(ai)", `use(ai, { gateway: "g", provider: "openai" })`],
  aiGateway: ["use()", `use("g")`],
  azure: ["use()", `use({ endpoint: "https://a.test", deployment: "d", form: "deployments", apiVersion: "v" })`],
  custom: [`use({ baseURL: "https://a.test/v1" })`, `use({ baseURL: "https://a.test/v1", model: "m", name: "n" })`],

  createRelay: [
    `use({ apiKey: "k", open: true, fetch })(new Request("https://a.test/v1/models"))`,
    `use({ apiKey: "k", token: "t", fetch, maxBody: 9, paths: ["/models"], hosts: ["a.test"] })(new Request("https://a.test/v1/models"))`,
  ],
  isLoopback: [`use("http://localhost/")`],

  createMockAPI: ["use()", `use({ pace: "instant", apiKeys: ["k"], strictModels: true })`],
  checkMessages: [`use(${MESSAGES})`],
  createFault: [`use("f", (draft) => draft)`],
  record: ["use(fetch)", "use(fetch, { now: () => 0 })"],
  replay: [`use({ version: 1, exchanges: [] })`, `use({ version: 1, exchanges: [] }, { pace: "instant" })`],
  CassetteError: [`new use("m")`, `new use("m", [])`],
};
