import { RequestError } from "../errors.ts";

/** The reason why a request is not accepted as a webhook. */
export type WebhookFault =
  | "missing_header"
  | "invalid_timestamp"
  | "too_old"
  | "too_new"
  | "invalid_signature"
  | "too_large"
  | "broken_body"
  | "late_body"
  | "invalid_body";

/**
 * The request is not a genuine webhook. `errorResponse()` answers it with `status`: 400, 408 or 413. It holds nothing of the secret, the
 * signature or the body.
 */
export class WebhookError extends RequestError {
  /** Name of the class. `kind` stays `"InputError"`. */
  override name: string = "WebhookError";
  /** The reason. */
  readonly reason: WebhookFault;

  /**
   * Makes the error of a request.
   *
   * @param reason the reason
   * @param path the header at fault, or `"body"`
   * @param expected the expected value
   * @param received the actual value in short
   */
  constructor(reason: WebhookFault, path: string, expected: string, received: string) {
    super(reason === "too_large" ? 413 : reason === "late_body" ? 408 : 400, path, expected, received);
    this.reason = reason;
  }
}
