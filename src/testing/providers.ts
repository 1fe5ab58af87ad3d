import { type Fields, fieldOf, listOf, objectOf, stringOf } from "../wire/read.ts";
import type { Answer } from "./answer.ts";
import { badRequest, type Refusal } from "./apiErrors.ts";
import { isRecord } from "./contentRules.ts";
import { hash, makeId } from "./ids.ts";
import { words } from "./tokens.ts";

type Message = Readonly<Record<string, unknown>>;

/** Signed reasoning that was sent, by its signature. */
export type Signed = ReadonlyMap<string, string>;

/** The services that the mock API can imitate. */
export type MockProvider =
  | "openai"
  | "azure"
  | "bedrock"
  | "cerebras"
  | "deepseek"
  | "gemini"
  | "groq"
  | "llama.cpp"
  | "mistral"
  | "openrouter"
  | "vllm"
  | "workers-ai"
  | "other";

/** The differences of a service from the OpenAI API. */
export interface ProviderRules {
  /** Refuses what OpenAI refuses: unknown fields, and fields that a model does not accept. Default false. */
  readonly isOpenAI?: boolean;
  /** Returns the service's refusal of a request. */
  readonly check?: (messages: readonly Message[], body: Fields, signed: Signed) => Refusal | undefined;
  /** Adds to an answer the fields that the service sends and expects back. */
  readonly extend?: (answer: Answer, seed: string) => Answer;
}

/** The rules of each service. Each of them comes from bug reports about that service. */
export const PROVIDERS: Readonly<Record<MockProvider, ProviderRules>> = {
  openai: { isOpenAI: true },
  azure: { isOpenAI: true },
  bedrock: { check: (messages) => firstOf(messages, refuseBlank) },
  cerebras: { check: (messages) => firstOf(messages, onlyFields("reasoning")) },
  deepseek: {
    check: wantReasoning,
    extend: (answer) => (hasCalls(answer) ? { ...answer, reasoning: answer.reasoning ?? THOUGHT } : answer),
  },
  gemini: {
    check: (messages, body) => refuseRepeatedTool(body) ?? wantThoughtSignatures(messages),
    extend: signCalls,
  },
  groq: { check: (messages) => firstOf(messages, onlyFields("reasoning function_call")) },
  "llama.cpp": { check: (messages) => firstCall(messages, refuseBrokenArguments) },
  mistral: {
    check: (messages) => firstOf(messages, onlyFields("prefix", 422)) ?? findMistralFault(messages),
    extend: shortenIds,
  },
  openrouter: {
    check: (messages, _body, signed) => firstOf(messages, (message, path) => findReasoningFault(message, path, signed)),
    extend: (answer) => (answer.reasoning === undefined ? answer : { ...answer, signature: sign(answer.reasoning) }),
  },
  vllm: { check: (messages) => firstCall(messages, refuseBrokenArguments) },
  "workers-ai": { check: (messages) => firstOf(messages, refuseNonText) },
  other: {},
};

const THOUGHT = "Let me look that up.";

type Check = (message: Message, path: string) => Refusal | undefined;

function firstOf(messages: readonly Message[], check: Check): Refusal | undefined {
  for (const [index, message] of messages.entries()) {
    const fault = check(message, `messages[${index}]`);
    if (fault) return fault;
  }
  return undefined;
}

/** Checks each tool call of a history. */
function firstCall(messages: readonly Message[], check: Check): Refusal | undefined {
  return firstOf(messages, (message, path) =>
    firstOf(callsOf(message), (call, place) => check(call, `${path}.${place.replace("messages", "tool_calls")}`)),
  );
}

function callsOf(message: Message): Message[] {
  return listOf(message, "tool_calls").filter(isRecord);
}

function hasCalls({ toolCalls }: Answer): boolean {
  return (toolCalls?.length ?? 0) > 0;
}

/** Gemini refuses two functions with one name. OpenAI accepts them. */
function refuseRepeatedTool(body: Fields): Refusal | undefined {
  const names = listOf(body, "tools").map((tool) => stringOf(objectOf(tool, "function"), "name"));
  const repeated = names.find((name, at) => name !== undefined && names.indexOf(name) < at);
  return repeated === undefined
    ? undefined
    : badRequest(`Duplicate function declaration found: ${repeated}`, null, "INVALID_ARGUMENT");
}

