import { InputError } from "./errors.ts";
import { checkProvider, fillURL } from "./http/provider.ts";
import type { ProviderVariables } from "./http/provider.ts";
import { CONNECTION_OPTIONS } from "./http/connection.ts";
import type { ConnectionOptions } from "./http/connection.ts";
import { checkOptions, ownOptions, readable, type Rules, wrong } from "./options.ts";
import { fieldOf } from "./wire/read.ts";

/**
 * Options of a client.
 *
 * @example
 * ```ts
 * const client = createClient({ env: process.env, maxRetries: 5, timeout: { idle: 30_000 } });
 * ```
 */
export interface ClientOptions extends ConnectionOptions {
  /**
   * Environment variables or bindings, for settings that the other options leave out: `OPENAI_API_KEY`, `OPENAI_BASE_URL`, `OPENAI_MODEL`,
   * `OPENAI_ORG_ID`, `OPENAI_PROJECT_ID`, or those of the provider.
   *
   * @default none are read
   */
  env?: object | undefined;
}

const OPENAI_VARIABLES: ProviderVariables = {
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
    // The `env` of a Worker and of Deno are no plain objects. `null` stands for a platform without one.
    if (typeof value !== "object") throw wrong(at, "an object", value);
  },
};

/**
 * Checks the names of a client's options, and their values as far as each can be checked alone.
 *
 * @returns a copy of the options, including those of a prototype
 * @throws InputError that suggests the right name for an unknown one
 */
export function checkClientOptions(options: ClientOptions): ClientOptions {
  readable("options", () => checkBag(options));
  checkOptions(options, CLIENT_OPTIONS, "");
  return ownOptions(options, CLIENT_OPTIONS);
}

/** Throws for a bare key, and for the environment itself. It does not show the value. */
function checkBag(options: unknown): void {
  if (typeof options === "string") throw wrong("options", "an object, such as { apiKey }", options);
  if (fieldOf(options, "OPENAI_API_KEY") !== undefined)
    throw new InputError("options", "an object, such as { env }", "the environment itself");
}

/**
 * Fills in from `env` what the options leave out: the provider's own variables, or OpenAI's. An empty variable counts as unset.
 *
 * @throws InputError for options that cannot work
 */
export function clientOptions(options: ClientOptions): ClientOptions {
  const { env, ...given } = checkClientOptions(options);
  const { provider } = given;
  checkProvider(provider);
  if (!env) return given;
  const read = (name: string): string | undefined => {
    const value = readable(`env.${name}`, (): unknown => Reflect.get(env, name));
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  const firstOf = (names: readonly string[] = []): string | undefined =>
    names.map(read).find((value) => value !== undefined);
  const { apiKey, baseURL, model, organization, project } = provider?.variables ?? OPENAI_VARIABLES;
  return {
    ...given,
    apiKey: given.apiKey ?? firstOf(apiKey),
    baseURL: given.baseURL ?? firstOf(baseURL) ?? (provider && fillURL(provider, read)),
    model: given.model ?? firstOf(model),
    organization: given.organization ?? firstOf(organization),
    project: given.project ?? firstOf(project),
  };
}

/** Returns the name of the variable that holds the key. */
export function keyVariable({ provider }: ClientOptions): string | undefined {
  checkProvider(provider);
  return (provider?.variables ?? OPENAI_VARIABLES).apiKey?.[0];
}

/**
 * Fills in options as {@link clientOptions} does, and throws for a service that wants a key if there is none.
 *
 * @param where returns the place for the key on this platform, given the variable's name
 * @throws InputError if there is no key, no base URL of another host than OpenAI's, and no `fetch` or header that might bring one
 */
export function requireKey(options: ClientOptions, where: (variable: string) => string): ClientOptions {
  const filled = clientOptions(options);
  const { apiKey, fetch, headers, provider } = filled;
  // A provider's own base URL does not mean that no key is needed.
  const given = provider ? options.baseURL : filled.baseURL;
  const baseURL = typeof given === "string" && OPENAI_HOST.test(given) ? undefined : given;
  const variable = keyVariable(options);
  const brought = [apiKey, baseURL, fetch, headers, provider?.apiKey].some((one) => one !== undefined);
  if (!brought && !provider?.keyless && variable !== undefined) {
    throw new InputError("apiKey", `a key: ${where(variable)}, or the apiKey option`, "none");
  }
  return filled;
}
