import { plainName, UNKNOWN_OUTCOME } from "../conversation/history.ts";
import { chatContent } from "../conversation/input.ts";
import { answerTo, askedAs, isAsking, isCall, shortened, uniqueId } from "../decode/output.ts";
import type { AssistantMessage, FunctionMessage, KeptItems, Message, ToolCall, ToolMessage } from "../wire/index.ts";
import type { InputItem } from "../wire/responses.ts";
import { parseMaybe } from "../http/errorBody.ts";
import { fieldsOf, listOf, objectOf, objectsIn, stringOf } from "../wire/read.ts";
import type { Fields } from "../wire/read.ts";
import { listed, oneIdEach, textOf, withoutId } from "./keptItems.ts";
import { saysItsItems } from "./message.ts";

/** Selects the items of messages that a request may send. */
export interface InputOptions {
  /** The service of the request. Items of other services are sent as plain text. */
  readonly to: string;
  /** Returns true if the service refused a message's items, so that plain text is sent instead. Default: false. */
  readonly isRefused?: ((kept: KeptItems) => boolean) | undefined;
  /** Returns true if the service lost the response of a message, so that it does not know its ids. Default: false. */
  readonly isLost?: ((kept: KeptItems) => boolean) | undefined;
  /** The index of the answer that the service knows by its id; messages up to it are left out. Default: none. */
  readonly after?: number | undefined;
  /** True if the service has the beginning of the conversation, so that results may answer calls that are not in the input. */
  readonly hasMore?: boolean | undefined;
}

/** One item of an input, and its source. */
interface Placed {
  item: Fields;
  /** The index of its message. */
  readonly at: number;
  /** True if the item is output of the model or of a service. */
  readonly isOutput: boolean;
}

/**
 * Returns messages as the input of the Responses API: the same for the same messages, and one that the API accepts.
 *
 * - Every call has one result, and every result its call. Call ids are unique and at most 64 characters long.
 * - Items go back unchanged only to the service that made them, while the message still says what they say.
 * - Reasoning goes back if the service can read it and something follows from it.
 * - Items before the last compaction are left out, because the compaction covers them.
 *
 * @param messages the document, which is not written to
 */
export function toInput(messages: readonly Message[], options: InputOptions): InputItem[] {
  const { after = -1, hasMore = false } = options;
  const once = oneIdEach();
  const placed = place(messages, options).flatMap((one) => listed(once(one.item)).map((item) => ({ ...one, item })));
  const paired = withoutOrphans(placed, hasMore).filter(
    ({ at, item }) => at > after || (at === after && isResult(item)),
  );
  const items = withoutLooseReasoning(sinceCompaction(paired)).map(({ item }) => item);
  return withKnownCallers(items, after >= 0 || hasMore) as unknown as InputItem[];
}

/** Writes each message as items, in order. */
function place(messages: readonly Message[], options: InputOptions): Placed[] {
  const taken = new Map<string, number>();
  const answered = answeredIn(messages);
  const results = resultsOf(messages);
  const list: Placed[] = [];
  messages.forEach((message, at) => {
    if (message.role === "function") return;
    if (message.role === "tool") {
      if (options.hasMore && !list.some(({ isOutput }) => isOutput)) list.push(looseResult(message, at));
      return;
    }
    if (message.role !== "assistant") {
      for (const item of saidBy(message)) list.push({ item: { ...item }, at, isOutput: false });
      return;
    }
    const own = ownItems(message, options, answered);
    const items = own ?? told(message, at);
    const keys = callKeys(message);
    let place = 0;
    const behind: Fields[] = [];
    for (const item of items) {
      if (!isCall(item)) {
        list.push({ item, at, isOutput: true });
        continue;
      }
      const result = results.take(at, keys[place++]);
      const unique = uniqueId(shortened(item.call_id), taken);
      // The service knows its items only under the ids that it gave.
      const call_id = at === options.after ? item.call_id : unique;
      const call: Fields = {
        ...item,
        call_id,
        ...(item.type === "function_call" && { arguments: objectText(item.arguments) }),
      };
      list.push({ item: call, at, isOutput: true });
      behind.push(resultItem(call, result));
    }
    for (const item of behind) list.push({ item, at, isOutput: false });
  });
  return list;
}

/** Returns the answers of later messages to shell calls, computer calls and approval requests. */
function answeredIn(messages: readonly Message[]): ReadonlySet<string> {
  const items = messages.flatMap(({ responses }) => objectsIn(responses?.items));
  return new Set(items.flatMap((item) => answerTo(item) ?? []));
}

/** The results of calls, by the answer that made them and by the call's id in the document. */
interface Results {
  /** Takes the result of a call; the next one if a message has several calls of one id. */
  take(answer: number, key: string | undefined): ToolMessage["content"] | null | undefined;
}

