import type { Provider } from "../http/provider.ts";
import type { AssistantMessage, Message, ToolCall } from "../wire/index.ts";
import { fieldOf, stringOf } from "../wire/read.ts";
import { saysSomething } from "../decode/answer.ts";
import { partsFor, type Sender } from "../decode/content.ts";
import { OPENAI } from "../http/openai.ts";
import { checkSomeLeft, withSignatures, withWireIds } from "./wireCalls.ts";

const MESSAGE = ["role", "content", "name", "tool_calls"];
/** OpenAI sends no such parts, and refuses those that a proxy may have sent in its name. */
const OPENAI_SERVICE = "api.openai.com";
const CALL = ["id", "type", "function", "custom"];

/**
 * Returns messages as a provider takes them: without the items that they keep for the Responses API, without the fields of assistant messages
 * that it would refuse the request for, and with content in the form that it reads.
 *
 * @param messages the messages of a request
 * @param provider the provider's rules. Default: OpenAI's
 * @param model the model that is asked
 * @param service the service that is asked: parts of its own answers go back to it
 * @throws InputError if the messages are items of the Responses API alone
 */
export function forProvider(
  messages: readonly Message[],
  provider: Provider | undefined,
  model: string,
  service: string,
): readonly Message[] {
  const own = messages.flatMap((message) => {
    const own = forChat(message);
    const said = own?.role === "assistant" ? answerFor(withOwnParts(own, { from: service, model }), provider) : own;
    if (!said) return [];
    return provider?.plainContent ? plainly(said) : said;
  });
  checkSomeLeft(own, messages);
  return withSignatures(withWireIds(own, (provider ?? OPENAI).callIds), provider?.unsignedCalls, model);
}

/** Returns a message without what it keeps for the Responses API; `undefined` if it says nothing else. */
function forChat(message: Message): Message | undefined {
  if (!message.responses) return message;
  const { responses: _, ...said } = message;
  const isEmpty = said.role === "assistant" ? !saysSomething(said) : said.content?.length === 0 && said.role !== "tool";
  return isEmpty ? undefined : said;
}

/** Puts the parts that the service sent back in place of the content's text. */
function withOwnParts(message: AssistantMessage, asked: Sender): AssistantMessage {
  if (!message.content_parts) return message;
  const { content_parts: _, ...said } = message;
  const parts = asked.from === OPENAI_SERVICE ? undefined : partsFor(message, asked);
  if (!parts) return said;
  const { reasoning_content: _reasoning, refusal: _refusal, ...rest } = said;
  return { ...rest, content: parts as AssistantMessage["content"] };
}

/** @returns `undefined` if nothing is left that the provider accepts */
function answerFor(message: AssistantMessage, provider: Provider | undefined): AssistantMessage | undefined {
  const calls = message.tool_calls;
  const whole = calls ? { ...message, tool_calls: calls.map(plainCall) } : message;
  const said = provider?.thinkingParts ? thinkingInside(whole) : whole;
  if (!provider?.takes) return said;
  const kept = pick(said, [...MESSAGE, ...provider.takes]);
  if (kept.tool_calls) kept.tool_calls = kept.tool_calls.map((call) => pick(call, CALL));
  return saysSomething(kept) || !saysSomething(said) ? kept : undefined;
}

/** Chat completions know no namespaces. Some servers leave out the arguments of a call without any, and refuse that call when it comes back. */
function plainCall({ namespace: _, ...call }: ToolCall): ToolCall {
  if (call.type === "custom" || fieldOf(call.function, "arguments") != null) return call;
  return { ...call, function: { ...call.function, arguments: "{}" } };
}

/** Puts reasoning into the content, in front of the text. A message with fields of other services did not come from the provider. */
function thinkingInside(message: AssistantMessage): AssistantMessage {
  const isOwn = Object.keys(message).every((name) => name === "reasoning_content" || MESSAGE.includes(name));
  const { reasoning_content: reasoning, content, ...rest } = message;
  if (!isOwn || !reasoning || Array.isArray(content)) return message;
  const parts: object[] = [{ type: "thinking", thinking: [{ type: "text", text: reasoning }] }];
  if (content) parts.push({ type: "text", text: content });
  return { ...rest, content: parts as AssistantMessage["content"] };
}

/** Joins content that consists of texts alone. */
function plainly(message: Message): Message {
  const { content } = message;
  if (content == null) return { ...message, content: "" };
  if (!Array.isArray(content)) return message;
  const texts = content.flatMap((part: object) =>
    fieldOf(part, "type") === "text" ? (stringOf(part, "text") ?? []) : [],
  );
  return texts.length === content.length ? { ...message, content: texts.join("") } : message;
}

function pick<T extends object>(value: T, names: readonly string[]): T {
  const copy = { ...value };
  for (const name of Object.keys(copy)) if (!names.includes(name)) Reflect.deleteProperty(copy, name);
  return copy;
}
