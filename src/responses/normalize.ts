import { fitsAnnotation, fitsItem, fitsLogprob } from "../check/responses.ts";
import type { InputItem } from "../wire/responses.ts";
import { fieldsOf, listOf, objectsIn, stringOf } from "../wire/read.ts";
import type { Fields } from "../wire/read.ts";
import { isDeep } from "../decode/depth.ts";
import { LONGEST_ID, partsOf, withCalls } from "../decode/output.ts";

/** What the ids begin with that the API looks at. Others it takes back as they are. */
const PREFIXES: Readonly<Record<string, string>> = {
  message: "msg_",
  reasoning: "rs_",
  function_call: "fc_",
  custom_tool_call: "ctc_",
};
const STATUSES: readonly unknown[] = ["in_progress", "completed", "incomplete"];
const PHASES: readonly unknown[] = ["commentary", "final_answer"];

/**
 * Returns the items of an answer as the history may hold them, whatever the provider sent: items that our own checks accept, that the API
 * accepts when they are sent back, and that can be written as JSON. What cannot be mended is left out.
 *
 * @param output the answer's output
 */
export function toHistory(output: unknown): InputItem[] {
  const items = withCalls(objectsIn(output)).flatMap((item) => listed(normalized(withoutDeep(item))));
  return withOneIdEach(items).filter(fitsItem) as unknown as InputItem[];
}

/** Returns an object without its fields that are nested too deep to be written as JSON. */
export function withoutDeep(item: Fields): Fields {
  return isDeep(item) ? Object.fromEntries(Object.entries(item).filter(([, value]) => !isDeep(value))) : item;
}

/** Returns items of which no two have one id, which the API refuses: the later ones lose it, or are left out where they need it. */
export function withOneIdEach(items: readonly Fields[]): Fields[] {
  const taken = new Set<unknown>();
  return items.flatMap((item) => {
    const { id, type } = item;
    // What a reference names is another item's.
    if (id === undefined || type === "item_reference") return [item];
    if (taken.has(id)) return listed(withoutId(item));
    taken.add(id);
    return [item];
  });
}

/** Returns a list of one, or of none. */
export function listed(item: Fields | undefined): Fields[] {
  return item ? [item] : [];
}

/**
 * Returns an item without its id, as the API takes it; `undefined` where it takes none without.
 *
 * A message without its id is a plain text, and its `phase` stays.
 */
export function withoutId(item: Fields): Fields | undefined {
  const { id: _id, status, ...rest } = item;
  switch (item["type"] ?? "message") {
    case "function_call":
    case "custom_tool_call":
      return rest;
    case "message":
      return plainMessage(item);
    case "apply_patch_call":
      return { ...rest, status };
    case "reasoning":
    case "shell_call":
    case "compaction":
      return rest;
    default:
      return typeof item["type"] === "string" && item["type"].endsWith("_output") && fitsItem(rest) ? rest : undefined;
  }
}

/** Returns a message of the model's as a plain text; `undefined` where it says nothing. */
function plainMessage(item: Fields): Fields | undefined {
  const text = textOf(item["content"]);
  const phase = PHASES.includes(item["phase"]) ? { phase: item["phase"] } : undefined;
  return text === "" ? undefined : { role: "assistant", content: text, ...phase };
}

/** Returns what a message says, refusals too, as one text. */
export function textOf(content: unknown): string {
  return partsOf(content)
    .map((part) => stringOf(part, "text") ?? stringOf(part, "refusal") ?? "")
    .join("");
}

function normalized(item: Fields): Fields | undefined {
  const type = stringOf(item, "type");
  switch (type) {
    case undefined:
      return stringOf(item, "role") === undefined ? undefined : normalized({ ...item, type: "message" });
    case "message":
      return message(item);
    case "reasoning":
      return reasoning(item);
    case "function_call":
    case "custom_tool_call":
      return call(item);
    case "function_call_output":
    case "custom_tool_call_output":
      return optional(item, { caller: isCaller, status: isStatus, id: isText });
    case "image_generation_call": {
      const { id, status, result } = item;
      return { id, type, status, result };
    }
    default: {
      const { created_by: _, ...rest } = item;
      return rest;
    }
  }
}

function message(item: Fields): Fields | undefined {
  const content = partsOf(item["content"]).flatMap((part) => listed(contentPart(part)));
  const { id, status } = item;
  const whole = { ...item, role: "assistant", content, status: isStatus(status) ? status : "completed" };
  return isIdOf("message", id)
    ? optional(whole, { phase: (phase) => PHASES.includes(phase) })
    : plainMessage({ ...item, content });
}

function contentPart(part: Fields): Fields | undefined {
  const { type, text, refusal } = part;
  if (type === "refusal") return typeof refusal === "string" ? { type, refusal } : undefined;
  if (type !== "output_text") return isText(type) ? part : undefined;
  if (typeof text !== "string") return undefined;
  const annotations = listOf(part, "annotations").filter(fitsAnnotation);
  const logprobs = listOf(part, "logprobs").filter(fitsLogprob);
  return { ...part, annotations, logprobs };
}

function reasoning(item: Fields): Fields {
  const textParts = (field: string, type: string): Fields[] =>
    objectsIn(item[field]).flatMap((part) => {
      const text = stringOf(part, "text");
      return text === undefined ? [] : [{ ...part, type, text }];
    });
  const { content, ...rest } = item;
  const texts = textParts("content", "reasoning_text");
  return optional(
    {
      ...rest,
      summary: textParts("summary", "summary_text"),
      // An empty list that was sent stays: the item is then the same as the API knows it.
      ...((texts.length > 0 || Array.isArray(content)) && { content: texts }),
    },
    {
      id: (id) => isIdOf("reasoning", id),
      encrypted_content: (text) => text === null || isText(text),
      status: isStatus,
    },
  );
}

function call(item: Fields): Fields | undefined {
  if (item["name"] === "") return undefined;
  return optional(item, {
    id: (id) => isIdOf(String(item["type"]), id),
    namespace: isText,
    caller: isCaller,
    status: isStatus,
  });
}

/** Returns an object without those fields that are not what they may be. */
function optional(item: Fields, tests: Readonly<Record<string, (value: unknown) => boolean>>): Fields {
  const wrong = Object.keys(tests).filter((name) => item[name] !== undefined && !tests[name]?.(item[name]));
  return wrong.length === 0 ? item : Object.fromEntries(Object.entries(item).filter(([name]) => !wrong.includes(name)));
}

const isText = (value: unknown): boolean => typeof value === "string" && value !== "";
const isStatus = (value: unknown): boolean => STATUSES.includes(value);

function isIdOf(type: string, id: unknown): boolean {
  return typeof id === "string" && id.length <= LONGEST_ID && id.startsWith(PREFIXES[type] ?? "");
}

function isCaller(value: unknown): boolean {
  const caller = fieldsOf(value);
  const id = stringOf(caller, "caller_id") ?? "";
  return caller?.["type"] === "direct" || (caller?.["type"] === "program" && id !== "" && id.length <= LONGEST_ID);
}
