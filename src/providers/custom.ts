import type { Provider } from "../http/provider.ts";
import { aBoolean, aFunction, anything, aString, checkOptions, ownOptions, type Rules, strings } from "../options.ts";

/** The options of {@link custom}. */
export interface CustomOptions extends Partial<Provider> {
  /** The base URL of the API. `{NAME}` is replaced by a variable of `env`. */
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
 * A service that is not listed, without assumptions beyond OpenAI's API. No key is read from `env` unless `variables`
 * names one, and requests carry no model unless `model` does.
 *
 * @param options its base URL, and its differences from OpenAI
 * @returns a provider for `createClient({ provider })`
 * @throws InputError for a wrong option
 * @example
 * ```ts
 * const client = createClient({ provider: custom({ baseURL: "http://10.0.0.5:8000/v1", model: "llama" }) });
 * ```
 */
export function custom(options: CustomOptions): Provider {
  checkOptions(options ?? null, FIELDS, "");
  aString(options.baseURL, "baseURL");
  return { name: options.baseURL, model: "", variables: {}, cors: "unknown", ...ownOptions(options, FIELDS) };
}