const LEGACY = "function_call";

function resultsOf(messages: readonly Message[]): Results {
  const byAnswer = new Map<number, Map<string | undefined, (ToolMessage | FunctionMessage)[]>>();
  let waiting = new Map<string | undefined, (ToolMessage | FunctionMessage)[]>();
  messages.forEach((message, at) => {
    if (message.role === "assistant") {
      waiting = new Map<string | undefined, (ToolMessage | FunctionMessage)[]>();
      byAnswer.set(at, waiting);
    }
    if (message.role !== "tool" && message.role !== "function") return;
    const key = message.role === "tool" ? message.tool_call_id : LEGACY;
    const same = waiting.get(key);
    if (same) same.push(message);
    else waiting.set(key, [message]);
  });
  return { take: (answer, key) => byAnswer.get(answer)?.get(key)?.shift()?.content };
}

/** Returns the ids of a message's calls as they stand in the document. */
function callKeys({ tool_calls, function_call }: AssistantMessage): (string | undefined)[] {
  return tool_calls?.length ? tool_calls.map(({ id }) => id) : function_call ? [LEGACY] : [];
}

/** Returns the kept items of a message that the service accepts; `undefined` if the message is to be written as text and calls. */
function ownItems(
  message: AssistantMessage,
  { to, isRefused, isLost }: InputOptions,
  answered: ReadonlySet<string>,
): Fields[] | undefined {
  const kept = message.responses;
  if (!kept || kept.from !== to || isRefused?.(kept)) return undefined;
  const items = objectsIn(kept.items);
  if (!saysItsItems(message, items)) return undefined;
  return sendable(items, { isStored: kept.id !== undefined, isLost: isLost?.(kept) === true, answered });
}

interface Sendable {
  /** True if the service stores the items, and can look one up by its id. */
  readonly isStored: boolean;
  /** True if the service has lost the stored items. */
  readonly isLost: boolean;
  /** The ids of the calls that the program has answered. */
  readonly answered: ReadonlySet<string>;
}

/** Returns items without those that the service would refuse, and without those that depend on them. */
function sendable(items: readonly Fields[], { isStored, isLost, answered }: Sendable): Fields[] {
  const isKnown = isStored && !isLost;
  const list: Fields[] = [];
  /** True while the reasoning that led to the following items was left out. */
  let unread = false;
  for (const item of items) {
    if (item["type"] === "reasoning") {
      unread = !isKnown && !stringOf(item, "encrypted_content") && listOf(item, "content").length === 0;
      if (!unread) list.push(item);
    } else if (isAsking(item) && !isCall(item) && !answered.has(askedAs(item) ?? "")) {
      while (list.at(-1)?.["type"] === "reasoning") {
        list.pop();
        unread = true;
      }
    } else if (item["type"] === "message") {
      if (textOf(item["content"]) !== "") list.push(...(unread || isLost ? listed(withoutId(item)) : [item]));
    } else if (!unread && !isLost) list.push(item);
    else {
      const bare = withoutId(item);
      // Hosted calls cannot stand without the reasoning that led to them.
      if (bare || !unread) list.push(bare ?? item);
    }
  }
  return list;
}

/** Returns an assistant's message as text and calls: first the text, then all calls. */
function told(message: AssistantMessage, at: number): Fields[] {
  const { content, refusal, audio, tool_calls, function_call } = message;
  const text = wordsOf(content) || refusal || audio?.transcript || "";
  const calls: Fields[] = tool_calls?.length
    ? tool_calls.map((call, place) => toldCall(call, `call_${at}_${place}`))
    : function_call
      ? [toldCall({ id: "", type: "function", function: function_call }, `call_${at}`)]
      : [];
  return text === "" ? calls : [{ role: "assistant", content: text }, ...calls];
}

/** @param id the id of a call that has none */
function toldCall(call: ToolCall, id: string): Fields {
  const common = { call_id: call.id || id, ...(call.namespace !== undefined && { namespace: call.namespace }) };
  if (call.type === "custom") {
    const { name, input } = call.custom;
    return { type: "custom_tool_call", ...common, name: plainName(name), input };
  }
  const { name, arguments: text } = call.function;
  return { type: "function_call", ...common, name: plainName(name), arguments: text };
}

function wordsOf(content: AssistantMessage["content"]): string {
  if (typeof content === "string") return content;
  return objectsIn(content)
    .map((part) => stringOf(part, "text") ?? stringOf(part, "refusal") ?? named(part))
    .join("");
}

/** Returns a placeholder text for a part that the API does not accept. */
function named(part: Fields): string {
  return `[${stringOf(part, "type") ?? "part"}]`;
}

type SaidMessage = Exclude<Message, AssistantMessage | ToolMessage | FunctionMessage>;

