/**
 * fetchat for browsers: a visitor's own key, or a relay that keeps the key on the server.
 *
 * @example
 * ```ts
 * import { createClient, sessionKey } from "fetchat/browser";
 *
 * const client = createClient({ apiKey: sessionKey({ ask: () => prompt("Your OpenAI key") }) });
 * for await (const chunk of await client.streamChat([{ role: "user", content: "Hello" }])) document.body.append(chunk.content);
 * ```
 *
 * @module
 */
import { checkClientOptions, requireKey } from "../env.ts";
import { InputError, OpenAI } from "../index.ts";
import type { ClientOptions } from "../index.ts";

export * from "../index.ts";

/**
 * Creates a client for a page or its workers. `apiKey` is the visitor's own key, best given by `sessionKey()`; with a
 * relay there is none.
 *
 * @param options a `baseURL` that begins with `/`, such as a relay's `/v1`, belongs to the page's own origin
 * @throws InputError for an option that cannot work, such as a provider that does not allow requests from pages, or for
 *   OpenAI's API without a key
 * @example
 * ```ts
 * const client = createClient({ baseURL: "/v1", model: "gpt-6-luna" }); // with a relay on the page's own server
 * ```
 */
export function createClient(options: ClientOptions = {}): OpenAI {
  checkClientOptions(options);
  const { baseURL, provider } = options;
  if (provider?.cors === "none" && baseURL === undefined)
    throw new InputError("provider", "one that browsers can call, or a relay's baseURL", provider.name);
  const filled = requireKey(options, () => "the visitor's own (see sessionKey), or a relay's baseURL");
  const path = /^\/(?![/\\]).*/.exec(filled.baseURL ?? "")?.[0];
  return new OpenAI(path === undefined ? filled : { ...filled, baseURL: ofThisOrigin(path) });
}

/**
 * Uses `origin`, not `location`: a worker made of a blob, and a frame with `srcdoc`, have an address that no URL can be
 * relative to.
 */
function ofThisOrigin(path: string): string {
  const { origin } = globalThis as { origin?: string };
  if (origin === undefined) return path;
  if (origin === "null") throw new InputError("baseURL", "a whole URL: this page has no origin of its own", path);
  return origin + path;
}
