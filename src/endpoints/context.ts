import { checkInput } from "../check/responses.ts";
import type { Connection, RequestOptions } from "../http/connection.ts";
import type { InputItem, ResponseInput, ResponseParams, ResponseUsage } from "../wire/responses.ts";
import { checkCall } from "./arguments.ts";
import { jsonCall, requestObject, withId } from "./request.ts";
import { responseBody } from "./responses.ts";

/** Params of a count: those of a response that its model reads. */
export type CountParams = Pick<
  ResponseParams,
  | "model"
  | "instructions"
  | "previous_response_id"
  | "conversation"
  | "tools"
  | "tool_choice"
  | "parallel_tool_calls"
  | "reasoning"
  | "text"
  | "truncation"
>;

/** The size of an input. */
export interface InputTokens {
  /** The object type. */
  object: "response.input_tokens";
  /** The number of tokens. */
  input_tokens: number;
}

/** Params of a compaction. */
export type CompactParams = Pick<
  ResponseParams,
  "model" | "instructions" | "previous_response_id" | "prompt_cache_key" | "service_tier"
>;

/** A compacted conversation. */
export interface CompactedResponse {
  /** The compaction's id. */
  id: string;
  /** The object type. */
  object: "response.compaction";
  /** Unix time of the compaction, in seconds. */
  created_at: number;
  /** The items that stand for the conversation: the input of the next response begins with them. */
  output: InputItem[];
  /** Tokens used by the compaction. */
  usage: ResponseUsage;
}

/**
 * Counts the tokens of a response's input, without asking the model. `POST /responses/input_tokens`,
 * https://platform.openai.com/docs/api-reference/responses/input-tokens
 *
 * @param input the user's text, or a list of items; `undefined` to count what `previous_response_id` or `conversation` names
 * @param params the params that the response would have
 * @throws APIError, ConnectionError, TimeoutError, InputError, or the abort
 * @example
 * ```ts
 * const { input_tokens } = await countInputTokens(client, "Name three rivers.");
 * ```
 */
export async function countInputTokens(
  connection: Connection,
  input: ResponseInput | undefined,
  params?: CountParams,
  options?: RequestOptions,
): Promise<InputTokens> {
  checkCall(connection, params, options, { input: "input" });
  if (input !== undefined) checkInput(input);
  const call = jsonCall("/responses/input_tokens", responseBody(connection, input, params), options, "input");
  const expected = "a count of tokens";
  return requestObject<InputTokens>(connection, call, {
    expected,
    test: ({ input_tokens }) => typeof input_tokens === "number",
  });
}

/**
 * Compacts a conversation: the model keeps what matters in fewer tokens, encrypted. `POST /responses/compact`,
 * https://platform.openai.com/docs/api-reference/responses/compact
 *
 * @param input the items so far; `undefined` to compact what `previous_response_id` names
 * @returns the compacted conversation. Pass its `output`, followed by the user's next message, to `createResponse()` or to `send()` of a
 *   session over `responses()`
 * @throws APIError, ConnectionError, TimeoutError, InputError, or the abort
 * @example
 * ```ts
 * const { output } = await compactResponse(client, items);
 * const next = await createResponse(client, [...output, { role: "user", content: "Go on." }]);
 * ```
 */
export async function compactResponse(
  connection: Connection,
  input: ResponseInput | undefined,
  params?: CompactParams,
  options?: RequestOptions,
): Promise<CompactedResponse> {
  checkCall(connection, params, options, { input: "input" });
  if (input !== undefined) checkInput(input);
  const call = jsonCall("/responses/compact", responseBody(connection, input, params), options, "input");
  const isCompacted = withId("a compacted response");
  return requestObject<CompactedResponse>(connection, call, {
    ...isCompacted,
    test: (answer) => isCompacted.test(answer) && Array.isArray(answer["output"]),
  });
}
