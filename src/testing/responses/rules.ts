import { badRequest, missing, type Refusal, wrongType, wrongValue } from "../apiErrors.ts";
import { checkObjects, isRecord } from "../contentRules.ts";
import { unparsable } from "../requestRules.ts";
import type { Settings } from "../route.ts";
import { words } from "../tokens.ts";
import { type Fields, memoryOf } from "./store.ts";

const REFUSED: ReadonlySet<string> = new Set(
  words(`
  messages max_tokens max_completion_tokens response_format reasoning_effort functions function_call n stop seed
  signal timeout maxRetries headers onChunk maxSteps items state resume apiKey baseURL fetch`),
);
const ROLES = ["assistant", "system", "developer", "user"];

/** What the API holds against the body of a request for a response: `undefined` if nothing. */
export function findResponseFault(body: unknown, settings: Settings): Refusal | undefined {
  if (!isRecord(body)) return unparsable();
  return (
    checkModel(body["model"], settings) ??
    checkNames(body) ??
    checkInput(body) ??
    checkTools(body["tools"]) ??
    checkPrevious(body, settings)
  );
}

function checkModel(model: unknown, { models, strictModels }: Settings): Refusal | undefined {
  if (model === undefined || model === "") return missing("model");
  if (typeof model !== "string") return wrongType("model", "a string", model);
  if (!strictModels || models.includes(model)) return undefined;
  return badRequest(`The requested model '${model}' does not exist.`, "model", "model_not_found");
}

function checkNames(body: Fields): Refusal | undefined {
  const refused = Object.keys(body).find((name) => REFUSED.has(name));
  return refused === undefined
    ? undefined
    : badRequest(`Unknown parameter: '${refused}'.`, refused, "unknown_parameter");
}

function checkInput(body: Fields): Refusal | undefined {
  const { input } = body;
  const isElsewhere = ["previous_response_id", "prompt", "conversation"].some((name) => body[name] != null);
  if (input == null) {
    return isElsewhere
      ? undefined
      : badRequest(
          "One of \"input\" or \"previous_response_id\" or 'prompt' or 'conversation' must be provided.",
          "input",
          "missing_required_parameter",
        );
  }
  if (typeof input === "string") return undefined;
  if (!Array.isArray(input))
    return badRequest(
      "Invalid type for 'input': expected one of a string or array of input items.",
      "input",
      "invalid_type",
    );
  return input.length === 0 && isElsewhere ? undefined : checkObjects(input, "input", checkItem);
}

function checkItem(item: Fields, path: string): Refusal | undefined {
  const type = item["type"] ?? "message";
  if (type === "message") return checkMessage(item, path);
  const wanted: Readonly<Record<string, readonly string[]>> = {
    function_call: ["call_id", "name", "arguments"],
    function_call_output: ["call_id", "output"],
    reasoning: ["id", "summary"],
  };
  const absent = (typeof type === "string" ? wanted[type] : undefined)?.find((name) => item[name] === undefined);
  return absent === undefined ? undefined : missing(`${path}.${absent}`);
}

function checkMessage(item: Fields, path: string): Refusal | undefined {
  const { role, content } = item;
  if (!ROLES.includes(String(role)))
    return role === undefined ? missing(`${path}.role`) : wrongValue(`${path}.role`, role, ROLES);
  if (content === undefined) return missing(`${path}.content`);
  if (typeof content === "string") return undefined;
  if (!Array.isArray(content))
    return badRequest(
      `Invalid type for '${path}.content': expected one of an array of objects or string.`,
      `${path}.content`,
      "invalid_type",
    );
  const allowed = role === "assistant" ? ["output_text", "refusal"] : ["input_text", "input_image", "input_file"];
  const types = content.map((part: unknown) => (isRecord(part) ? part["type"] : undefined));
  const other = types.findIndex((type) => !allowed.includes(String(type)));
  return other === -1 ? undefined : wrongValue(`${path}.content[${other}].type`, types[other], allowed);
}

function checkTools(tools: unknown): Refusal | undefined {
  if (tools == null) return undefined;
  if (!Array.isArray(tools)) return wrongType("tools", "an array of objects", tools);
  return tools.length === 0
    ? undefined
    : checkObjects(tools, "tools", ({ type, name }, path) => {
        if (type === undefined) return missing(`${path}.type`);
        return type === "function" && typeof name !== "string" ? missing(`${path}.name`) : undefined;
      });
}

function checkPrevious(body: Fields, settings: Settings): Refusal | undefined {
  const id = body["previous_response_id"];
  const before = typeof id === "string" ? memoryOf(settings).get(id) : undefined;
  if (id != null && !before)
    return badRequest(
      `Previous response with id '${id as string}' not found.`,
      "previous_response_id",
      "previous_response_not_found",
      404,
    );
  const input = Array.isArray(body["input"]) ? (body["input"] as Fields[]) : [];
  return checkItems([...(before?.history ?? []), ...input]);
}

/** What the API holds against the order of items: calls want results, results want calls, reasoning wants what follows from it. */
export function checkItems(items: readonly Fields[]): Refusal | undefined {
  const idsOf = (kind: string): string[] =>
    items.filter(({ type }) => type === kind).map(({ call_id }) => call_id as string);
  const calls = idsOf("function_call");
  const results = idsOf("function_call_output");
  const unanswered = calls.find((id) => !results.includes(id));
  if (unanswered !== undefined) return badRequest(`No tool output found for function call ${unanswered}.`, "input");
  const orphan = results.find((id) => !calls.includes(id));
  if (orphan !== undefined)
    return badRequest(`No tool call found for function call output with call_id ${orphan}.`, "input");
  const loose = items.find(({ type }, at) => type === "reasoning" && !isModels(items[at + 1]));
  return (
    loose &&
    badRequest(
      `Item '${loose["id"] as string}' of type 'reasoning' was provided without its required following item.`,
      "input",
    )
  );
}

function isModels(item: Fields | undefined): boolean {
  return (
    item !== undefined &&
    item["type"] !== "function_call_output" &&
    !["user", "system", "developer"].includes(String(item["role"]))
  );
}
