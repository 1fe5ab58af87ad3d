/**
 * fetchat for browsers: a visitor's own key, or a relay that keeps the key on the server.
 *
 * @module
 */
import { checkClientOptions, requireKey } from "../env.ts";
import { InputError, OpenAI } from "../index.ts";
import type { ClientOptions } from "../index.ts";

export * from "../index.ts";

/**
 * Makes a client for a page or a worker of one. `apiKey` is the visitor's own, best by `sessionKey()`; with a relay there is none.
 *
 * @param options a `baseURL` that begins with `/`, such as a relay's `/v1`, is one of the page's own origin
 * @throws InputError for options that cannot work, such as a provider that answers no page of another origin, or where OpenAI's own API
 * is to be asked without a key
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

/** Not of `location`: a worker that was made of a blob, or a frame of a text, has an address that nothing can be relative to. */
function ofThisOrigin(path: string): string {
  const { origin } = globalThis as { origin?: string };
  if (origin === undefined) return path;
  if (origin === "null") throw new InputError("baseURL", "a whole URL: this page has no origin of its own", path);
  return origin + path;
}