/** Workers AI requires string content in every message, even beside tool calls. */
function refuseNonText({ role, content }: Message, path: string): Refusal | undefined {
  const isText = Array.isArray(content) && content.every((part) => stringOf(part, "type") === "text");
  const wrong = content === null || content === undefined ? "null" : isText ? "array" : undefined;
  if (wrong === undefined || (wrong === "null" && role !== "assistant")) return undefined;
  const place = `/${path.replace("[", "/").replace("]", "")}/content`;
  return badRequest(
    `AiError: Bad input: Error: oneOf at '/' not met, 0 matches: Type mismatch of '${place}', '${wrong}' not in 'string'`,
    null,
    "5006",
  );
}

/** Bedrock refuses blank texts. */
function refuseBlank({ content }: Message, path: string): Refusal | undefined {
  const texts = Array.isArray(content) ? content.map((part) => stringOf(part, "text")) : [content];
  const blank = texts.findIndex((text) => typeof text === "string" && text.trim() === "");
  if (blank === -1) return undefined;
  const place = `${path.replace("[", ".").replace("]", "")}.content.${blank}`;
  return badRequest(
    `The text field in the ContentBlock object at ${place} is blank. Add text to the text field, and try again.`,
  );
}

const MESSAGE_FIELDS = words("role content name tool_calls tool_call_id");

/** Groq, Cerebras and Mistral accept few fields in an assistant's message. */
function onlyFields(others: string, status = 400): Check {
  const known = new Set([...MESSAGE_FIELDS, ...words(others)]);
  return (message, path) => {
    const name = message["role"] === "assistant" ? Object.keys(message).find((one) => !known.has(one)) : undefined;
    return name === undefined
      ? undefined
      : badRequest(`'${path}' : property '${name}' is unsupported`, `${path}.${name}`, "unsupported_property", status);
  };
}

/** Mistral requires call ids of nine letters and digits. */
function findMistralFault(messages: readonly Message[]): Refusal | undefined {
  const ids = messages.flatMap((message) => [
    ...callsOf(message).map((call) => call["id"]),
    ...(message["role"] === "tool" ? [message["tool_call_id"]] : []),
  ]);
  const wrong = ids.map((id) => (typeof id === "string" ? id : "null")).find((id) => !/^[a-zA-Z0-9]{9}$/.test(id));
  return wrong === undefined
    ? undefined
    : badRequest(`Tool call id was ${wrong} but must be a-z, A-Z, 0-9, with a length of 9.`, null, "3280");
}

/** Gives generated calls ids in Mistral's format. */
function shortenIds(answer: Answer, seed: string): Answer {
  const toolCalls = answer.toolCalls?.map((call, index) =>
    /^call_[a-zA-Z0-9]{24}$/.test(call.id) ? { ...call, id: makeId("", 9, `${seed}.${index}`) } : call,
  );
  return { ...answer, toolCalls };
}

/** vLLM and llama.cpp parse the arguments of earlier calls into objects for the prompt. */
function refuseBrokenArguments(call: Message, path: string): Refusal | undefined {
  if (objectOf(call, "function") === undefined) return undefined;
  const text = stringOf(objectOf(call, "function"), "arguments");
  if (text !== undefined && isObjectText(text)) return undefined;
  return badRequest(`Failed to parse tool call arguments as JSON: ${path}.function.arguments`, null, "400");
}

function isObjectText(text: string): boolean {
  try {
    return isRecord(JSON.parse(text));
  } catch {
    return false;
  }
}

/** DeepSeek in thinking mode requires the reasoning that led to a call together with the call. */
function wantReasoning(messages: readonly Message[], body: Fields): Refusal | undefined {
  if (stringOf(objectOf(body, "thinking"), "type") === "disabled") return undefined;
  const bare = messages.some(
    (message) => callsOf(message).length > 0 && typeof message["reasoning_content"] !== "string",
  );
  return bare
    ? badRequest(
        "The `reasoning_content` in the thinking mode must be passed back to the API.",
        null,
        "invalid_request_error",
      )
    : undefined;
}

