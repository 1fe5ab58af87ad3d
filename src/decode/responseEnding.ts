import { APIError } from "../errors.ts";
import { apiError } from "../http/errorBody.ts";
import type { GoodEnding, Usage } from "../wire/index.ts";
import type { ResponseObject, ResponseUsage } from "../wire/responses.ts";
import { fieldOf, fieldsOf, stringOf } from "../wire/read.ts";
import { openItems } from "./output.ts";

/** What a response is of which nothing has arrived. */
export const NO_RESPONSE: Readonly<ResponseObject> = {
  id: "",
  object: "response",
  created_at: 0,
  model: "",
  output: [],
};

/** Returns whether a value is a response, failed or not. */
export function isResponse(value: unknown): value is ResponseObject {
  const { object, output, id, status } = fieldsOf(value) ?? {};
  return object === "response" || (Array.isArray(output) && (typeof id === "string" || typeof status === "string"));
}

/**
 * Returns how a response ended; `undefined` as long as it runs in the background.
 *
 * @throws APIError where it failed or was cancelled: `code` and message are the provider's, `body` is the response
 */
export function endingOfResponse(response: ResponseObject): GoodEnding | undefined {
  const { status } = response;
  if (status === "failed" || response.error) throw failed(response, "The response failed");
  // Not "aborted": that is the caller's own abort, and this may be anyone's who has the key.
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

/** Returns the tokens that a response used, as far as they are counts; `undefined` where it tells of none. */
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
  const all = Object.entries(fieldsOf(value) ?? {});
  return Object.fromEntries(
    all.filter(
      (one): one is [string, number] => typeof one[1] === "number" && one[1] >= 0 && one[1] <= Number.MAX_SAFE_INTEGER,
    ),
  );
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
