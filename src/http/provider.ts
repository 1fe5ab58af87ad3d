import { InputError } from "../errors.ts";
import { readable } from "../options.ts";
import { fieldOf, objectOf, stringOf } from "../wire/read.ts";
import { withoutEndSlashes } from "./baseURL.ts";
import type { EndpointModels } from "./models.ts";
import type { Call } from "./connection.ts";

/** An endpoint that this package has a function for. `images` and `audio` stand for all endpoints below them. */
export type EndpointName =
  | "completions"
  | "embeddings"
  | "moderations"
  | "models"
  | "files"
  | "responses"
  | "images"
  | "images/generations"
  | "images/edits"
  | "audio"
  | "audio/speech"
  | "audio/transcriptions"
  | "audio/translations";

/** Names of the variables of `env` that hold settings. Of several names the first that is set counts. */
export interface ProviderVariables {
  /** Variables with the key. */
  readonly apiKey?: readonly string[] | undefined;
  /** Variables with the base URL. */
  readonly baseURL?: readonly string[] | undefined;
  /** Variables with the model. */
  readonly model?: readonly string[] | undefined;
  /** Variables with the organization. */
  readonly organization?: readonly string[] | undefined;
  /** Variables with the project. */
  readonly project?: readonly string[] | undefined;
}

/** Models that refuse function tools on `/chat/completions` unless the request has a certain `reasoning_effort`. */
export interface ToolEffort {
  /** The models, as the source of a regular expression. */
  readonly models: string;
  /** The `reasoning_effort` to send. */
  readonly effort: string;
}

/** The ids of calls that a service takes in messages. */
export interface CallIds {
  /** The most characters of an id; with `exact` the number of them. */
  readonly length: number;
  /** `true` if an id must be exactly `length` letters and digits. @default false */
  readonly exact?: boolean | undefined;
}

