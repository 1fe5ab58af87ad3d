import { cleanFields } from "../decode/answer.ts";
import { chatCall } from "../decode/responseCalls.ts";
import { askedAs, isAsking, isCall, isWholeCall, itemsOf, outputRefusal, outputText } from "../decode/output.ts";
import type { AnswerMessage, AssistantMessage, ToolCall } from "../wire/index.ts";
import type { InputItem, OutputItem, ResponseObject } from "../wire/responses.ts";
import type { Fields } from "../wire/read.ts";
import { stringOf } from "../wire/read.ts";
import { keptItems } from "./keptItems.ts";

/**
 * Returns a response as an assistant's message in the form of chat completions, with the output items beside the content.
 *
 * @param response the response, complete or partial
 * @param from the service that made it
 */
export function toMessage(response: ResponseObject, from: string): AnswerMessage {
  const output = itemsOf(response);
  // A cut answer's calls never run: the model had not finished deciding.
  const isCut = response.status === "incomplete";
  const items = keptItems(output).filter((item) => !isCall(item) || (!isCut && isWholeCall(item, true)));
  while (items.at(-1)?.["type"] === "reasoning") items.pop();
  const id = stringOf(response, "id");
  const canContinue = response.store !== false && output.at(-1)?.["type"] !== "reasoning" && asksTheSame(output, items);
  // A refusal stays one, although its item may go back as plain text.
  const { content, refusal } = readItems(output.map(cleanFields));
  const { tool_calls } = readItems(items);
  return {
    role: "assistant",
    content,
    ...(refusal && { refusal }),
    ...(tool_calls && { tool_calls }),
    ...(items.length > 0 && {
      responses: { items: items as unknown as InputItem[], from, ...(id && canContinue && { id }) },
    }),
  };
}

/** Returns the content of items in the form of chat completions. */
export function readItems(items: readonly Fields[]): AnswerMessage {
  // A plain text of the model's has no type.
  const output = items.map((item) => ("role" in item ? { type: "message", ...item } : item)) as unknown as OutputItem[];
  const refusal = outputRefusal({ output });
  const calls = items.flatMap((item) => (isCall(item) ? [chatCall(item)] : []));
  return {
    role: "assistant",
    content: outputText({ output }) || null,
    ...(refusal && { refusal }),
    ...(calls.length > 0 && { tool_calls: calls }),
  };
}

/** Returns `true` if a message's text and calls are still those of its items. A program may have changed them. */
export function saysItsItems(message: AssistantMessage, items: readonly Fields[]): boolean {
  return wordsOf(message) === wordsOf(readItems(items));
}

function wordsOf({ content, refusal, tool_calls }: AssistantMessage): string {
  // A refusal may go back as plain text.
  return JSON.stringify([content || refusal || "", content ? refusal || "" : "", (tool_calls ?? []).map(callWords)]);
}

function callWords(call: ToolCall): unknown[] {
  const { id, namespace } = call;
  return call.type === "custom"
    ? [id, namespace, call.custom.name, call.custom.input]
    : [id, namespace, call.function.name, call.function.arguments];
}

/** The API continues by the id only if every call that it made is in the history under the id that it gave. */
function asksTheSame(sent: readonly Fields[], kept: readonly Fields[]): boolean {
  const names = (items: readonly Fields[]): string => JSON.stringify(items.filter(isAsking).map(askedAs));
  return names(sent) === names(kept);
}
