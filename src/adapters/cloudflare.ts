/**
 * fetchat for Cloudflare Workers: `createClient({ env })` takes key and base URL from the bindings.
 *
 * @module
 */
import { requireKey } from "../env.ts";
import { OpenAI } from "../index.ts";
import type { ClientOptions } from "../index.ts";

export * from "../index.ts";

/**
 * Makes a client with what the Worker's bindings hold; `options` rank above them.
 *
 * @param options `env` is the Worker's own: secrets and variables `OPENAI_API_KEY`, `OPENAI_BASE_URL`, `OPENAI_MODEL`
 * @throws InputError for options that cannot work, or where OpenAI's own API is to be asked without a key
 */
export function createClient(options: ClientOptions = {}): OpenAI {
  return new OpenAI(requireKey(options, (variable) => `a secret (wrangler secret put ${variable}) or a line in .dev.vars`));
}
