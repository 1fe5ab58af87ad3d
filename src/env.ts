import type { ClientOptions } from "./client.ts";
import { InputError } from "./errors.ts";
import { checkProvider, fillURL } from "./http/provider.ts";
import type { ProviderVariables } from "./http/provider.ts";

const NAMES: ProviderVariables = {
  apiKey: ["OPENAI_API_KEY"],
  baseURL: ["OPENAI_BASE_URL"],
  model: ["OPENAI_MODEL"],
  organization: ["OPENAI_ORG_ID"],
  project: ["OPENAI_PROJECT_ID"],
};

const OPENAI_HOST = /^https:\/\/api\.openai\.com(?::443)?(?:\/|$)/i;

/** Fills what the options leave out from `env`: a provider's own variables, or OpenAI's. An empty variable counts as unset. */
export function clientOptions(options: ClientOptions): ClientOptions {
  const { env, ...given } = options;
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
      filled[name] = names.map((one) => variables[one]).find((one) => typeof one === "string" && one !== "") as
        string | undefined;
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
