import { type Fields, fieldOf, fieldsOf, listOf, numberOf, objectOf, stringOf } from "../wire/read.ts";
import { isRecord } from "./contentRules.ts";

/** The parts of a message that the default answer depends on. */
export interface PlainMessage {
  readonly role: string;
  /** The text of all its parts. */
  readonly text: string;
}

/** A tool of the request. */
export interface OfferedTool {
  readonly name: string;
  /** The JSON Schema of its parameters. */
  readonly schema: Readonly<Record<string, unknown>>;
  readonly kind: "function" | "custom" | "legacy";
}

/** The fields of a chat completion request that change its answer, with the API's defaults filled in. */
export interface ChatRequest {
  readonly model: string;
  readonly messages: readonly PlainMessage[];
  readonly tools: readonly OfferedTool[];
  /** `none`, `auto`, `required`, or the name of the tool to call. */
  readonly toolChoice: string;
  readonly parallelCalls: boolean;
  readonly choices: number;
  readonly stream: boolean;
  readonly includeUsage: boolean;
  readonly includeObfuscation: boolean;
  readonly stop: unknown;
  readonly maxTokens: unknown;
  /** The form of the answer: text, any JSON object, or JSON that fits this schema. */
  readonly format: "text" | "json" | Readonly<Record<string, unknown>>;
}

/** Reads a request's body. Fields of a wrong type count as missing, as `checkRequests: false` lets them pass. */
export function readChatRequest(body: unknown): ChatRequest {
  const fields: Fields = fieldsOf(body) ?? {};
  const options = fields["stream_options"];
  return {
    model: stringOf(fields, "model") ?? "gpt-6-luna",
    messages: records(fields, "messages").map(plainMessage),
    tools: [
      ...records(fields, "tools").map(offered),
      ...records(fields, "functions").map((item) => offeredAs(item, "legacy")),
    ],
    toolChoice: readChoice(fields["tool_choice"] ?? fields["function_call"]),
    parallelCalls: fields["parallel_tool_calls"] !== false && fields["functions"] === undefined,
    choices: Math.min(128, Math.max(1, Math.floor(numberOf(fields, "n") ?? 1))),
    stream: fields["stream"] === true,
    includeUsage: fieldOf(options, "include_usage") === true,
    includeObfuscation: fieldOf(options, "include_obfuscation") === true,
    stop: fields["stop"],
    maxTokens: fields["max_completion_tokens"] ?? fields["max_tokens"],
    format: readFormat(fields["response_format"]),
  };
}

function records(value: unknown, key: string): Fields[] {
  return listOf(value, key).filter(isRecord);
}

function plainMessage(message: Fields): PlainMessage {
  const parts = records(message, "content");
  const texts = parts.map((part) => part["text"] ?? part["refusal"]).filter((text) => typeof text === "string");
  return { role: stringOf(message, "role") ?? "", text: stringOf(message, "content") ?? texts.join("\n") };
}

function offered(tool: Fields): OfferedTool {
  const custom = objectOf(tool, "custom");
  return custom ? offeredAs(custom, "custom") : offeredAs(objectOf(tool, "function") ?? {}, "function");
}

function offeredAs(declared: Fields, kind: OfferedTool["kind"]): OfferedTool {
  return {
    name: stringOf(declared, "name") ?? "",
    schema: objectOf(declared, "parameters") ?? {},
    kind,
  };
}

function readChoice(choice: unknown): string {
  if (typeof choice === "string") return choice;
  if (!isRecord(choice)) return "auto";
  const named = choice["function"] ?? choice["custom"] ?? choice;
  return stringOf(named, "name") ?? "auto";
}

function readFormat(format: unknown): ChatRequest["format"] {
  if (!isRecord(format)) return "text";
  if (format["type"] === "json_object") return "json";
  const declared = format["json_schema"];
  if (format["type"] !== "json_schema" || !isRecord(declared)) return "text";
  return isRecord(declared["schema"]) ? declared["schema"] : {};
}
