import { InputError } from "../errors.ts";
import { Fingerprint } from "./fingerprint.ts";

/**
 * Checks a base URL and removes the slashes at its end.
 *
 * @throws InputError that does not show the value: it may be a key, put there by mistake
 */
export function checkBaseURL(baseURL: unknown): string {
  const expected = "a URL that begins with http:// or https://, or a path of this page's origin";
  if (typeof baseURL !== "string")
    throw new InputError("baseURL", expected, baseURL === null ? "null" : typeof baseURL);
  if (!/^(https?:\/\/.|\/(?![/\\]))/i.test(baseURL))
    throw new InputError("baseURL", expected, "a text that begins otherwise");
  if (/^\w+:\/\/[^/?#\\]*@/.test(baseURL))
    throw new InputError("baseURL", "no user name or password", "a URL with them");
  if (!baseURL.startsWith("/") && !URL.canParse(baseURL))
    throw new InputError("baseURL", expected, "a text that is no URL");
  if (/[?#]/.test(baseURL))
    throw new InputError("baseURL", "no query and no fragment: paths are added to its end", "a URL with one");
  const url = withoutEndSlashes(baseURL);
  const endpoint = /\/(chat\/completions|completions|responses|embeddings)$/.exec(url);
  if (endpoint) throw new InputError("baseURL", `the URL before ${endpoint[0]}`, "the URL of an endpoint");
  return url;
}

/** Removes the slashes at the end of a text, in linear time. */
export function withoutEndSlashes(text: string): string {
  let end = text.length;
  while (text[end - 1] === "/") end--;
  return text.slice(0, end);
}

/**
 * Throws if a base URL is a path and `fetch` knows no origin for it, as in Workers, Deno, Bun and Node.
 *
 * @throws InputError
 */
export function checkOrigin(baseURL: string): void {
  if (!baseURL.startsWith("/")) return;
  try {
    new Request(baseURL);
  } catch {
    throw new InputError("baseURL", "a whole URL: only a page has an origin for a path", "a path");
  }
}

/** Returns `true` if others can read what is sent to a URL: plain http to another machine. */
export function isExposed(baseURL: string): boolean {
  if (!/^http:/i.test(baseURL)) return false;
  const { hostname } = new URL(baseURL);
  return !/^(localhost|.+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}

/**
 * Returns a name for the service at a base URL: the host, and a hash of a path that is more than `/v1`. The path itself may hold a token.
 *
 * @param baseURL a base URL that was checked
 */
export function serviceOf(baseURL: string): string {
  const [, host = "", path = baseURL] = /^https?:\/\/([^/]+)(.*)$/i.exec(baseURL) ?? [];
  const name = host.toLowerCase();
  return path === "/v1" || path === "" ? name : [name, new Fingerprint().add(path)].filter(Boolean).join(" ");
}
