import type { Provider } from "../http/provider.ts";

/** What is known of a service that is not listed. */
export interface CustomOptions extends Partial<Provider> {
  /** Where its API is. `{NAME}` stands for a variable of `env`. */
  readonly baseURL: string;
}

/**
 * A service that is not listed. Nothing is assumed of it but that it speaks OpenAI's API: no key is taken from `env` unless
 * `variables` says where it stands, and the model is the server's own unless `model` names one.
 *
 * @param options its base URL, and in what it differs
 */
export function custom(options: CustomOptions): Provider {
  return { name: options.baseURL, model: "", variables: {}, cors: "unknown", ...options };
}
