import { InputError } from "../errors.ts";
import { responseTool } from "../endpoints/responseTool.ts";
import type { ChatParams } from "../wire/index.ts";
import type { ResponseParams } from "../wire/responses.ts";
import { defined, fieldOf, fieldsOf, listOf, objectOf, stringOf } from "../wire/read.ts";
import type { Fields } from "../wire/read.ts";

/** Params in chat's form, with the equivalent field of the Responses API. */
const FORMS: readonly (readonly [chat: string, field: string, inner?: string])[] = [
  ["max_completion_tokens", "max_output_tokens"],
  ["max_tokens", "max_output_tokens"],
  ["reasoning_effort", "reasoning", "effort"],
  ["verbosity", "text", "verbosity"],
  ["response_format", "text", "format"],
];

/**
 * Returns params of chat completions as params of the Responses API. Params without an equivalent pass unchanged, and the API names those
 * that it refuses.
 *
 * @param given session and turn params, in chat's form
 * @param standing params of the api value, which `given` overrides
 * @throws InputError if both forms of one param are given
 */
export function toParams(given: ChatParams, standing: ResponseParams = {}): ResponseParams {
  checkForms(given);
  const {
    max_completion_tokens,
    max_tokens,
    reasoning_effort,
    verbosity,
    response_format,
    functions,
    function_call,
    tools = [],
    tool_choice = function_call,
    logprobs,
    stream: _,
    stream_options,
    ...rest
  } = given;
  const own = { ...standing, ...rest };
  const legacy = (functions ?? []).map((fn) => ({ type: "function", function: fn }));
  const offered = [...[...(tools ?? []), ...legacy].map(responseTool), ...(standing.tools ?? [])];
  const include_obfuscation = stream_options?.include_obfuscation;
  const translated: object = defined({
    max_output_tokens: max_completion_tokens ?? max_tokens ?? undefined,
    reasoning: merged(standing, rest, "reasoning", { effort: reasoning_effort ?? undefined }),
    text: merged(standing, rest, "text", {
      verbosity: verbosity ?? undefined,
      format: response_format == null ? undefined : flatFormat(response_format),
    }),
    tools: offered.length > 0 ? offered : undefined,
    tool_choice: tool_choice == null ? undefined : flatChoice(tool_choice),
    include: logprobs ? [...new Set([...listOf(own, "include"), "message.output_text.logprobs"])] : undefined,
    stream_options: include_obfuscation === undefined ? undefined : { include_obfuscation },
  });
  return { ...own, ...translated };
}

function checkForms(given: object): void {
  for (const [chat, field, inner] of FORMS) {
    const other = inner === undefined ? fieldOf(given, field) : fieldOf(objectOf(given, field), inner);
    if (fieldOf(given, chat) == null || other == null) continue;
    const name = inner === undefined ? field : `${field}.${inner}`;
    throw new InputError(`params.${name}`, `one form of the param: ${chat} or ${name}`, "both");
  }
}

/** Returns a param that is an object: the fields of the api value, of the given params, and those translated from chat's form. */
function merged(standing: object, given: object, name: string, translated: object): unknown {
  const own = defined(translated);
  const named = fieldOf(given, name);
  if (Object.keys(own).length === 0)
    return named === undefined || named === null ? named : layered(standing, given, name);
  return { ...layered(standing, given, name), ...own };
}

const layered = (standing: object, given: object, name: string): Fields => ({
  ...objectOf(standing, name),
  ...objectOf(given, name),
});

/** Returns a format in the flat form of the Responses API. */
function flatFormat(format: object): Fields {
  const fields: Fields = { ...format };
  const { json_schema, ...rest } = fields;
  return { ...rest, ...fieldsOf(json_schema) };
}

function flatChoice(choice: unknown): ResponseParams["tool_choice"] {
  const fields = fieldsOf(choice);
  if (!fields) return choice as string;
  const { type = "function", function: fn, custom, allowed_tools, ...rest } = fields;
  const allowed = fieldsOf(allowed_tools);
  if (allowed) return { type: String(type), ...allowed, tools: listOf(allowed, "tools").map(flatChoice) };
  const name = stringOf(fn, "name") ?? stringOf(custom, "name");
  return { type: String(type), ...(name === undefined ? rest : { name }) };
}