/** Returns the items of a user's or program's message: those that it keeps, unless the program has changed its content since. */
function saidBy({ role, content, responses }: SaidMessage): readonly Fields[] {
  const items = objectsIn(responses?.items);
  if (items.length > 0 && (content.length === 0 || isSaidBy(items, content))) return items;
  return [{ role, content: typeof content === "string" ? content : inputParts(content) }];
}

function isSaidBy(items: readonly Fields[], content: SaidMessage["content"]): boolean {
  return JSON.stringify(chatContent(items[0]?.["content"])) === JSON.stringify(content);
}

/** Returns content as parts of the Responses API. Unknown parts become placeholder texts. */
function inputParts(content: readonly object[]): Fields[] {
  return objectsIn(content).map((part): Fields => {
    const { type } = part;
    if (type === "text") return { type: "input_text", text: stringOf(part, "text") ?? "" };
    if (type === "image_url") {
      const image = objectOf(part, "image_url");
      const image_url = stringOf(part, "image_url") ?? stringOf(image, "url");
      return { type: "input_image", image_url, detail: stringOf(image, "detail") ?? "auto" };
    }
    if (type === "file") return { type: "input_file", ...objectOf(part, "file") };
    if (type === "input_text" || type === "input_image" || type === "input_file") return part;
    return { type: "input_text", text: named(part) };
  });
}

/** Returns the result of a call as an item of the call's kind. */
function resultItem(call: Fields, content: ToolMessage["content"] | null | undefined): Fields {
  const caller = objectOf(call, "caller");
  const output = content === undefined ? UNKNOWN_OUTCOME : (content ?? "");
  return {
    type: `${stringOf(call, "type")}_output`,
    call_id: call["call_id"],
    // The API refuses an empty list.
    output: typeof output === "string" ? output : output.length > 0 ? inputParts(output) : "",
    ...(caller && { caller }),
  };
}

/** Returns a result whose call only the service knows. */
function looseResult(message: ToolMessage, at: number): Placed {
  const [kept] = objectsIn(message.responses?.items);
  const call = { type: "function_call", call_id: message.tool_call_id };
  return { item: kept ?? resultItem(call, message.content), at, isOutput: false };
}

/** Replaces arguments that are not a JSON object, which some servers refuse. */
function objectText(text: unknown): string {
  return typeof text === "string" && fieldsOf(parseMaybe(text)) ? text : "{}";
}

/** Leaves out results that answer nothing. */
function withoutOrphans(list: readonly Placed[], hasMore: boolean): readonly Placed[] {
  if (hasMore) return list;
  const asked = new Set<string>();
  return list.filter(({ item }) => {
    const answer = answerTo(item);
    const asks = askedAs(item);
    if (asks !== undefined) asked.add(asks);
    return answer === undefined || asked.has(answer);
  });
}

const isResult = (item: Fields): boolean =>
  item["type"] === "function_call_output" || item["type"] === "custom_tool_call_output";

/**
 * Removes the items before the last compaction, except calls whose results come later and results of calls that only the service has.
 */
function sinceCompaction(list: readonly Placed[]): readonly Placed[] {
  const last = list.findLast(({ item }) => item["type"] === "compaction");
  if (!last) return list;
  // Items that the program gave with a compaction belong to it.
  const from = list.findIndex((one) => (last.isOutput ? one === last : one.at === last.at));
  const earlier = list.slice(0, from);
  const asked = new Set(earlier.map(({ item }) => askedAs(item)));
  const later = new Set(list.slice(from).map(({ item }) => answerTo(item)));
  const kept = earlier.flatMap((one) => {
    const { item } = one;
    if (isCall(item) && later.has(askedAs(item))) return [{ ...one, item: withoutId(item) ?? item }];
    return isResult(item) && !asked.has(answerTo(item)) ? [one] : [];
  });
  return [...kept, ...list.slice(from)];
}

/** Leaves out reasoning that nothing follows from: the API refuses it. */
function withoutLooseReasoning(list: readonly Placed[]): readonly Placed[] {
  let follows = false;
  return list
    .toReversed()
    .filter(({ item, isOutput }) => {
      if (item["type"] === "reasoning") return follows;
      follows = isOutput;
      return true;
    })
    .toReversed();
}

/** Keeps a caller only if its program is in the input or the service knows it. */
function withKnownCallers(items: readonly Fields[], isContinued: boolean): Fields[] {
  const programs = new Set(items.filter(({ type }) => type === "program").map(({ call_id }) => call_id));
  return items.map((item) => {
    const caller = objectOf(item, "caller");
    if (!("caller" in item)) return item;
    if (caller && (isContinued || caller["type"] !== "program" || programs.has(caller["caller_id"]))) return item;
    const { caller: _caller, ...rest } = item;
    return rest;
  });
}
