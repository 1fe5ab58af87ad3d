import { NO_COMPLETION } from "../decode/malformed.ts";
import { APIError } from "../errors.ts";
import { apiError, parseMaybe, saysWhy } from "../http/errorBody.ts";
import { attachInfo } from "../http/info.ts";
import type { Exchange } from "../http/connection.ts";

/**
 * Returns an answer that is a completion.
 *
 * @param isCompletion what tells one
 * @throws APIError `no_choices` for anything else that a server may send as JSON
 */
export function checked<T>(
  answer: unknown,
  { info, redact }: Exchange,
  isCompletion: (answer: unknown) => answer is T,
): T {
  if (isCompletion(answer)) return answer;
  const { status, headers } = info;
  const body = redacted(answer, redact);
  const details = { status, headers, code: "no_choices", body };
  throw attachInfo(saysWhy(body) ? apiError(body, details) : new APIError(NO_COMPLETION, details), info);
}

function redacted(answer: unknown, redact: (text: string) => string): unknown {
  try {
    return answer === undefined ? undefined : parseMaybe(redact(JSON.stringify(answer)));
  } catch {
    return undefined;
  }
}
