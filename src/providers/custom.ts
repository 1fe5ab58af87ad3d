import type { Provider } from "../http/provider.ts";
import { aBoolean, aFunction, anything, aString, checkOptions, ownOptions, type Rules, strings } from "../options.ts";

/** What is known of a service that is not listed. */
export interface CustomOptions extends Partial<Provider> {
  /** Where its API is. `{NAME}` stands for a variable of `env`. */
  readonly baseURL: string;
}

const FIELDS: Record<keyof Provider, Rules[string]> = {
  name: aString,
  baseURL: aString,
  model: aString,
  models: anything,
  noDefault: anything,
  toolEffort: anything,
  callIds: anything,
  unsignedCalls: anything,
  thinkTags: anything,
  plainContent: anything,
  thinkingParts: anything,
  ownPath: anything,
  variables: anything,
  keyless: aBoolean,
  keyHeader: aString,
  apiKey: aFunction,
  headers: anything,
  query: anything,
  path: aFunction,
  lacks: strings,
  includeUsage: aBoolean,
  takes: strings,
  wants: strings,
  cors: anything,
};

/**
 * A service that is not listed. Nothing is assumed of it but that it speaks OpenAI's API: no key is taken from `env` unless
 * `variables` says where it stands, and the model is the server's own unless `model` names one.
 *
 * @param options its base URL, and in what it differs
 */
export function custom(options: CustomOptions): Provider {
  checkOptions(options ?? null, FIELDS, "");
  aString(options.baseURL, "baseURL");
  return { name: options.baseURL, model: "", variables: {}, cors: "unknown", ...ownOptions(options, FIELDS) };
}
