/**
 * fetchat for browsers: a visitor's own key, or a relay that keeps the key on the server.
 *
 * @module
 */
import { InputError, OpenAI } from "../index.ts";
import type { ClientOptions } from "../index.ts";

export * from "../index.ts";

/**
 * Makes a client for a page or a worker of one.
 *
 * @param options a `baseURL` that begins with `/`, such as a relay's `/v1`, is one of the page's own origin
 * @throws InputError for options that cannot work, such as a provider that answers no page of another origin
 */
export function createClient(options: ClientOptions = {}): OpenAI {
  const { baseURL, provider } = options;
  if (provider?.cors === "none" && baseURL === undefined) throw new InputError("provider", "one that browsers can call, or a relay's baseURL", provider.name);
  const { location } = globalThis as { location?: { href: string } };
  if (!baseURL?.startsWith("/") || !location) return new OpenAI(options);
  return new OpenAI({ ...options, baseURL: new URL(baseURL, location.href).href });
}
