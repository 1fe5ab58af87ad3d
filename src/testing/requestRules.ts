import { type Fields, listOf, objectOf, stringOf } from "../wire/read.ts";
import { CHAT_FIELDS } from "./apiFields.ts";
import { badRequest, missing, type Refusal, tooLong, wrongPattern, wrongType } from "./apiErrors.ts";
import { isRecord } from "./contentRules.ts";
import { type FieldRules, findFieldFault, firstFault } from "./fieldRules.ts";
import { CALL_NAME, findMessageFault } from "./messageRules.ts";
import { findChatModelFault, findRetired } from "./models.ts";
import { type MockProvider, PROVIDERS, type Signed } from "./providers.ts";
import { findSchemaShapeFault, findStrictFault } from "./strictRules.ts";

/** Returns the API's refusal of the body of a chat completion request, or `undefined` if the API would accept it. */
export function findRequestFault(body: unknown, rules: ModelRules): Refusal | undefined {
  if (!isRecord(body)) return unparsable();
  const { isOpenAI = false, check } = PROVIDERS[rules.provider];
  return (
    checkModel(body["model"], rules, isOpenAI) ??
    (isOpenAI ? checkNames(body) : undefined) ??
    findMessageFault(body["messages"], !isOpenAI) ??
    findFieldFault(body, CHAT_FIELDS, { isOpen: !isOpenAI }) ??
    checkLimits(body) ??
    checkTools(body["tools"], !isOpenAI) ??
    checkToolChoice(body) ??
    checkFormat(body) ??
    checkStream(body) ??
    (isOpenAI ? (checkDependent(body) ?? findChatModelFault(body)) : undefined) ??
    check?.(listOf(body, "messages").filter(isRecord), body, rules.signed)
  );
}

/** Refuses a body that is not a JSON object. */
export function unparsable(): Refusal {
  return badRequest(
    "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP library correctly. The OpenAI API expects a JSON payload, but what was sent was not valid JSON. If you have trouble figuring out how to fix this, please contact us through our help center at help.openai.com.)",
  );
}

/** The settings that checks of models depend on. */
export interface ModelRules {
  readonly models: readonly string[];
  readonly strictModels: boolean;
  readonly provider: MockProvider;
  /** The mock API's date, if a test sets its clock. */
  readonly today: () => string | undefined;
  /** The signed reasoning of scripted replies, by its signature. */
  readonly signed: Signed;
}

function checkModel(model: unknown, rules: ModelRules, isOpenAI: boolean): Refusal | undefined {
  // Local servers answer without a model's name, with the loaded model.
  if (model === undefined && !isOpenAI) return undefined;
  if (model === undefined || model === "") return badRequest("you must provide a model parameter");
  if (typeof model !== "string") return wrongType("model", "a string", model);
  if (!rules.strictModels || rules.models.includes(model)) return findShutDown(model, rules);
  return badRequest(
    `The model \`${model}\` does not exist or you do not have access to it.`,
    null,
    "model_not_found",
    404,
  );
}

/** Returns the refusal of a model that OpenAI has shut down. */
export function findShutDown(model: unknown, { provider, today }: ModelRules): Refusal | undefined {
  return provider === "openai" ? findRetired(model, today()) : undefined;
}

/** Chat completions, completions and embeddings name all unknown fields in one error. */
function checkNames(body: Fields): Refusal | undefined {
  return findUnrecognized(body, CHAT_FIELDS);
}

/** Returns the refusal of all unknown fields together, as the older endpoints word it. */
export function findUnrecognized(body: Fields, rules: FieldRules): Refusal | undefined {
  const names = Object.keys(body).filter((name) => !Object.hasOwn(rules, name));
  if (names.length === 0) return undefined;
  return badRequest(`Unrecognized request argument${names.length > 1 ? "s" : ""} supplied: ${names.join(", ")}`);
}

function checkLimits(body: Fields): Refusal | undefined {
  if (typeof body["max_tokens"] !== "number" || typeof body["max_completion_tokens"] !== "number") return undefined;
  return badRequest(
    "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
    "max_tokens",
    "invalid_parameter",
  );
}

/** Refuses fields that need another field, or exclude one. */
function checkDependent(body: Fields): Refusal | undefined {
  if (Number(body["top_logprobs"]) > 0 && body["logprobs"] !== true) {
    const text = "The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled.";
    return badRequest(text, "top_logprobs");
  }
  if (body["tools"] != null && body["functions"] != null) {
    const text =
      "Invalid request: 'functions' and 'tools' cannot both be provided. 'functions' are deprecated; use the 'tools' parameter instead.";
    return badRequest(text);
  }
  return listOf(body, "modalities").includes("audio") && body["audio"] == null ? missing("audio") : undefined;
}

