import { parseMaybe } from "../http/errorBody.ts";
import type { InputItem } from "../wire/responses.ts";
import { fieldsOf, listOf, objectOf, stringOf } from "../wire/read.ts";
import type { Fields } from "../wire/read.ts";
import { isInput, isSaid } from "./items.ts";
import type { KnownItems } from "./items.ts";
import { listed, textOf, withOneIdEach, withoutId } from "./normalize.ts";
import { answerTo, askedAs, isAsking, isCall, shortened, uniqueId } from "../decode/output.ts";

/**
 * Returns the items of a session as a request may hold them, by the API's rules:
 *
 * - What stands before the last compaction is in it.
 * - Reasoning goes back where it can be read without the server's memory (encrypted, or as text) and where something follows from it.
 *   Otherwise it is left out together with the calls that the provider ran after it; messages and calls lose their ids.
 * - Every call has its result, and every result its call.
 * - No two items have one id, and no two calls one `call_id`.
 *
 * What is new goes as it was given.
 *
 * @param known the items before `at` are left out
 * @param bare whether ids are left out: the server has lost what they name
 * @param plain how many items go without reasoning and ids: the server has refused theirs
 */
export function toInput(items: readonly InputItem[], known: KnownItems, bare: boolean, plain = 0): InputItem[] {
  const { at, answered } = known;
  const from = Math.max(at, compactedAt(items));
  const fresh = items.slice(Math.max(from, answered)) as unknown as Fields[];
  const old = [
    ...answeredCalls(items.slice(at, from) as unknown as Fields[], items.slice(from)),
    ...readable(items.slice(from, answered) as unknown as Fields[], bare, plain - from),
  ];
  const list = paired(old, fresh, items, known);
  const loose = withoutLoose(list);
  return wired(loose, items, known) as unknown as InputItem[];
}

/** Returns the place of the last compaction: what is before it is in it. */
function compactedAt(items: readonly InputItem[]): number {
  return Math.max(
    0,
    items.findLastIndex((item) => stringOf(item, "type") === "compaction"),
  );
}

/** Returns those calls whose results come later: without them the results would name nothing. */
function answeredCalls(dropped: readonly Fields[], later: readonly InputItem[]): Fields[] {
  const results = new Set(later.map(answerTo));
  return dropped.filter((item) => isCall(item) && results.has(askedAs(item))).map((item) => withoutId(item) ?? item);
}

/** Returns items without the reasoning that the API could not read, and without what cannot stand without that reasoning. */
function readable(items: readonly Fields[], bare: boolean, plain: number): Fields[] {
  let strip = bare;
  let unread = false;
  return items.flatMap((item, at): Fields[] => {
    if (item["type"] === "reasoning") {
      unread = at < plain || (!stringOf(item, "encrypted_content") && listOf(item, "content").length === 0);
      strip = unread;
      return unread ? [] : [item];
    }
    if (isSaid(item)) {
      strip = bare;
      unread = false;
    }
    if (isInput(item)) return [item];
    if (item["role"] === "assistant") {
      const { content, id } = item;
      if (textOf(content) === "") return [];
      // A text that the program put there has no id to lose.
      return (typeof content === "string" ? id === undefined : !strip) ? [item] : listed(withoutId(item));
    }
    if (!strip) return [item];
    const stripped = withoutId(item);
    return stripped || unread ? listed(stripped) : [item];
  });
}

/** Returns items without calls that have no result, and without results that have no call. What the API knows by an id counts too. */
function paired(
  old: readonly Fields[],
  fresh: readonly Fields[],
  items: readonly InputItem[],
  { id, whole }: KnownItems,
): Fields[] {
  const list = [...old, ...fresh];
  if (!whole) return list;
  const all = id === undefined ? list : items;
  const asked = new Set(all.map(askedAs));
  const answered = new Set(all.map(answerTo));
  return list.filter((item, at) => {
    const answers = answerTo(item);
    if (answers !== undefined) return asked.has(answers);
    return at >= old.length || !isAsking(item) || answered.has(askedAs(item));
  });
}

/** Returns items without the reasoning that nothing follows from: the API refuses it. */
function withoutLoose(items: readonly Fields[]): Fields[] {
  let followed = false;
  return items
    .toReversed()
    .filter((item) => {
      if (item["type"] === "reasoning") return followed;
      followed = !isInput(item);
      return true;
    })
    .toReversed();
}

/** Returns items with ids that the API takes, once each, and with what else it wants of calls and results. */
function wired(list: readonly Fields[], items: readonly InputItem[], { id }: KnownItems): Fields[] {
  const taken = new Map<string, number>();
  /** What a call's result names it by, in the session and in this request. */
  const ids = new Map<string, string>();
  const callers = new Map(items.filter(isCall).map((item) => [askedAs(item), objectOf(item, "caller")]));
  const programs = new Set(list.filter(({ type }) => type === "program").map(({ call_id }) => call_id));
  const callerOf = (caller: Fields | undefined): Fields | undefined =>
    caller && (id !== undefined || caller["type"] !== "program" || programs.has(caller["caller_id"]))
      ? caller
      : undefined;
  return withOneIdEach(list).map((item) => {
    const call = askedAs(item);
    const answers = answerTo(item);
    const given = stringOf(item, "call_id");
    if (given === undefined || (call === undefined && answers === undefined)) return item;
    if (call !== undefined) ids.set(call, uniqueId(shortened(given), taken));
    const changed: Record<string, unknown> = {
      ...item,
      call_id: ids.get(call ?? answers ?? "") ?? given,
      caller: callerOf(objectOf(item, "caller") ?? callers.get(answers)),
      ...(item["type"] === "function_call" && { arguments: objectText(item["arguments"]) }),
    };
    if (changed["caller"] === undefined) delete changed["caller"];
    return isSame(changed, item) ? item : changed;
  });
}

const isSame = (one: Fields, other: Fields): boolean =>
  Object.keys(one).length === Object.keys(other).length &&
  Object.entries(one).every(([name, value]) => value === other[name]);

/** Returns a call's arguments as servers take them: some refuse a history in which they are no JSON object. */
function objectText(text: unknown): unknown {
  return typeof text === "string" && fieldsOf(parseMaybe(text)) === undefined ? "{}" : text;
}
