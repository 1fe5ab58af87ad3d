import type { Answer, AnswerCall } from "../answer.ts";
import { makeId } from "../ids.ts";
import { words } from "../tokens.ts";
import type { ChatRequest, OfferedTool } from "./chatRequest.ts";
import { readHints } from "./hints.ts";
import { sampleOf } from "./sample.ts";

/**
 * The calls that an answer makes, if the prompt asks for any: the tools that it names, or the one that the request insists on.
 *
 * @param prompt what the user said last
 * @param seed makes the calls' ids
 */
export function callTools(chat: ChatRequest, prompt: string, seed: string): Answer | undefined {
  const wanted = chooseTools(chat, prompt);
  const first = wanted[0];
  if (first === undefined) return undefined;
  if (first.kind === "legacy") return { functionCall: callTool(first, prompt, seed), finishReason: "function_call" };
  const toolCalls = wanted.flatMap((tool) =>
    subjects(tool, wanted.length, chat, prompt).map((subject) => ({ tool, subject })),
  );
  return {
    toolCalls: toolCalls.map(({ tool, subject }, index) => callTool(tool, subject, `${seed}.${index}`)),
    // The API's own quirk: where the request names the tool, the finish reason is "stop".
    finishReason: isNamed(chat) ? "stop" : "tool_calls",
  };
}

function isNamed(chat: ChatRequest): boolean {
  return chat.tools.some((tool) => tool.name === chat.toolChoice);
}

function chooseTools(chat: ChatRequest, prompt: string): readonly OfferedTool[] {
  const { tools, toolChoice, parallelCalls } = chat;
  if (toolChoice === "none") return [];
  const named = tools.filter((tool) => tool.name === toolChoice);
  if (named.length > 0) return named.slice(0, 1);
  const asked = tools.filter((tool) => isAskedFor(tool, prompt));
  const wanted = asked.length === 0 && toolChoice === "required" ? tools.slice(0, 1) : asked;
  return parallelCalls ? wanted : wanted.slice(0, 1);
}

// Words of names that say nothing of the matter.
const VERBS: ReadonlySet<string> = new Set(
  words(
    "get set find list the for and fetch look lookup make create run call use show give tell current from with tool function",
  ),
);

// What people say when they mean what a tool is named for.
const SYNONYMS: Readonly<Record<string, readonly string[]>> = {
  weather: ["rain", "raining", "sunny", "snow", "snowing", "forecast", "temperature", "cold", "warm", "umbrella"],
  time: ["clock", "hour"],
  calculate: ["plus", "minus", "times", "sum", "multiply", "compute"],
  add: ["plus", "sum"],
  dice: ["die", "roll"],
};

function isAskedFor(tool: OfferedTool, prompt: string): boolean {
  if (prompt.includes(tool.name)) return true;
  const said = new Set(wordsOf(prompt).flatMap((word) => [word, word.replace(/s$/, "")]));
  const words = wordsOf(tool.name).filter((word) => word.length > 2 && !VERBS.has(word));
  return words.some((word) =>
    [word, word.replace(/s$/, ""), ...(SYNONYMS[word] ?? [])].some((meant) => said.has(meant)),
  );
}

function wordsOf(text: string): string[] {
  const spaced = text.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
  return spaced.match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** What a tool is called for: once, or once for each of several names ("in Oslo and Bergen"). */
function subjects(tool: OfferedTool, tools: number, chat: ChatRequest, prompt: string): readonly string[] {
  const { names } = readHints(prompt);
  const isList = /\b(?:and|both)\b|,/i.test(prompt);
  if (tools > 1 || !chat.parallelCalls || isNamed(chat) || !isList || names.length < 2 || !takesName(tool))
    return [prompt];
  return names.slice(0, 4);
}

function takesName(tool: OfferedTool): boolean {
  return /city|place|location|country|person|name/i.test(JSON.stringify(tool.schema));
}

function callTool(tool: OfferedTool, prompt: string, seed: string): AnswerCall {
  const id = makeId("call_", 24, seed);
  if (tool.kind === "custom") return { id, name: tool.name, arguments: prompt, custom: true };
  const value = sampleOf({ type: "object", ...tool.schema }, { hints: readHints(prompt), requiredOnly: true });
  return { id, name: tool.name, arguments: JSON.stringify(value) };
}
