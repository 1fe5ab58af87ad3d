/** Runs in a page: makes the calls of one provider and reports their outcome. */
import { createClient } from "../../src/adapters/browser.ts";
import { CALLS, KEY, PROVIDERS } from "./preflight.ts";

const scope = globalThis as typeof globalThis & { preflight: unknown };

scope.preflight = async (name: string, call: string, baseURL: string): Promise<string> => {
  const provider = PROVIDERS[name];
  const run = CALLS[call]?.run;
  if (!provider || !run) return "there is no such call";
  return run(createClient({ provider, apiKey: KEY, baseURL, maxRetries: 0 })).then(
    () => "ok",
    (error: unknown) => String(error),
  );
};
