import { type Answer, answerOf, countAnswer, hasContent, limitTo } from "../answer.ts";
import { SERVER_TEXT } from "../apiErrors.ts";
import { readChatRequest } from "../chatRequest.ts";
import { defaultAnswer } from "../defaultAnswer.ts";
import { isRecord } from "../contentRules.ts";
import { makeHexId } from "../ids.ts";
import type { Call, Settings } from "../route.ts";
import { conversationId, itemsOf } from "./conversation.ts";
import { countTokens } from "../tokens.ts";
import { type Fields, listOf, objectOf, stringOf } from "../../wire/read.ts";

/** Returns the request's input as items. */
export function inputItems(body: Fields, number: number): Fields[] {
  const { input } = body;
  const list =
    typeof input === "string"
      ? [{ role: "user", content: [{ type: "input_text", text: input }] }]
      : Array.isArray(input)
        ? input.filter(isRecord)
        : [];
  return list.map((item, index) => ({
    type: "message",
    ...item,
    id: item["id"] ?? makeHexId("msg_", 48, `${number}.in.${index}`),
  }));
}

/** Returns the scripted answer, or the default answer to the history. */
export function answerTo(call: Call, body: Fields, history: readonly Fields[]): Answer {
  const seed = `${call.request.number}.0`;
  const { reply } = call;
  if (hasContent(reply)) return answerOf(reply, seed);
  const limit = body["max_output_tokens"];
  const answer = limitTo(defaultAnswer(readChatRequest(chatBody(body, history)), 0, seed), limit);
  return reply.finishReason === undefined ? answer : { ...answer, finishReason: reply.finishReason };
}

/** Translates a request into chat completions format for the default answer. */
function chatBody(body: Fields, history: readonly Fields[]): object {
  const { model, tools, tool_choice, parallel_tool_calls, text } = body;
  const declared = [tools].flat().filter(isRecord);
  const flat = declared.filter(({ type }) => type === "function").map(({ type, ...fn }) => ({ type, function: fn }));
  const format = objectOf(text, "format") ?? {};
  const response_format = format["type"] === "json_schema" ? { type: "json_schema", json_schema: format } : format;
  return {
    model,
    tools: flat,
    tool_choice,
    parallel_tool_calls,
    response_format,
    messages: history.flatMap(messageOf),
  };
}

function messageOf(item: Fields): object[] {
  const { type, role, content, output, call_id } = item;
  if (type === "function_call_output")
    return [
      { role: "tool", tool_call_id: call_id, content: typeof output === "string" ? output : JSON.stringify(output) },
    ];
  if (type === "function_call") return [{ role: "assistant", content: null }];
  return typeof role === "string"
    ? [{ role, content: Array.isArray(content) ? content.filter(isRecord).map(chatPart) : content }]
    : [];
}

function chatPart(part: Fields): object {
  const type = stringOf(part, "type") ?? "";
  return {
    ...part,
    type: /text$/.test(type) ? "text" : type === "input_image" ? "image_url" : type === "input_file" ? "file" : type,
  };
}

/** Returns the input of a request as items, and all items that the model reads: those of the conversation so far, then the input. */
export function historyOf(body: Fields, number: number, settings: Settings): { input: Fields[]; history: Fields[] } {
  const input = inputItems(body, number);
  return { input, history: [...itemsBefore(body, settings), ...input] };
}

/** Returns the items of the response or conversation that a request continues. */
export function itemsBefore(body: Fields, { responses, objects }: Settings): readonly Fields[] {
  const previous = responses.get(stringOf(body, "previous_response_id") ?? "");
  const conversation = conversationId(body);
  return previous?.history ?? (conversation === undefined ? [] : [...objects.of(itemsOf(conversation)).values()]);
}

/** Counts the tokens of items. */
export function countInput(history: readonly Fields[]): number {
  return history.reduce(
    (sum, item) => sum + 4 + countTokens(JSON.stringify(item["content"] ?? item["output"] ?? "")),
    3,
  );
}

/** Returns the usage object of a response. */
export function usageOf(history: readonly Fields[], answer: Answer): object {
  const input_tokens = countInput(history);
  const { total, reasoning } = countAnswer(answer);
  return {
    input_tokens,
    input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
    output_tokens: total,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: input_tokens + total,
  };
}

/** Returns the status fields of a response for a finish reason. Only scripted replies have `failed` and `cancelled`. */
export function statusOf({ finishReason }: Answer): Fields {
  if (finishReason === "failed")
    return {
      status: "failed",
      error: { code: "server_error", message: SERVER_TEXT.replace(" Sorry about that!", "") },
    };
  if (finishReason === "cancelled") return { status: "cancelled" };
  if (finishReason === "length") return { status: "incomplete", incomplete_details: { reason: "max_output_tokens" } };
  if (finishReason === "content_filter")
    return { status: "incomplete", incomplete_details: { reason: "content_filter" } };
  return { status: "completed" };
}

/**
 * Returns the output items of an answer. Reasoning becomes a summary, with `encrypted_content` if the request includes
 * it.
 */
export function outputOf(answer: Answer, body: Fields, number: number): Fields[] {
  const { text, refusal, reasoning, toolCalls = [] } = answer;
  const id = (prefix: string, index = 0): string => makeHexId(prefix, 48, `${number}.${index}`);
  const isCut = answer.finishReason === "length";
  const status = isCut ? "incomplete" : "completed";
  const encrypted = listOf(body, "include").includes("reasoning.encrypted_content")
    ? { encrypted_content: id("gAAAA") }
    : {};
  const content = [
    ...(text === undefined ? [] : [{ type: "output_text", text, annotations: [], logprobs: [] }]),
    ...(refusal === undefined ? [] : [{ type: "refusal", refusal }]),
  ];
  return [
    ...(reasoning === undefined
      ? []
      : [{ id: id("rs_"), type: "reasoning", summary: [{ type: "summary_text", text: reasoning }], ...encrypted }]),
    ...(content.length === 0 ? [] : [{ id: id("msg_"), type: "message", status, role: "assistant", content }]),
    ...toolCalls.map((call, index) => ({
      id: id("fc_", index),
      type: "function_call",
      status: isCut && index === toolCalls.length - 1 ? "incomplete" : "completed",
      call_id: call.id,
      name: call.name,
      arguments: call.arguments,
    })),
  ];
}