function checkTools(tools: unknown, isOpen: boolean): Refusal | undefined {
  const list = Array.isArray(tools) ? tools : [];
  return firstFault(list.entries(), ([index, tool]: [number, unknown]) => {
    const kind = stringOf(tool, "type") === "custom" ? "custom" : "function";
    const declared = objectOf(tool, kind);
    return declared && checkDeclared(declared, `tools[${index}].${kind}`, isOpen);
  });
}

/**
 * Returns the refusal of the name or schema of a function or custom tool.
 *
 * @param isOpen checks only strict schemas in depth, as providers other than OpenAI do
 */
export function checkDeclared(declared: Fields, path: string, isOpen: boolean): Refusal | undefined {
  const { parameters, strict } = declared;
  const name = String(declared["name"]);
  if (name.length > 64) return tooLong(`${path}.name`, 64, name.length);
  if (!new RegExp(CALL_NAME).test(name)) return wrongPattern(`${path}.name`, CALL_NAME);
  const rule =
    isRecord(parameters) && Object.keys(parameters).length > 0
      ? (findTypeFault(parameters) ??
        (strict === true ? findStrictFault(parameters) : isOpen ? undefined : findSchemaShapeFault(parameters)))
      : undefined;
  return rule === undefined
    ? undefined
    : badRequest(`Invalid schema for function '${name}': ${rule}`, `${path}.parameters`, "invalid_function_parameters");
}

function findTypeFault({ type = "None" }: Fields): string | undefined {
  return type === "object"
    ? undefined
    : `schema must be a JSON Schema of 'type: "object"', got 'type: "${JSON.stringify(type).replaceAll('"', "")}"'.`;
}

function checkToolChoice(body: Fields): Refusal | undefined {
  const choices = [
    ["tool_choice", "tools"],
    ["parallel_tool_calls", "tools"],
    ["function_call", "functions"],
  ] as const;
  const [name, wanted] = choices.find(([choice, offered]) => body[choice] != null && !body[offered]) ?? [];
  if (name)
    return badRequest(`Invalid value for '${name}': '${name}' is only allowed when '${wanted}' are specified.`, name);
  return checkChosen(body, "tool_choice", "tools") ?? checkChosen(body, "function_call", "functions");
}

/** Returns the refusal of a tool choice that names no tool of the request. */
function checkChosen(body: Fields, field: string, offered: string): Refusal | undefined {
  const nameOf = (one: unknown): string | undefined =>
    stringOf(objectOf(one, "function") ?? objectOf(one, "custom") ?? one, "name");
  const choice = objectOf(body, field);
  const allowed = listOf(objectOf(choice, "allowed_tools"), "tools");
  const names = listOf(body, offered).map(nameOf);
  const absent = [choice, ...allowed].map(nameOf).find((one) => one !== undefined && !names.includes(one));
  if (absent === undefined) return undefined;
  const text = `Tool choice '${absent}' not found in '${offered}' parameter.`;
  return badRequest(text, field);
}

function checkFormat(body: Fields): Refusal | undefined {
  const format = objectOf(body, "response_format");
  const type = stringOf(format, "type");
  if (type === "json_object" && !/json/i.test(JSON.stringify(body["messages"]))) {
    const rule =
      "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.";
    return badRequest(rule, "messages");
  }
  return type === "json_schema"
    ? findSchemaFault(objectOf(format, "json_schema"), "response_format", "response_format")
    : undefined;
}

/**
 * Returns the refusal of a strict format whose schema strict mode does not support.
 *
 * @param format an object with `name`, `strict` and `schema`
 * @param field the format's name in the API's message
 * @param param the path in the refusal
 */
export function findSchemaFault(format: Fields | undefined, field: string, param: string): Refusal | undefined {
  const schema = objectOf(format, "schema");
  const name = stringOf(format, "name") ?? "";
  if (format && !new RegExp(CALL_NAME).test(name)) return wrongPattern(`${param}.name`, CALL_NAME);
  const rule = format?.["strict"] === true && schema ? (findTypeFault(schema) ?? findStrictFault(schema)) : undefined;
  return rule === undefined ? undefined : badRequest(`Invalid schema for ${field} '${name}': ${rule}`, param);
}

/** Returns the refusal of stream options without a stream. */
export function checkStream(body: Fields): Refusal | undefined {
  if (body["stream_options"] == null || body["stream"] === true) return undefined;
  return badRequest("The 'stream_options' parameter is only allowed when 'stream' is enabled.", "stream_options");
}
