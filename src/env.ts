import { InputError } from "./errors.ts";
import { checkProvider, fillURL } from "./http/provider.ts";
import { CONNECTION_OPTIONS, type ConnectionOptions } from "./http/connection.ts";
import { checkOptions, ownOptions, readable, type Rules, wrong } from "./options.ts";
import type { ProviderVariables } from "./http/provider.ts";

/** How to reach the API, and where settings may come from. */
export interface ClientOptions extends ConnectionOptions {
  /**
   * Environment variables or bindings, for what the other options leave out: `OPENAI_API_KEY`, `OPENAI_BASE_URL`,
   * `OPENAI_MODEL`, `OPENAI_ORG_ID`, `OPENAI_PROJECT_ID`.
   */
  env?: object | undefined;
}

const NAMES: ProviderVariables = {
  apiKey: ["OPENAI_API_KEY"],
  baseURL: ["OPENAI_BASE_URL"],
  model: ["OPENAI_MODEL"],
  organization: ["OPENAI_ORG_ID"],
  project: ["OPENAI_PROJECT_ID"],
};

const OPENAI_HOST = /^https:\/\/api\.openai\.com(?::443)?(?:\/|$)/i;
const CLIENT_OPTIONS: Rules = {
  ...CONNECTION_OPTIONS,
  env(value, at) {
    // A Worker's `env` and Deno's are no plain objects. `null` is a platform without one.
    if (typeof value !== "object") throw wrong(at, "an object", value);
  },
};

/**
 * Checks the names of a client's options, and their values as far as they can be checked alone.
 *
 * @returns the options without any prototype's part in them
 * @throws InputError that suggests the right name for an unknown one
 */
export function checkClientOptions(options: ClientOptions): ClientOptions {
  checkOptions(options, CLIENT_OPTIONS, "");
  return ownOptions(options, CLIENT_OPTIONS);
}

/** Fills what the options leave out from `env`: a provider's own variables, or OpenAI's. An empty variable counts as unset. */
export function clientOptions(options: ClientOptions): ClientOptions {
  const { env, ...given } = checkClientOptions(options);
  checkProvider(options.provider);
  if (!env) return given;
  const filled: ClientOptions = { ...given };
  const { provider } = given;
  const variables = env as Record<string, unknown>;
  for (const [name, names] of Object.entries(provider?.variables ?? NAMES) as [
    keyof ProviderVariables,
    readonly string[],
  ][]) {
    if (given[name] === undefined)
      filled[name] = names
        .map((one) => readable(`env.${one}`, () => variables[one]))
        .find((one) => typeof one === "string" && one !== "") as string | undefined;
  }
  if (provider) filled.baseURL ??= fillURL(provider, variables);
  return filled;
}

/** The variable that holds the key. */
export function keyVariable({ provider }: ClientOptions): string | undefined {
  checkProvider(provider);
  return (provider?.variables ?? NAMES).apiKey?.[0];
}

/**
 * Fills options as {@link clientOptions} does, and sees to it that a service that wants a key is not asked without one.
 *
 * @param where where the key is to be put on this platform, given the variable's name
 * @throws InputError where there is no key, no base URL of another host than OpenAI's, and no `fetch` or header that might bring one
 */
export function requireKey(options: ClientOptions, where: (variable: string) => string): ClientOptions {
  const filled = clientOptions(options);
  const { apiKey, fetch, headers, provider } = filled;
  // A provider's own base URL is no reason to expect that no key is needed.
  const given = provider ? options.baseURL : filled.baseURL;
  const baseURL = typeof given === "string" && OPENAI_HOST.test(given) ? undefined : given;
  const variable = keyVariable(options);
  const brought = [apiKey, baseURL, fetch, headers, provider?.apiKey].some((one) => one !== undefined);
  if (!brought && !provider?.keyless && variable !== undefined) {
    throw new InputError("apiKey", `a key: ${where(variable)}, or the apiKey option`, "none");
  }
  return filled;
}