/** Gemini requires the thought signature on the first call of each step since the last user message. */
function wantThoughtSignatures(messages: readonly Message[]): Refusal | undefined {
  const turn = messages.findLastIndex(({ role }) => role === "user") + 1;
  const bare = messages.slice(turn).findIndex((message) => {
    const [first] = callsOf(message);
    return first !== undefined && !stringOf(objectOf(objectOf(first, "extra_content"), "google"), "thought_signature");
  });
  if (bare === -1) return undefined;
  const name = stringOf(objectOf(callsOf(messages[turn + bare] ?? {})[0], "function"), "name") ?? "";
  const text = `Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly, and missing thought_signature may lead to degraded model performance. Additional data, function call \`default_api:${name}\`, position ${turn + bare + 1}. Please refer to https://ai.google.dev/gemini-api/docs/thought-signatures for more details.`;
  return badRequest(text, null, "INVALID_ARGUMENT");
}

function signCalls(answer: Answer, seed: string): Answer {
  const [first, ...rest] = answer.toolCalls ?? [];
  if (first === undefined) return answer;
  const extra = { extra_content: { google: { thought_signature: makeId("", 32, `${seed}.thought`) } } };
  return { ...answer, toolCalls: [{ extra, ...first }, ...rest] };
}

/** Returns the signature of reasoning that the mock API sends as OpenRouter. */
export function sign(text: string): string {
  return makeId("mock-", 24, hash(text));
}

/** OpenRouter requires reasoning blocks whole and unchanged. */
function findReasoningFault(message: Message, path: string, signed: Signed): Refusal | undefined {
  const blocks = listOf(message, "reasoning_details").filter(isRecord);
  const seen = new Set<string>();
  for (const block of blocks) {
    const { type, index } = block;
    const key = `${String(type)} ${String(index)}`;
    if ((typeof index === "number" && seen.has(key)) || !isWhole(block, signed)) return badSignature(path);
    seen.add(key);
  }
  return undefined;
}

/** Returns true if a block is whole and has the text that was signed. */
function isWhole(block: Message, signed: Signed): boolean {
  if (block["type"] === "reasoning.encrypted") return typeof block["data"] === "string";
  const signature = stringOf(block, "signature");
  if (block["type"] !== "reasoning.text" || signature === undefined) return true;
  const text = stringOf(block, "text") ?? "";
  const original = signed.get(signature);
  return (
    text !== "" &&
    (original === undefined ? !signature.startsWith("mock-") || signature === sign(text) : original === text)
  );
}

/** Remembers the signed reasoning of a scripted reply, to compare it with what comes back. */
export function noteSigned(reply: unknown, signed: Map<string, string>): void {
  const texts = new Map<string, string>();
  const answers = [...listOf(reply, "chunks"), fieldOf(reply, "body"), ...listOf(reply, "events").flatMap(readEvent)];
  for (const choice of answers.flatMap((answer) => listOf(answer, "choices"))) {
    const message = objectOf(choice, "delta") ?? objectOf(choice, "message");
    for (const block of listOf(message, "reasoning_details")) {
      const key = JSON.stringify([fieldOf(choice, "index"), fieldOf(block, "type"), fieldOf(block, "index")]);
      texts.set(key, (texts.get(key) ?? "") + (stringOf(block, "text") ?? ""));
      const signature = stringOf(block, "signature");
      if (signature !== undefined) signed.set(signature, texts.get(key) ?? "");
    }
  }
}

function readEvent(event: unknown): unknown[] {
  const [, data = ""] = /^data: ?(\{.*)$/m.exec(typeof event === "string" ? event : "") ?? [];
  try {
    return [JSON.parse(data)];
  } catch {
    return [];
  }
}

function badSignature(path: string): Refusal {
  const place = `${path.replace("[", ".").replace("]", "")}.content.0`;
  return badRequest(`${place}: Invalid \`signature\` in \`thinking\` block`, null, "400");
}
