import type { ClientOptions } from "./client.ts";

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
