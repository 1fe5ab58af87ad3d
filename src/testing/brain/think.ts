import type { Answer } from "../answer.ts";
import type { ChatRequest, HeardMessage } from "./chatRequest.ts";
import { readHints } from "./hints.ts";
import { sampleOf } from "./sample.ts";
import { talk } from "./talk.ts";
import { callTools } from "./toolUse.ts";

/**
 * What the mock API says to a request: no model, a handful of rules. The same request gets the same answer.
 *
 * @param choice which of several choices, from 0: each is worded a little differently
 * @param seed makes the ids of tool calls
 */
export function think(chat: ChatRequest, choice: number, seed: string): Answer {
  const { messages } = chat;
  const asked = messages.filter((message) => message.role === "user");
  const prompt = asked.at(-1)?.text ?? messages.at(-1)?.text ?? "";
  const results = trailingResults(messages);
  if (results.length === 0) {
    const called = callTools(chat, prompt, seed);
    if (called) return called;
  }
  if (chat.format !== "text") return { text: answerInJson(chat.format, prompt), finishReason: "stop" };
  const text = results.length > 0 ? quote(results) : talk({ prompt, asked, choice });
  return { text, finishReason: "stop" };
}

function trailingResults(messages: readonly HeardMessage[]): readonly HeardMessage[] {
  const isResult = (message: HeardMessage): boolean => message.role === "tool" || message.role === "function";
  const last = messages.findLastIndex((message) => !isResult(message));
  return messages.slice(last + 1);
}

function quote(results: readonly HeardMessage[]): string {
  const [first, ...rest] = results.map((result) => result.text || "nothing");
  if (rest.length === 0) return `The tool says: ${first ?? ""}`;
  return [`The ${results.length} tools say:`, ...[first, ...rest].map((text) => `- ${text ?? ""}`)].join("\n");
}

function answerInJson(format: Exclude<ChatRequest["format"], "text">, prompt: string): string {
  if (format === "json") return JSON.stringify({ answer: "This is the mock API's JSON.", prompt });
  return JSON.stringify(sampleOf(format, { hints: readHints(prompt), requiredOnly: false }));
}
