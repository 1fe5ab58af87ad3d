import { APIError } from "../errors.ts";
import { apiError } from "../http/errorBody.ts";
import type { GoodEnding, Usage } from "../types.ts";
import type { ResponseObject } from "../types/responses.ts";
import { openItems } from "./output.ts";

/** What a response is of which nothing has arrived. */
export const NO_RESPONSE: Readonly<ResponseObject> = {
  id: "",
  object: "response",
  created_at: 0,
  model: "",
  output: [],
};

/** Whether a value is a response, failed or not. */
export function isResponse(value: unknown): value is ResponseObject {
  const { object, output, id, status } = (value ?? {}) as Record<string, unknown>;
  return object === "response" || (Array.isArray(output) && (typeof id === "string" || typeof status === "string"));
}

/**
 * How a response ended; `undefined` as long as it runs in the background.
 *
 * @throws APIError where it failed or was cancelled: `code` and message are the provider's, `body` is the response
 */
export function endingOfResponse(response: ResponseObject): GoodEnding | undefined {
  const { status, incomplete_details } = response;
  if (status === "failed" || response.error) throw failed(response, "The response failed");
  // Not "aborted": that is the caller's own abort, and this may be anyone's who has the key.
  if (status === "cancelled") throw failed(response, "The response was cancelled");
  if (status === "queued" || status === "in_progress") return undefined;
  if (status === "incomplete") return incomplete_details?.reason === "content_filter" ? "content_filter" : "length";
  return openItems(response).length > 0 ? "tool_calls" : "complete";
}

function failed(response: ResponseObject, why: string): APIError {
  if (response.error) return apiError(response, { status: 200 });
  return new APIError(why, { status: 200, code: response.status, body: response });
}

/** Tokens used, in the words of chat completions. */
export function chatUsage(usage: ResponseObject["usage"]): Usage | undefined {
  return usage
    ? { prompt_tokens: usage.input_tokens, completion_tokens: usage.output_tokens, total_tokens: usage.total_tokens }
    : undefined;
}
