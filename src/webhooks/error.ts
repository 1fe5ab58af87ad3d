import { InputError } from "../errors.ts";

/** The reason why a request is not accepted as a webhook. */
export type WebhookFault =
  | "missing_header"
  | "invalid_timestamp"
  | "too_old"
  | "too_new"
  | "invalid_signature"
  | "too_large"
  | "broken_body"
  | "invalid_body";

/**
 * The request is not a genuine webhook. An {@link InputError} that also has a reason and the HTTP status to answer with. It holds nothing
 * of the secret, the signature or the body.
 */
export class WebhookError extends InputError {
  /** Name of the class. `kind` stays `"InputError"`. */
  override name: string = "WebhookError";
  /** The reason. */
  readonly reason: WebhookFault;
  /** HTTP status of the answer. */
  readonly status: 400 | 413;

  /**
   * Makes the error of a request.
   *
   * @param reason the reason
   * @param path the header at fault, or `"body"`
   * @param expected the expected value
   * @param received the actual value in short
   */
  constructor(reason: WebhookFault, path: string, expected: string, received: string) {
    super(path, expected, received);
    this.reason = reason;
    this.status = reason === "too_large" ? 413 : 400;
  }
}
