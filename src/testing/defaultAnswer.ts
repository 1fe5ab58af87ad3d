import type { Answer, AnswerCall } from "./answer.ts";
import type { ChatRequest, OfferedTool, PlainMessage } from "./chatRequest.ts";
import { makeId } from "./ids.ts";
import { sampleOf } from "./sample.ts";

/**
 * Returns the answer to a request for which no reply is scripted. It repeats the prompt and counts the messages, calls the tools that the
 * prompt names, and fits the schema that the request gives. Equal requests get equal answers.
 *
 * @param choice the index of the choice, from 0; choices differ in their text
 * @param seed makes the ids of tool calls
 */
export function defaultAnswer(chat: ChatRequest, choice: number, seed: string): Answer {
  const { messages, format } = chat;
  const asked = messages.filter(({ role }) => role === "user");
  const prompt = asked.at(-1)?.text ?? messages.at(-1)?.text ?? "";
  const results = trailingResults(messages);
  const tools = results.length === 0 ? chooseTools(chat, prompt) : [];
  if (tools.length > 0) return callTools(tools, chat, prompt, seed);
  if (format === "json") return { text: JSON.stringify({ answer: prompt }), finishReason: "stop" };
  if (format !== "text") return { text: JSON.stringify(sampleOf(format)), finishReason: "stop" };
  const text = results.length > 0 ? `The tool returned: ${results.join(", ")}` : `You said: ${prompt}`;
  const notes = [asked.length > 1 && `message ${asked.length}`, choice > 0 && `choice ${choice + 1}`].filter(Boolean);
  return { text: notes.length === 0 ? text : `${text} (${notes.join(", ")})`, finishReason: "stop" };
}

/** Returns the tool results at the end of a history. */
function trailingResults(messages: readonly PlainMessage[]): string[] {
  const last = messages.findLastIndex(({ role }) => role !== "tool" && role !== "function");
  return messages.slice(last + 1).map(({ text }) => text);
}

/** Returns the tool that the request insists on, else those whose name the prompt contains. */
function chooseTools({ tools, toolChoice, parallelCalls }: ChatRequest, prompt: string): readonly OfferedTool[] {
  if (toolChoice === "none") return [];
  const chosen = tools.find(({ name }) => name === toolChoice);
  if (chosen) return [chosen];
  const named = tools.filter(({ name }) => name !== "" && prompt.includes(name));
  if (named.length === 0) return toolChoice === "required" ? tools.slice(0, 1) : [];
  return parallelCalls ? named : named.slice(0, 1);
}

function callTools(tools: readonly OfferedTool[], { toolChoice }: ChatRequest, prompt: string, seed: string): Answer {
  const calls = tools.map((tool, index) => callTool(tool, prompt, `${seed}.${index}`));
  if (tools[0]?.kind === "legacy") return { functionCall: calls[0], finishReason: "function_call" };
  // As the API does: if the request names the tool, the finish reason is "stop".
  return { toolCalls: calls, finishReason: tools[0]?.name === toolChoice ? "stop" : "tool_calls" };
}

function callTool({ name, kind, schema }: OfferedTool, prompt: string, seed: string): AnswerCall {
  const id = makeId("call_", 24, seed);
  if (kind === "custom") return { id, name, arguments: prompt, custom: true };
  return { id, name, arguments: JSON.stringify(sampleOf({ type: "object", ...schema }, true)) };
}
