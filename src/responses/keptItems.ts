import { fitsAnnotation, fitsItem, fitsLogprob } from "../check/responseItems.ts";
import { cleanFields } from "../decode/answer.ts";
import { LONGEST_ID, partsOf, withCalls } from "../decode/output.ts";
import { fieldsOf, listOf, objectsIn, stringOf } from "../wire/read.ts";
import type { Fields } from "../wire/read.ts";

/** Prefixes of the ids that the API checks. */
const PREFIXES: Readonly<Record<string, string>> = {
  message: "msg_",
  reasoning: "rs_",
  function_call: "fc_",
  custom_tool_call: "ctc_",
};
const STATUSES: readonly unknown[] = ["in_progress", "completed", "incomplete"];
const PHASES: readonly unknown[] = ["commentary", "final_answer"];

/**
 * Returns the items of an answer as a message may keep them, whatever the provider sent: items that our own checks accept, that the API
 * accepts when they are sent back, and that can be written as JSON. Items that cannot be corrected are left out.
 *
 * @param output the answer's output
 */
export function keptItems(output: unknown): Fields[] {
  const once = oneIdEach();
  const sent = objectsIn(output);
  return (
    withCalls(sent)
      // As in chat completions, missing arguments stay missing.
      .map((item, at) => (sent[at]?.["arguments"] === "" ? { ...item, arguments: "" } : item))
      .flatMap((item) => listed(normalized(cleanFields(item))))
      .flatMap((item) => listed(once(item)))
      // A plain text has no type.
      .filter((item) => item["type"] === undefined || fitsItem(item))
  );
}

/**
 * Returns a function that removes a repeated id, which the API refuses, from items passed one by one. It returns `undefined` for an item that
 * needs its id.
 */
export function oneIdEach(): (item: Fields) => Fields | undefined {
  const taken = new Set<unknown>();
  return (item) => {
    const { id, type } = item;
    // A reference names another item.
    if (id === undefined || type === "item_reference") return item;
    if (taken.has(id)) return withoutId(item);
    taken.add(id);
    return item;
  };
}

/** Returns a list of the item, or an empty one. */
export function listed(item: Fields | undefined): Fields[] {
  return item ? [item] : [];
}

/**
 * Returns an item without its id, as the API takes it. A message becomes plain text and keeps its `phase`.
 *
 * @returns `undefined` if the API takes no such item without an id
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

/** Returns a model's message as plain text; `undefined` if it is empty. */
function plainMessage(item: Fields): Fields | undefined {
  const text = textOf(item["content"]);
  const phase = PHASES.includes(item["phase"]) ? { phase: item["phase"] } : undefined;
  return text === "" ? undefined : { role: "assistant", content: text, ...phase };
}

/** Returns the text of a message, refusals included. */
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
      // An empty list that was sent stays, so that the item is the one that the API knows.
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

/** Returns an object without the fields that fail their test. */
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
