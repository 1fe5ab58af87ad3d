import { badRequest, type Refusal } from "./apiErrors.ts";
import type { FileStore } from "./fileStore.ts";
import type { MockProvider } from "./providers.ts";
import type { Draft, MessageReply, Pace, RecordedRequest } from "./types.ts";

/** The mock API's options, decided. */
export interface Settings {
  readonly pace: Pace | "instant";
  readonly apiKeys: readonly string[] | undefined;
  readonly models: readonly string[];
  readonly strictModels: boolean;
  readonly checkRequests: boolean;
  /** The service that is played. */
  readonly provider: MockProvider;
  readonly now: () => number;
  /** The day as `YYYY-MM-DD`, where a test sets the clock. */
  readonly today: () => string | undefined;
  /** The reasoning that a test scripted, by its signature. */
  readonly signed: Map<string, string>;
  readonly files: FileStore;
}

/** One request, as an endpoint sees it. */
export interface Call {
  readonly request: RecordedRequest;
  /** What stands in the path for the route's `:names`. */
  readonly params: Readonly<Record<string, string>>;
  /** What the test wants said or changed; empty where it wants nothing. */
  readonly reply: MessageReply;
  readonly settings: Settings;
}

/** One endpoint: a method, a path behind the base URL with `:names` for its variable parts, and what answers there. */
export interface Route {
  readonly method: string;
  readonly path: string;
  /** What is wrong with the request, before any reply is taken from a script. */
  readonly check?: (request: RecordedRequest, settings: Settings) => Refusal | undefined;
  readonly answer: (call: Call) => Draft | Refusal;
}

/** Where a request leads. */
export interface Destination {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/**
 * Finds the endpoint of a request.
 *
 * @param routes the table; the first that fits answers
 * @param method upper case
 * @param pathname the address's path, whose beginning up to `/v1` may be anything
 * @param isOpenAI whether a path without `/v1` leads nowhere; other services have the same endpoints behind other beginnings
 * @returns the endpoint, or the API's refusal: 404 for a path that leads nowhere, 405 for a wrong method
 */
export function findRoute(
  routes: readonly Route[],
  method: string,
  pathname: string,
  isOpenAI = true,
): Destination | Refusal {
  const path = pathname.replace(/^.*?\/v1(?=\/)/, "").replace(/(?<!\/)\/+$/, "");
  const ends = isOpenAI ? [path] : endsOf(path);
  const fitting = ends.map((end) => destinations(routes, end)).find((list) => list.length > 0) ?? [];
  const found = fitting.find(({ route }) => route.method === method);
  if (found) return found;
  if (fitting.length === 0) return badRequest(`Invalid URL (${method} ${pathname})`, null, null, 404);
  const hint = "(HINT: Perhaps you meant to use a different HTTP method?)";
  return badRequest(`Not allowed to ${method} on ${pathname}. ${hint}`, null, "method_not_supported", 405);
}

/** A path, and what is left of it without its first part, its first two, … */
function endsOf(path: string): string[] {
  const parts = path.split("/").slice(1, 20);
  return parts.map((_, index) => `/${parts.slice(index).join("/")}`);
}

function destinations(routes: readonly Route[], path: string): Destination[] {
  return routes.flatMap((route) => {
    const params = matchPath(route.path, path);
    return params === undefined ? [] : [{ route, params }];
  });
}

function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = pattern.split("/");
  const given = path.split("/");
  if (wanted.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? "";
    if (part.startsWith(":") && value !== "") params[part.slice(1)] = decode(value);
    else if (part !== value) return undefined;
  }
  return params;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
