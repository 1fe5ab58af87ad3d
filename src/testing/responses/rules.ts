import { type Fields, fieldOf, listOf, objectOf, stringOf } from "../../wire/read.ts";
import { RESPONSE_FIELDS } from "../apiFields.ts";
import { badRequest, emptyArray, missing, type Refusal, wrongType, wrongValue } from "../apiErrors.ts";
import { checkImage, isRecord } from "../contentRules.ts";
import { type FieldRules, findFieldFault, findKindFault, firstFault, type Manner } from "../fieldRules.ts";
import { findResponseModelFault, isReasoningModel } from "../models.ts";
import { PROVIDERS } from "../providers.ts";
import { checkDeclared, checkStream, findSchemaFault, findShutDown, unparsable } from "../requestRules.ts";
import type { Settings } from "../route.ts";
import { words } from "../tokens.ts";
import { INPUT_PARTS, ITEMS, OUTPUT_PARTS, TOOLS } from "./itemFields.ts";
import { itemsBefore } from "./answer.ts";
import { conversationId, CONVERSATIONS } from "./conversation.ts";

/** Returns the API's refusal of the body of a request for a response, or `undefined` if the API would accept it. */
export function findResponseFault(body: unknown, settings: Settings): Refusal | undefined {
  if (!isRecord(body)) return unparsable();
  const isOpen = PROVIDERS[settings.provider].isOpenAI !== true;
  const manner: Manner = { isOpen };
  return (
    checkModel(body, settings) ??
    findFieldFault(body, RESPONSE_FIELDS, manner) ??
    checkInput(body, manner) ??
    checkTools(body, manner) ??
    checkFormat(body) ??
    (isOpen ? undefined : (checkDependent(body) ?? checkModelRules(body))) ??
    checkHistory(body, settings)
  );
}

function checkModel(body: Fields, settings: Settings): Refusal | undefined {
  const { model } = body;
  if (model === undefined || model === "") return missing("model");
  if (typeof model !== "string") return wrongType("model", "a string", model);
  if (!settings.strictModels || settings.models.includes(model)) return findShutDown(model, settings);
  return badRequest(`The requested model '${model}' does not exist.`, "model", "model_not_found");
}

/** Refuses fields that need another field. */
function checkDependent(body: Fields): Refusal | undefined {
  if (body["background"] === true && body["store"] === false)
    return badRequest("Background mode requires 'store' to be true.", "background");
  return checkStream(body);
}

function checkModelRules(body: Fields): Refusal | undefined {
  return findResponseModelFault(body, fieldOf(body["reasoning"], "effort"), fieldOf(body["text"], "verbosity"));
}

function checkInput(body: Fields, manner: Manner): Refusal | undefined {
  const { input } = body;
  const isElsewhere = ["previous_response_id", "prompt", "conversation"].some((name) => body[name] != null);
  if (input === undefined && !isElsewhere) {
    const text = "One of \"input\" or \"previous_response_id\" or 'prompt' or 'conversation' must be provided.";
    return badRequest(text, "input", "missing_required_parameter");
  }
  if (!Array.isArray(input)) return undefined;
  if (input.length === 0 && !isElsewhere) return emptyArray("input");
  return checkItemList(input, "input", manner);
}

function checkItem(item: unknown, path: string, manner: Manner): Refusal | undefined {
  if (!isRecord(item)) return wrongType(path, "an object", item);
  const type = typeOf(item);
  const rules = typeof type === "string" && Object.hasOwn(ITEMS, type) ? ITEMS[type] : undefined;
  if (!rules) return manner.isOpen ? undefined : wrongValue(`${path}.type`, type, Object.keys(ITEMS));
  return (
    findFieldFault(item, { type: "string|null", ...rules }, manner, path) ??
    (manner.isOpen ? undefined : checkId(item, String(type), `${path}.id`)) ??
    (type === "message" ? checkParts(item, path, manner) : undefined)
  );
}

