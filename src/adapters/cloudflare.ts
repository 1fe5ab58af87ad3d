/**
 * fetchat for Cloudflare Workers: `createClient({ env })` reads the key and the base URL, or the AI Gateway, from the
 * bindings.
 *
 * @example
 * ```ts
 * import { createClient, errorResponse, readMessages } from "fetchat/cloudflare";
 *
 * export default {
 *   async fetch(request, env) {
 *     try {
 *       const stream = await createClient({ env }).streamChat(await readMessages(request));
 *       return stream.toResponse();
 *     } catch (error) {
 *       return errorResponse(error);
 *     }
 *   },
 * } satisfies ExportedHandler<Env>;
 * ```
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
 * Creates a client with the settings of the Worker's bindings; `options` override them. If no API and no key is
 * configured but `AI` is bound, Workers AI answers through the gateway `default`; `aiBinding()` of `fetchat/providers`
 * chooses another.
 *
 * @param options `env` is the Worker's own, with the secrets and variables `OPENAI_API_KEY`, `OPENAI_BASE_URL` and
 *   `OPENAI_MODEL`, or the binding `AI`
 * @throws InputError for an option that cannot work, or for OpenAI's API without a key
 * @example
 * ```ts
 * export default {
 *   async fetch(request: Request, env: Env): Promise<Response> {
 *     const stream = await createClient({ env }).streamChat([{ role: "user", content: "Name three rivers." }]);
 *     return stream.toResponse();
 *   },
 * };
 * ```
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
