import type { RecordedRequest, Reply } from "fetchat/testing";
import { CODE, HAIKUS, HELP, JOKES, LONG_ANSWER, MARKDOWN, UNICODE, WHO } from "./texts.ts";

/** The fields of a chat request that this file reads. */
interface ChatBody {
  readonly messages: readonly { readonly role: string; readonly content?: string | readonly Part[] | null }[];
  readonly tools?: unknown;
  readonly response_format?: unknown;
}

interface Part {
  readonly type: string;
  readonly text?: string;
}

/** A message of the user. */
interface UserMessage {
  readonly text: string;
  /** The types of its parts that are not text: `image_url`, `input_audio`, `file`. */
  readonly attachments: readonly string[];
}

/** A conversation, reduced to the messages of the user. */
interface Talk {
  /** The text of the last message. */
  readonly prompt: string;
  /** All messages of the user, the last one included. */
  readonly asked: readonly UserMessage[];
}

/** A topic: the prompts that it matches, and the answer. */
type Topic = readonly [about: RegExp, say: string | ((talk: Talk, match: RegExpExecArray) => string)];

/**
 * Answers a chat without a model: the `defaultReply` of the mock API while there is no key. Equal conversations get equal answers.
 *
 * @returns `undefined` for requests with tools or a response format, and for other endpoints: the mock API answers those itself
 */
export function talk({ path, body }: RecordedRequest): Reply | undefined {
  // The mock API checks the body before it asks for a reply.
  const { messages, tools, response_format } = body as ChatBody;
  if (!path.endsWith("/chat/completions") || tools || response_format) return undefined;
  const asked = messages.filter(({ role }) => role === "user").map(({ content }) => userMessage(content ?? ""));
  const last = asked.at(-1);
  if (last === undefined) return undefined;
  return { text: describeAttachments(last) ?? discuss({ prompt: last.text, asked }) };
}

function userMessage(content: string | readonly Part[]): UserMessage {
  if (typeof content === "string") return { text: content, attachments: [] };
  return {
    text: content.flatMap(({ text }) => text ?? []).join("\n"),
    attachments: content.map(({ type }) => type).filter((type) => type !== "text"),
  };
}

function discuss(given: Talk): string {
  for (const [about, say] of TOPICS) {
    const match = about.exec(given.prompt);
    if (match) return typeof say === "string" ? say : say(given, match);
  }
  return echo(given);
}

const COLORS: readonly string[] = "ultramarine vermilion saffron viridian magenta ochre teal indigo coral umber".split(
  " ",
);

