/**
 * fetchat for Cloudflare Workers: `createClient({ env })` takes key and base URL, or the AI Gateway, from the bindings.
 *
 * @module
 */
import { checkClientOptions, clientOptions, requireKey } from "../env.ts";
import { OpenAI } from "../index.ts";
import type { ClientOptions } from "../index.ts";
import { aiBinding } from "../providers/cloudflare.ts";
import type { AIBinding } from "../providers/cloudflare.ts";

export * from "../index.ts";

/**
 * Makes a client with what the Worker's bindings hold; `options` rank above them. Where nothing says which API is to be asked, and with
 * which key, but `AI` is bound, Workers AI answers through the gateway `default`: see `aiBinding()` of `fetchat/providers` for others.
 *
 * @param options `env` is the Worker's own: secrets and variables `OPENAI_API_KEY`, `OPENAI_BASE_URL`, `OPENAI_MODEL`, or the binding `AI`
 * @throws InputError for options that cannot work, or where OpenAI's own API is to be asked without a key
 */
export function createClient(options: ClientOptions = {}): OpenAI {
  const own = checkClientOptions(options);
  const { env, provider } = own;
  const { apiKey, baseURL, fetch, headers, model } = clientOptions(options);
  const { AI } = (env ?? {}) as { AI?: Partial<AIBinding> };
  const chosen = [provider, apiKey, baseURL, fetch, headers].some((one) => one !== undefined);
  if (!chosen && typeof AI?.gateway === "function") return new OpenAI({ ...own, ...aiBinding(AI as AIBinding), model });
  const where = (variable: string): string =>
    `a secret (wrangler secret put ${variable}) or a line in .dev.vars, an AI binding`;
  return new OpenAI(requireKey(options, where));
}