/** Fields of a service's own calls that it wants back. */
export interface UnsignedCalls {
  /** The models that want them, as the source of a regular expression. */
  readonly models: string;
  /** The fields that stand in for them in calls that another service made. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A service with OpenAI's API, as plain data: its address and its differences. `fetchat/providers` has ready-made ones. */
export interface Provider {
  /** The service's name in errors. */
  readonly name: string;
  /** Base URL of its API. `{NAME}` stands for a variable of `env`. */
  readonly baseURL: string;
  /** A path of the base URL after a variable. It is removed from the variable's value, with all that follows it there. */
  readonly ownPath?: string | undefined;
  /** Model of requests that name none; `""` if the server answers with the model that it has loaded. */
  readonly model: string;
  /** Models of requests to other endpoints that name none. Other endpoints have no default. */
  readonly models?: EndpointModels | undefined;
  /** Reasons for endpoints without a default model, for the error of a request that names none. */
  readonly noDefault?: EndpointModels | undefined;
  /** The effort of chat completions with function tools that name none. @default the request is sent as it is */
  readonly toolEffort?: ToolEffort | undefined;
  /** Variables of `env` that hold settings. */
  readonly variables: ProviderVariables;
  /** `true` if it answers without a key. @default false */
  readonly keyless?: boolean | undefined;
  /** The header that carries the bare key. @default `authorization`, with "Bearer" before the key */
  readonly keyHeader?: string | undefined;
  /** Returns the key if the options have none, such as a token that expires. */
  readonly apiKey?: (() => string | undefined | Promise<string | undefined>) | undefined;
  /** Headers of every request. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The query of every request. */
  readonly query?: Readonly<Record<string, string>> | undefined;
  /** Returns the path of an endpoint below the base URL. @default OpenAI's paths */
  readonly path?: ((path: string, model: string) => string) | undefined;
  /** Endpoints that it lacks: a request to one throws an InputError. */
  readonly lacks?: readonly EndpointName[] | undefined;
  /** `true` if streams request usage by `stream_options.include_usage`. @default true */
  readonly includeUsage?: boolean | undefined;
  /**
   * Fields that it accepts in an assistant's message besides `role`, `content`, `name` and `tool_calls`. It refuses all others, so they are
   * left out of requests.
   *
   * @default every field is sent back
   */
  readonly takes?: readonly string[] | undefined;
  /** The ids of calls that it takes in messages; others are replaced in requests. @default any */
  readonly callIds?: CallIds | undefined;
  /** Fields that calls of the present turn must have if another service made them, as before a change of service. @default none */
  readonly unsignedCalls?: UnsignedCalls | undefined;
  /** `true` if the content of a message must be a text: null becomes `""`, a list of text parts one text. @default false */
  readonly plainContent?: boolean | undefined;
  /** `true` if `reasoning_content` goes back as a part of type `thinking` before the text. @default false */
  readonly thinkingParts?: boolean | undefined;
  /**
   * Answers whose content may begin with the model's reasoning between `<think>` and `</think>`: `"opened"` for those that begin with
   * `<think>`, `true` also for those without the opening tag.
   *
   * @default false
   */
  readonly thinkTags?: boolean | "opened" | undefined;
  /** Fields of an answer that it wants back in later requests. Documentation only: every field is kept. */
  readonly wants?: readonly string[] | undefined;
  /** Request headers that pages may send: a list, `"any"`, `"none"` if browsers cannot call it at all, or `"unknown"`. */
  readonly cors: readonly string[] | "any" | "none" | "unknown";
}

/**
 * Returns the URL of a call.
 *
 * @param model the model of calls that name none
 * @throws InputError that names the provider, if it lacks the endpoint
 */
export function urlOf(baseURL: string, call: Call, provider: Provider | undefined, model: string): string {
  const [path, query] = splitPath(call.path);
  if (!provider) return baseURL + call.path;
  // Raw requests may reach what is newer than these facts.
  if (!call.anyStatus) checkEndpoint(provider, path);
  const [below] = splitPath(provider.path?.(path, modelOf(call) ?? model) ?? path);
  const queries = [query, provider.query && new URLSearchParams(provider.query).toString()].filter(Boolean);
  return baseURL + below + (queries.length > 0 ? `?${queries.join("&")}` : "");
}

/**
 * Throws if a provider lacks an endpoint.
 *
 * @throws InputError that names both
 */
export function checkEndpoint({ name, lacks }: Provider, path: string): void {
  if (lacks?.some((one) => `${path}/`.startsWith(`/${one}/`)))
    throw new InputError("provider", `an endpoint that ${name} has`, path);
}

/**
 * Splits a path from its query.
 *
 * @throws InputError for a path that leads elsewhere, or that a URL parser would change
 */
function splitPath(given: string): [path: string, query: string | undefined] {
  const at = given.indexOf("?");
  const path = at < 0 ? given : given.slice(0, at);
  const problem = pathProblem(path, given);
  if (problem !== undefined)
    throw new InputError("path", `a path below the base URL, ${problem}`, JSON.stringify(given));
  return [path, at < 0 ? undefined : given.slice(at + 1)];
}

function pathProblem(path: string, given: string): string | undefined {
  if (!path.startsWith("/")) return 'that begins with "/"';
  if (/^\/[/\\]/.test(path)) return "that begins with one slash";
  // eslint-disable-next-line no-control-regex -- URL parsers remove some of them.
  if (/[\0-\x1f\x7f]/.test(given)) return "without control characters";
  if (path.includes("\\")) return "without backslashes";
  if (given.includes("#")) return "without a fragment";
  // Some servers cut a segment at ";" before they resolve it, and URL parsers remove spaces at the end.
  if (/\/(?:\.|%2e){1,2}(?:[/;]|%3b| *$)/i.test(path)) return 'without "." and ".." segments';
  return undefined;
}

/**
 * Throws unless a value is a provider's data: not its name, and not a function that returns it.
 *
 * @throws InputError
 */
export function checkProvider(provider: unknown): void {
  if (provider === undefined) return;
  const expected = "a provider, such as groq or azure() of fetchat/providers, or custom({ baseURL })";
  if (typeof provider !== "object" || provider === null)
    throw new InputError("provider", expected, provider === null ? "null" : `a ${typeof provider}`);
  for (const name of ["name", "baseURL", "model"])
    if (readable(`provider.${name}`, () => stringOf(provider, name)) === undefined)
      throw new InputError(`provider.${name}`, "a string", typeof fieldOf(provider, name));
  if (objectOf(provider, "variables") === undefined)
    throw new InputError("provider.variables", "an object", typeof fieldOf(provider, "variables"));
}

function modelOf({ model, body }: Call): string | undefined {
  const named = model ?? (body instanceof FormData ? body.get("model") : undefined);
  return typeof named === "string" ? named : undefined;
}

/** Returns the header that carries a key. */
export function keyHeader(provider: Provider | undefined, key: string): Record<string, string> {
  return provider?.keyHeader === undefined
    ? { authorization: `Bearer ${key}` }
    : { [provider.keyHeader.toLowerCase()]: key };
}

/**
 * Returns a provider's base URL with its variables filled in.
 *
 * @param read returns the value of a variable. Default: none has one
 * @throws InputError that names a variable that is not set
 */
export function fillURL(
  { name, baseURL, ownPath }: Provider,
  read: (variable: string) => string | undefined = () => undefined,
): string {
  return baseURL.replace(/\{(\w+)\}/g, (_, variable: string) => {
    const value = read(variable);
    if (value === undefined)
      throw new InputError(`env.${variable}`, `a value, for ${name}'s base URL (or the baseURL option)`, "none");
    return withoutOwnPath(value, ownPath);
  });
}

/** Removes the slashes at the end of a URL, and a path that will be appended to it with all that follows the path. */
export function withoutOwnPath(url: string, path: string | undefined): string {
  const trimmed = withoutEndSlashes(url);
  // After the scheme: the host may have the same name as the path.
  const at = path === undefined ? -1 : `${trimmed}/`.indexOf(`${path}/`, "https://".length);
  return at < 0 ? trimmed : trimmed.slice(0, at);
}
