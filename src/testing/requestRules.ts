import { badRequest, missing, type Refusal, wrongPattern, wrongType, wrongValue } from "./apiErrors.ts";
import { checkObjects, checkObject, isRecord, needOneOf, needString } from "./contentRules.ts";
import { CALL_NAME, findMessageFault } from "./messageRules.ts";
import { findStrictFault } from "./strictRules.ts";
import { words } from "./tokens.ts";

type Fields = Readonly<Record<string, unknown>>;

/** What is known of the models. */
export interface ModelRules {
  readonly models: readonly string[];
  readonly strictModels: boolean;
}

/**
 * What the API holds against the body of a chat completion request: `undefined` if nothing.
 */
export function findRequestFault(body: unknown, rules: ModelRules): Refusal | undefined {
  if (!isRecord(body)) return unparsable();
  return (
    checkModel(body["model"], rules) ??
    checkNames(body) ??
    findMessageFault(body["messages"]) ??
    checkNumbers(body) ??
    checkTools(body["tools"]) ??
    checkToolChoice(body) ??
    checkFormat(body) ??
    checkStream(body) ??
    (rules.strictModels ? checkReasoning(body) : undefined)
  );
}

/** The body was no JSON object. */
export function unparsable(): Refusal {
  return badRequest(
    "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP library correctly. The OpenAI API expects a JSON payload, but what was sent was not valid JSON. If you have trouble figuring out how to fix this, please contact us through our help center at help.openai.com.)",
  );
}

function checkModel(model: unknown, rules: ModelRules): Refusal | undefined {
  if (model === undefined || model === "") return badRequest("you must provide a model parameter");
  if (typeof model !== "string") return wrongType("model", "a string", model);
  if (!rules.strictModels || rules.models.includes(model)) return undefined;
  return badRequest(
    `The model \`${model}\` does not exist or you do not have access to it.`,
    null,
    "model_not_found",
    404,
  );
}

// Names that are known to be refused: other APIs' parameters, and options of this package that were given as parameters.
const REFUSED: ReadonlySet<string> = new Set(
  words(`
  top_k min_p top_a repetition_penalty thinking reasoning enable_thinking max_new_tokens input prompt
  signal timeout maxRetries headers onChunk maxSteps append resume apiKey baseURL fetch
  maxTokens maxCompletionTokens toolChoice responseFormat streamOptions topP stopSequences`),
);

function checkNames(body: Fields): Refusal | undefined {
  const refused = Object.keys(body).filter((name) => REFUSED.has(name));
  if (refused.length === 0) return undefined;
  return badRequest(`Unrecognized request argument${refused.length > 1 ? "s" : ""} supplied: ${refused.join(", ")}`);
}

const RANGES: Readonly<Record<string, readonly [low: number, high: number, kind: "integer" | "decimal"]>> = {
  temperature: [0, 2, "decimal"],
  top_p: [0, 1, "decimal"],
  presence_penalty: [-2, 2, "decimal"],
  frequency_penalty: [-2, 2, "decimal"],
  n: [1, 128, "integer"],
  max_tokens: [1, Infinity, "integer"],
  max_completion_tokens: [1, Infinity, "integer"],
};

function checkNumbers(body: Fields): Refusal | undefined {
  for (const [name, [low, high, kind]] of Object.entries(RANGES)) {
    const value = body[name];
    if (value == null) continue;
    if (typeof value !== "number" || (kind === "integer" && !Number.isInteger(value)))
      return wrongType(name, kind === "integer" ? "an integer" : "a decimal", value);
    if (value < low) return outOfRange(name, value, kind, "below_min", `>= ${low}`);
    if (value > high) return outOfRange(name, value, kind, "above_max", `<= ${high}`);
  }
  if (typeof body["max_tokens"] !== "number" || typeof body["max_completion_tokens"] !== "number") return undefined;
  return badRequest(
    "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
    "max_tokens",
    "invalid_parameter",
  );
}

function outOfRange(name: string, value: number, kind: string, where: string, expected: string): Refusal {
  const text = `Invalid '${name}': ${kind} ${where.replace("_", " ")}imum value. Expected a value ${expected}, but got ${value} instead.`;
  return badRequest(text, name, `${kind}_${where}_value`);
}

function checkTools(tools: unknown): Refusal | undefined {
  if (tools == null) return undefined;
  return Array.isArray(tools)
    ? checkObjects(tools, "tools", checkTool)
    : wrongType("tools", "an array of objects", tools);
}

function checkTool(tool: Fields, path: string): Refusal | undefined {
  const { type } = tool;
  if (type === undefined) return missing(`${path}.type`);
  return (
    needOneOf(tool, "type", path, ["function", "custom"]) ?? checkObject(tool, type as string, path, checkDeclared)
  );
}

function checkDeclared(declared: Fields, path: string): Refusal | undefined {
  const { parameters, strict } = declared;
  const refusal = needString(declared, "name", path);
  if (refusal) return refusal;
  const name = String(declared["name"]);
  if (!new RegExp(CALL_NAME).test(name)) return wrongPattern(`${path}.name`, CALL_NAME);
  const rule =
    isRecord(parameters) && Object.keys(parameters).length > 0
      ? (findTypeFault(parameters) ?? (strict === true ? findStrictFault(parameters) : undefined))
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
  return (
    name && badRequest(`Invalid value for '${name}': '${name}' is only allowed when '${wanted}' are specified.`, name)
  );
}

function checkFormat(body: Fields): Refusal | undefined {
  const format = body["response_format"];
  if (!isRecord(format)) return undefined;
  const type = format["type"];
  if (type === "json_object" && !/json/i.test(JSON.stringify(body["messages"]))) {
    const rule =
      "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.";
    return badRequest(rule, "messages");
  }
  if (type === "text" || type === "json_object") return undefined;
  if (type !== "json_schema") return wrongValue("response_format.type", type, ["json_object", "json_schema", "text"]);
  const schema = format["json_schema"];
  if (!isRecord(schema)) return missing("response_format.json_schema");
  const { name, strict, schema: declared } = schema;
  if (typeof name !== "string") return missing("response_format.json_schema.name");
  const rule =
    strict === true && isRecord(declared) ? (findTypeFault(declared) ?? findStrictFault(declared)) : undefined;
  return rule === undefined
    ? undefined
    : badRequest(`Invalid schema for response_format '${name}': ${rule}`, "response_format");
}

function checkStream(body: Fields): Refusal | undefined {
  if (body["stream_options"] == null || body["stream"] === true) return undefined;
  return badRequest("The 'stream_options' parameter is only allowed when 'stream' is enabled.", "stream_options");
}

/** What models that think refuse. */
function checkReasoning(body: Fields): Refusal | undefined {
  if (!/^(o\d|gpt-5)/.test(String(body["model"]))) return undefined;
  if (typeof body["max_tokens"] === "number") {
    const text =
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.";
    return badRequest(text, "max_tokens", "unsupported_parameter");
  }
  const { temperature } = body;
  if (typeof temperature !== "number" || temperature === 1) return undefined;
  const text = `Unsupported value: 'temperature' does not support ${temperature} with this model. Only the default (1) value is supported.`;
  return badRequest(text, "temperature", "unsupported_value");
}
