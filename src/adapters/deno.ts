/**
 * fetchat for Deno: `createClient()` takes key and base URL from the environment, as far as permissions allow.
 *
 * @module
 */
import { OpenAI } from "../index.ts";
import type { ClientOptions } from "../index.ts";

export * from "../index.ts";

interface DenoEnv {
  env: { get(name: string): string | undefined };
  permissions: { querySync(query: { name: "env"; variable: string }): { state: string } };
}

/**
 * Makes a client with what the environment holds; `options` rank above it.
 *
 * @throws InputError for options that cannot work, or where `OPENAI_API_KEY` may not be read and no key is given
 */
export function createClient(options: ClientOptions = {}): OpenAI {
  return new OpenAI({ env: readable(), ...options });
}

/** Reads a variable when it is asked for; one that may not be read counts as unset, without a prompt. */
function readable(): object {
  const { Deno } = globalThis as unknown as { Deno?: DenoEnv };
  if (!Deno) return {};
  return new Proxy({}, {
    get: (_, name) => {
      if (typeof name !== "string") return undefined;
      return Deno.permissions.querySync({ name: "env", variable: name }).state === "granted" ? Deno.env.get(name) : undefined;
    },
  });
}
