import { badRequest, type Refusal } from "./apiErrors.ts";
import type { FileStore } from "./fileStore.ts";
import type { Objects } from "./objects.ts";
import type { MockProvider } from "./providers.ts";
import type { Stored } from "./responses/store.ts";
import type { Draft, MessageReply, Pace, RecordedRequest } from "./types.ts";

/** The mock API's options with their defaults filled in. */
export interface Settings {
  readonly pace: Pace | "instant";
  readonly apiKeys: readonly string[] | undefined;
  readonly models: readonly string[];
  readonly strictModels: boolean;
  readonly checkRequests: boolean;
  /** The service to imitate. */
  readonly provider: MockProvider;
  readonly now: () => number;
  /** Returns the date as `YYYY-MM-DD` if a test sets the clock. */
  readonly today: () => string | undefined;
  /** The signed reasoning of scripted replies, by its signature. */
  readonly signed: Map<string, string>;
  readonly files: FileStore;
  /** The stored responses, by id. */
  readonly responses: Map<string, Stored>;
  /** The conversations, batches and vector stores. */
  readonly objects: Objects;
  /** Answers a request without a scripted reply, as a line of a batch. */
  readonly ask: (request: RecordedRequest) => Draft | Refusal;
}

/** One request to an endpoint. */
export interface Call {
  readonly request: RecordedRequest;
  /** The values of the `:names` in the route's path. */
  readonly params: Readonly<Record<string, string>>;
  /** The scripted content and overrides; empty for the default answer. */
  readonly reply: MessageReply;
  readonly settings: Settings;
}

/** One endpoint: its method, its path after the base URL with `:names` for variable parts, and its handler. */
export interface Route {
  readonly method: string;
  readonly path: string;
  /** Returns the refusal of a request. It runs before any reply is taken from the queue. */
  readonly check?: (request: RecordedRequest, settings: Settings) => Refusal | undefined;
  readonly answer: (call: Call) => Draft | Refusal;
}

/** The endpoint that a request leads to. */
export interface Destination {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/**
 * Finds the endpoint of a request.
 *
 * @param routes all endpoints; the first match answers
 * @param method upper case
 * @param pathname the path of the request; the part up to `/v1` is ignored
 * @param isOpenAI requires `/v1` in the path; other services have the same endpoints under other prefixes. Default true
 * @returns the endpoint, or the API's refusal: 404 for an unknown path, 405 for a wrong method
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

/** Returns a path, then the path without its first segment, without its first two, and so on. */
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