/** The prefixes of the ids that the API checks. */
const PREFIXES: Readonly<Record<string, string>> = {
  message: "msg",
  reasoning: "rs",
  function_call: "fc",
  custom_tool_call: "ctc",
};

function checkId({ id, encrypted_content }: Fields, type: string, path: string): Refusal | undefined {
  if (typeof id !== "string") return type === "reasoning" && encrypted_content == null ? missing(path) : undefined;
  const prefix = PREFIXES[type] ?? "";
  return id.startsWith(prefix)
    ? undefined
    : badRequest(`Invalid '${path}': '${id}'. Expected an ID that begins with '${prefix}'.`, path, "invalid_value");
}

/** Returns the type of an item. Without `type` it is a message, or a reference if it has nothing but an id. */
function typeOf(item: Fields): unknown {
  return item["type"] ?? (item["role"] === undefined && item["id"] !== undefined ? "item_reference" : "message");
}

function checkParts(item: Fields, path: string, manner: Manner): Refusal | undefined {
  const kinds = item["role"] === "assistant" ? OUTPUT_PARTS : INPUT_PARTS;
  return firstFault(listOf(item, "content").entries(), ([index, part]) => {
    const place = `${path}.content[${index}]`;
    if (!isRecord(part)) return wrongType(place, "an object", part);
    return findKindFault(part, kinds, manner, place) ?? (manner.isOpen ? undefined : checkImagePart(part, place));
  });
}

function checkImagePart(part: Fields, path: string): Refusal | undefined {
  if (part["type"] !== "input_image") return undefined;
  const url = stringOf(part, "image_url");
  if (url !== undefined) return checkImage(url, `${path}.image_url`);
  return part["file_id"] == null ? missing(`${path}.image_url`) : undefined;
}

/** Returns the refusal of a tool choice that names no tool of the request. */
function checkChosen(tools: readonly unknown[], choice: unknown): Refusal | undefined {
  const offered = tools.flatMap((tool) =>
    stringOf(tool, "type") === "namespace" ? [tool, ...listOf(tool, "tools")] : [tool],
  );
  const wanted = stringOf(choice, "type") === "allowed_tools" ? listOf(choice, "tools") : [choice];
  return firstFault(wanted, (one) => {
    const type = stringOf(one, "type") ?? "";
    const isNamed = type === "function" || type === "custom";
    const name = stringOf(one, "name");
    if (isNamed && name === undefined) return missing("tool_choice.name");
    // Newer versions of a hosted tool also match its older names.
    const kind = /^(web_search|computer)/.exec(type)?.[0] ?? type;
    const isOffered = offered.some((tool) => {
      const own = stringOf(tool, "type") ?? "";
      return isNamed ? own === type && stringOf(tool, "name") === name : own.startsWith(kind);
    });
    const text = `Tool choice '${isNamed ? String(name) : type}' not found in 'tools' parameter.`;
    return isOffered ? undefined : badRequest(text, "tool_choice");
  });
}

function checkTools(body: Fields, manner: Manner): Refusal | undefined {
  const tools = listOf(body, "tools");
  const { tool_choice } = body;
  if (tools.length === 0 && (tool_choice === "required" || isRecord(tool_choice)))
    return badRequest("Tool choice must be specified with 'tools' parameter.", "tool_choice");
  const fault = firstFault(tools.entries(), ([index, tool]) => {
    const path = `tools[${index}]`;
    if (!isRecord(tool)) return wrongType(path, "an object", tool);
    return (
      findKindFault(tool, TOOLS, manner, path) ??
      (tool["type"] === "function" ? checkDeclared(tool, path, manner.isOpen === true) : undefined)
    );
  });
  return fault ?? (manner.isOpen || !isRecord(tool_choice) ? undefined : checkChosen(tools, tool_choice));
}

function checkFormat(body: Fields): Refusal | undefined {
  const format = objectOf(body["text"], "format");
  if (format?.["type"] === "json_schema") return findSchemaFault(format, "response_format", "text.format");
  if (format?.["type"] !== "json_object" || /json/i.test(JSON.stringify([body["input"], body["instructions"]])))
    return undefined;
  const text =
    "Response input messages must contain the word 'json' in some form to use 'text.format' of type 'json_object'.";
  return badRequest(text, "input");
}