// The first match answers, so specific topics come before general ones.
const TOPICS: readonly Topic[] = [
  [/\b(?:repeat|say|echo)\b(?: after me)?[:\s]+["“]?(.+?)["”]?$/is, (_talk, match) => match[1]?.trim() ?? ""],
  [/\bwhat(?:'s| is|’s) my name\b/i, recallName],
  [
    /\b[Mm]y name is (\p{Lu}[\p{L}'’-]*)/u,
    (_talk, match) => `Nice to meet you, ${match[1]}. Ask me your name later on: I read the whole history.`,
  ],
  [/(-?\d+(?:\.\d+)?)\s*([-+*/x×÷−])\s*(-?\d+(?:\.\d+)?)/i, (_talk, match) => calculate(match)],
  [/\bcount (?:from (\d+) )?(?:up )?to (\d+)/i, (_talk, match) => count(Number(match[1] ?? 1), Number(match[2]))],
  [/\bjokes?\b|\bmake me laugh\b/i, (given) => pick(JOKES, given)],
  [/\bhaikus?\b|\bpoems?\b/i, (given) => pick(HAIKUS, given)],
  [/\bcolou?rs?\b.*\b(?:boring|dull)|\b(?:boring|dull)\b.*\bcolou?rs?\b/is, "Beige. Even its name is asleep."],
  [/\bloudest\b/i, "Vermilion. You can hear it from the next room."],
  [/(?:\b(\d+)\b.*)?\bcolou?rs?\b/is, (_talk, match) => listColors(Number(match[1] ?? 3))],
  [/\bmarkdown\b|\btable\b/i, MARKDOWN],
  [/\bcode\b|\bprogram\b|\bfunction\b|\bjavascript\b|\btypescript\b/i, CODE],
  [/\b(?:long|essay|story|article|lengthy)\b/i, LONG_ANSWER],
  [/\bunicode\b|\bemojis?\b/i, UNICODE],
  [/\brivers?\b/i, "The Rhine, the Danube and the Elbe. They flow whether or not a model is there."],
  [/\bwho are you\b|\bwhat are you\b|\bare you (?:an? )?(?:ai|human|bot|model|real|gpt|chatgpt)\b/i, WHO],
  [/\bhelp\b|\bwhat can you do\b/i, HELP],
  [
    /\bthank(?:s| you)\b/i,
    (given) => `You are welcome. That was message ${given.asked.length}, and it cost you nothing.`,
  ],
  [/\b(?:bye|goodbye|see you)\b/i, (given) => `Goodbye! We exchanged ${plural(given.asked.length, "message")}.`],
  [/^\W*(?:hi|hello|hey|good (?:morning|day|evening)|moin|hallo)\b/i, greet],
];

function greet({ asked }: Talk): string {
  if (asked.length > 1) return `Hello again! This is message ${asked.length} of our conversation.`;
  return "Hello! I am fetchat's mock API: I speak the OpenAI API, but there is no model behind me. Ask for a joke, a haiku, five colors, some code, or help.";
}

function echo({ prompt, asked }: Talk): string {
  const text = prompt.trim().replace(/\s+/g, " ");
  if (text === "")
    return "You said nothing, and I heard it clearly. I am the mock API, no model: ask for help to see what I know.";
  const letters = Array.from(text);
  const short = letters.length > 120 ? `${letters.slice(0, 117).join("")}…` : text;
  const words = prompt.match(/[\p{L}\p{N}'’-]+/gu)?.length ?? 0;
  const turn =
    asked.length > 1 ? ` This is message ${asked.length}; before it you said “${firstWords(asked.at(-2)?.text)}”.` : "";
  return `You said: “${short}” (${plural(words, "word")}).${turn} I am fetchat's mock API and no model, so I cannot think about it, but I can tell a joke, write a haiku, name colors or show some code.`;
}

function firstWords(text = ""): string {
  const words = text.trim().split(/\s+/);
  return words.length > 8 ? `${words.slice(0, 8).join(" ")}…` : words.join(" ");
}

function recallName({ asked }: Talk): string {
  const name = asked
    .map((message) => /\b[Mm]y name is (\p{Lu}[\p{L}'’-]*)/u.exec(message.text)?.[1])
    .findLast((name) => name !== undefined);
  return name === undefined ? "You have not told me. Say “My name is Ada”." : `Your name is ${name}. You told me so.`;
}

function calculate(match: RegExpExecArray): string {
  const [, left = "0", sign = "+", right = "0"] = match;
  const [a, b] = [Number(left), Number(right)];
  const results: Readonly<Record<string, number>> = { "+": a + b, "-": a - b, "−": a - b, "/": a / b, "÷": a / b };
  const result = results[sign] ?? a * b;
  if (!Number.isFinite(result)) return "Nobody has managed that division yet.";
  return `${left} ${sign} ${right} = ${Number(result.toPrecision(12))}. That much I can do without a model.`;
}

function count(from: number, to: number): string {
  const length = Math.min(Math.abs(to - from) + 1, 500);
  return `${Array.from({ length }, (_, index) => (to >= from ? from + index : from - index)).join(", ")}.`;
}

function listColors(wanted: number): string {
  const list = COLORS.slice(0, Math.max(1, Math.min(wanted, COLORS.length)));
  return list.map((color, index) => `${index + 1}. ${color}`).join("\n");
}

function pick(texts: readonly string[], { prompt, asked }: Talk): string {
  return texts[(prompt.length + asked.length) % texts.length] ?? "";
}

function plural(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? "" : "s"}`;
}

const ATTACHMENTS: Readonly<Record<string, string>> = { image_url: "image", input_audio: "sound", file: "file" };

function describeAttachments(message: UserMessage): string | undefined {
  if (message.attachments.length === 0) return undefined;
  const kinds = [...new Set(message.attachments)];
  const counted = kinds.map((kind) =>
    plural(message.attachments.filter((item) => item === kind).length, ATTACHMENTS[kind] ?? kind),
  );
  const words = message.text.trim() === "" ? "" : ` and the words “${firstWords(message.text)}”`;
  return `I received ${counted.join(" and ")}${words}. I am the mock API and no model: I can tell that it is there, not what it shows.`;
}
