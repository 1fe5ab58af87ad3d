import { APIError } from "../errors.ts";
import { apiError } from "../http/errorBody.ts";
import type { GoodEnding, Usage } from "../wire/index.ts";
import type { ResponseObject, ResponseUsage } from "../wire/responses.ts";
import { fieldOf, fieldsOf, numberOf, stringOf } from "../wire/read.ts";
import { openItems } from "./output.ts";

/** A response of which nothing has arrived. */
export const NO_RESPONSE: Readonly<ResponseObject> = {
  id: "",
  object: "response",
  created_at: 0,
  model: "",
  output: [],
};

/** Returns `true` for a response, failed or not. */
export function isResponse(value: unknown): value is ResponseObject {
  const { object, output, id, status } = fieldsOf(value) ?? {};
  return object === "response" || (Array.isArray(output) && (typeof id === "string" || typeof status === "string"));
}

/**
 * Returns the ending of a response; `undefined` while it runs in the background.
 *
 * @throws APIError if it failed or was cancelled: `code` and message are the provider's, `body` is the response
 */
export function endingOfResponse(response: ResponseObject): GoodEnding | undefined {
  const { status } = response;
  if (status === "failed" || response.error) throw failed(response, "The response failed");
  // Not "aborted": anyone with the key can cancel a response.
  if (status === "cancelled") throw failed(response, "The response was cancelled");
  if (status === "queued" || status === "in_progress") return undefined;
  if (status === "incomplete")
    return stringOf(response.incomplete_details, "reason") === "content_filter" ? "content_filter" : "length";
  return openItems(response).length > 0 ? "tool_calls" : "complete";
}

function failed(response: ResponseObject, why: string): APIError {
  if (response.error) return apiError(response, { status: 200 });
  return new APIError(why, { status: 200, code: response.status, body: response });
}

/** Returns the tokens that a response used, without values that are no counts; `undefined` if it reports none. */
export function usageOf(response: ResponseObject): ResponseUsage | undefined {
  const usage = counts(response.usage);
  for (const name of DETAILS) {
    const details = counts(fieldOf(response.usage, name));
    if (Object.keys(details).length > 0) Object.assign(usage, { [name]: details });
  }
  const { input_tokens = 0, output_tokens = 0, total_tokens = input_tokens + output_tokens } = usage;
  return total_tokens > 0 ? { ...usage, input_tokens, output_tokens, total_tokens } : undefined;
}

const DETAILS = ["input_tokens_details", "output_tokens_details"];

function counts(value: unknown): Record<string, number> {
  const found: Record<string, number> = {};
  for (const name of Object.keys(fieldsOf(value) ?? {})) {
    const count = numberOf(value, name) ?? -1;
    if (count >= 0 && count <= Number.MAX_SAFE_INTEGER) found[name] = count;
  }
  return found;
}

/** Returns the tokens that a response used, in chat's form. */
export function chatUsage(response: ResponseObject): Usage | undefined {
  const usage = usageOf(response);
  if (!usage) return undefined;
  const { input_tokens, output_tokens, total_tokens, input_tokens_details, output_tokens_details } = usage;
  return {
    prompt_tokens: input_tokens,
    completion_tokens: output_tokens,
    total_tokens,
    ...(input_tokens_details && { prompt_tokens_details: input_tokens_details }),
    ...(output_tokens_details && { completion_tokens_details: output_tokens_details }),
  };
}