/** Returns the API's refusal of the body of a request about the input of a response. */
export function findContextFault(body: unknown, settings: Settings, fields: FieldRules): Refusal | undefined {
  if (!isRecord(body)) return unparsable();
  const manner: Manner = { isOpen: PROVIDERS[settings.provider].isOpenAI !== true };
  return (
    findFieldFault(body, fields, manner) ??
    checkInput(body, manner) ??
    checkTools(body, manner) ??
    checkHistory(body, settings)
  );
}

/** Returns the API's refusal of the items that a request adds to a conversation. */
export function findItemsFault(body: unknown, settings: Settings): Refusal | undefined {
  return checkItemList(listOf(body, "items"), "items", { isOpen: PROVIDERS[settings.provider].isOpenAI !== true });
}

function checkItemList(items: readonly unknown[], path: string, manner: Manner): Refusal | undefined {
  return firstFault(items.entries(), ([index, item]) => checkItem(item, `${path}[${index}]`, manner));
}

function checkConversation(body: Fields, { objects }: Settings): Refusal | undefined {
  const id = conversationId(body);
  if (id === undefined) return undefined;
  if (body["previous_response_id"] != null) {
    const text =
      "Mutually exclusive parameters. Ensure you are only providing one of: 'previous_response_id' or 'conversation'.";
    return badRequest(text, null, "mutually_exclusive_parameters");
  }
  const isKept = objects.of(CONVERSATIONS).has(id);
  return isKept ? undefined : badRequest(`Conversation with id '${id}' not found.`, null, null, 404);
}

function checkHistory(body: Fields, settings: Settings): Refusal | undefined {
  const memory = settings.responses;
  const id = stringOf(body, "previous_response_id");
  if (id !== undefined && !memory.has(id))
    return badRequest(
      `Previous response with id '${id}' not found.`,
      "previous_response_id",
      "previous_response_not_found",
      404,
    );
  const conversationFault = checkConversation(body, settings);
  if (conversationFault) return conversationFault;
  const input = listOf(body, "input").filter(isRecord);
  const known = itemsBefore(body, settings);
  const histories = [known, ...[...memory.values()].map(({ history }) => history)];
  const items = [...known, ...input];
  const around: Surroundings = {
    historyOf: (one) => histories.find((history) => history.some((item) => item["id"] === one)),
    isReasoning: isReasoningModel(body["model"]) !== false && fieldOf(body["reasoning"], "effort") !== "none",
    isOpenAI: PROVIDERS[settings.provider].isOpenAI === true,
  };
  return findRepeated(items) ?? checkItems(items, around);
}

/** The context of a list of items. */
export interface Surroundings {
  /** Returns the stored history that contains an item. */
  readonly historyOf: (id: unknown) => readonly Fields[] | undefined;
  /** True if the model may have reasoned. */
  readonly isReasoning: boolean;
  readonly isOpenAI: boolean;
}

/**
 * Returns the API's refusal of the order of items: calls and their outputs, reasoning and the items that follow from
 * it.
 *
 * @param around the context of the items. Default: every item is stored
 */
export function checkItems(
  items: readonly Fields[],
  around: Surroundings = { historyOf: () => items, isReasoning: true, isOpenAI: true },
): Refusal | undefined {
  return (
    firstFault(CALLS, (type) => findUnpaired(items, type, around)) ??
    (around.isOpenAI ? firstFault(items.entries(), ([at, item]) => checkReasoning(items, at, item, around)) : undefined)
  );
}

function findRepeated(items: readonly Fields[]): Refusal | undefined {
  const seen = new Set<unknown>();
  for (const { id } of items) {
    if (typeof id === "string" && seen.has(id))
      return refuse(`Duplicate item found with id ${id}. Remove duplicate items from your input and try again.`);
    seen.add(id);
  }
  return undefined;
}

