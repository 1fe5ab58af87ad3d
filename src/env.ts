import type { ClientOptions } from "./client.ts";
import { InputError } from "./errors.ts";

const NAMES = {
  apiKey: "OPENAI_API_KEY",
  baseURL: "OPENAI_BASE_URL",
  model: "OPENAI_MODEL",
  organization: "OPENAI_ORG_ID",
  project: "OPENAI_PROJECT_ID",
} as const;

/** Fills what the options leave out from `env`. An empty variable counts as unset. */
export function clientOptions(options: ClientOptions): ClientOptions {
  const { env, ...given } = options;
  if (!env) return given;
  const filled: ClientOptions = { ...given };
  for (const [name, variable] of Object.entries(NAMES) as [keyof typeof NAMES, string][]) {
    if (given[name] !== undefined) continue;
    const value = (env as Record<string, unknown>)[variable];
    if (typeof value === "string" && value !== "") filled[name] = value;
  }
  return filled;
}

/**
 * Fills options as {@link clientOptions} does, and sees to it that OpenAI's own API is not asked without a key.
 *
 * @param where where the key is to be put on this platform
 * @throws InputError where there is no key, no other base URL, and no `fetch` or header that might bring one
 */
export function requireKey(options: ClientOptions, where: string): ClientOptions {
  const filled = clientOptions(options);
  const { apiKey, baseURL, fetch, headers } = filled;
  if (apiKey === undefined && baseURL === undefined && fetch === undefined && headers === undefined) {
    throw new InputError("apiKey", `a key: ${where}, or the apiKey option`, "none");
  }
  return filled;
}