/** Calls that the caller answers with an item of the same type and the suffix `_output`. */
const CALLS = words("function_call custom_tool_call computer_call shell_call apply_patch_call");

function findUnpaired(items: readonly Fields[], type: string, { historyOf }: Surroundings): Refusal | undefined {
  const named = type.replaceAll("_", " ");
  const whole = items.map((item) => referred(item, historyOf(item["id"])));
  const calls = new Set(idsOf(whole, type));
  const answered = new Set<string>();
  for (const id of idsOf(items, `${type}_output`)) {
    if (!calls.has(id)) return refuse(`No tool call found for ${named} output with call_id ${id}.`);
    if (answered.has(id)) return refuse(`Duplicate tool output found for ${named} ${id}.`);
    answered.add(id);
  }
  const open = [...calls].find((id) => !answered.has(id));
  return open === undefined ? undefined : refuse(`No tool output found for ${named} ${open}.`);
}

/** Resolves an item reference. */
function referred(item: Fields, history: readonly Fields[] | undefined): Fields {
  if (typeOf(item) !== "item_reference") return item;
  return history?.find(({ id }) => id === item["id"]) ?? item;
}

function idsOf(items: readonly Fields[], type: string): string[] {
  return items.flatMap((item) => (item["type"] === type ? (stringOf(item, "call_id") ?? []) : []));
}

/** Calls of tools that OpenAI runs in the middle of reasoning. */
const HOSTED = new Set(words("web_search_call file_search_call code_interpreter_call image_generation_call mcp_call"));

function checkReasoning(
  items: readonly Fields[],
  at: number,
  item: Fields,
  { historyOf, isReasoning }: Surroundings,
): Refusal | undefined {
  const { id } = item;
  const type = typeOf(item);
  const history = historyOf(id);
  if (type === "reasoning") {
    if (!isAnswer(items[at + 1]))
      return refuse(`Item '${String(id)}' of type 'reasoning' was provided without its required following item.`);
    return typeof item["encrypted_content"] === "string" || history ? undefined : notFound(id);
  }
  if (type === "item_reference" && !history) return notFound(id);
  if (typeof id !== "string") return undefined;
  if (history) {
    const wanted = reasoningBefore(
      history,
      history.findIndex((one) => one["id"] === id),
    );
    return wanted && !items.some((one) => one["id"] === wanted["id"]) ? withoutReasoning(item, wanted) : undefined;
  }
  if (typeof type !== "string" || !HOSTED.has(type) || !isReasoning) return undefined;
  return reasoningBefore(items, at) ? undefined : withoutReasoning(item);
}

/** Returns the reasoning before an item in the same answer. */
function reasoningBefore(items: readonly Fields[], at: number): Fields | undefined {
  const start = items.slice(0, at).findLastIndex((item) => !isAnswer(item)) + 1;
  return items[at]?.["type"] === "reasoning"
    ? undefined
    : items.slice(start, at).findLast(({ type }) => type === "reasoning");
}

function withoutReasoning(item: Fields, wanted?: Fields): Refusal {
  const name = wanted ? `: '${String(wanted["id"])}'` : "";
  return refuse(
    `Item '${String(item["id"])}' of type '${String(typeOf(item))}' was provided without its required 'reasoning' item${name}.`,
  );
}

/** Returns true for an item that the model produced. */
function isAnswer(item: Fields | undefined): boolean {
  if (item === undefined) return false;
  return (
    !/_output$/.test(stringOf(item, "type") ?? "") &&
    !["user", "system", "developer"].includes(stringOf(item, "role") ?? "")
  );
}

function notFound(id: unknown): Refusal {
  const text = `Item with id '${String(id)}' not found. Items are not persisted when \`store\` is set to false. Try again with \`store\` set to true, or remove this item from your input.`;
  return badRequest(text, "input", null, 404);
}

function refuse(text: string): Refusal {
  return badRequest(text, "input");
}
