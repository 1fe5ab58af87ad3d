import { InputError } from "../errors.ts";
import { readable } from "../options.ts";
import { fieldOf, objectOf, stringOf } from "../wire/read.ts";
import { withoutEndSlashes } from "./baseURL.ts";
import type { EndpointModels } from "./models.ts";
import type { Call } from "./connection.ts";

/** An endpoint that this package has a function for; `images` and `audio` stand for all of theirs. */
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

/** Where settings stand among the variables of `env`; of several names the first that is set counts. */
export interface ProviderVariables {
  /** Names of the key's. */
  readonly apiKey?: readonly string[] | undefined;
  /** Names of the base URL's. */
  readonly baseURL?: readonly string[] | undefined;
  /** Names of the model's. */
  readonly model?: readonly string[] | undefined;
  /** Names of the organization's. */
  readonly organization?: readonly string[] | undefined;
  /** Names of the project's. */
  readonly project?: readonly string[] | undefined;
}

/** A rule of models that refuse function tools on `/chat/completions` unless the request names a certain effort. */
export interface ToolEffort {
  /** The models, as the source of a regular expression. */
  readonly models: string;
  /** The `reasoning_effort` to send. */
  readonly effort: string;
}

/** A service that speaks OpenAI's API, as plain data: where it is, and in what it differs. See `fetchat/providers`. */
export interface Provider {
  /** What it is called in errors. */
  readonly name: string;
  /** Where its API is. `{NAME}` stands for a variable of `env`. */
  readonly baseURL: string;
  /** A path of the base URL after a variable; the variable's value loses it, and all after it, where it ends with it already. */
  readonly ownPath?: string | undefined;
  /** The model of requests that name none; `""` where the server answers with the one that it has loaded. */
  readonly model: string;
  /** The models of requests to other endpoints that name none. An endpoint that is not here has no default. */
  readonly models?: EndpointModels | undefined;
  /** Reasons why endpoints have no default model, for the error of a request that names none. */
  readonly noDefault?: EndpointModels | undefined;
  /** The effort of chat completions with function tools that give none. Default: the request goes out as it is. */
  readonly toolEffort?: ToolEffort | undefined;
  /** Where settings stand among the variables of `env`. */
  readonly variables: ProviderVariables;
  /** Whether it answers without a key. Default false. */
  readonly keyless?: boolean | undefined;
  /** The header that carries the key as it is. Default: `authorization`, after "Bearer". */
  readonly keyHeader?: string | undefined;
  /** Gives the key where the options have none: a token that expires, say. */
  readonly apiKey?: (() => string | undefined | Promise<string | undefined>) | undefined;
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The query of every request. */
  readonly query?: Readonly<Record<string, string>> | undefined;
  /** Where an endpoint lies below the base URL, if not where OpenAI has it. */
  readonly path?: ((path: string, model: string) => string) | undefined;
  /** Endpoints that it does not have: asking for one is an InputError. */
  readonly lacks?: readonly EndpointName[] | undefined;
  /** Whether streams ask for usage by `stream_options.include_usage`. Default true. */
  readonly includeUsage?: boolean | undefined;
  /**
   * Fields that it takes back in an assistant's message besides `role`, `content`, `name` and `tool_calls`; it refuses all others,
   * so they are left out of requests. Default: everything goes back as it came.
   */
  readonly takes?: readonly string[] | undefined;
  /** Whether the content of a message must be a text: null becomes `""`, a list of text parts one text. Default false. */
  readonly plainContent?: boolean | undefined;
  /** Whether `reasoning_content` goes back as a part of type `thinking` in front of the text. Default false. */
  readonly thinkingParts?: boolean | undefined;
  /**
   * Whether its models may begin an answer's content with their reasoning between `<think>` and `</think>`: `"opened"` where only an answer
   * that begins with `<think>` does, `true` also without the opening tag. Default false: content is text.
   */
  readonly thinkTags?: boolean | "opened" | undefined;
  /** Fields of an answer that it wants back in later requests. They are kept anyway: this says why. */
  readonly wants?: readonly string[] | undefined;
  /**
   * Which request headers a page of another origin may send: a list, `"any"`, `"none"` where browsers cannot call it at all, or
   * `"unknown"`.
   */
  readonly cors: readonly string[] | "any" | "none" | "unknown";
}

/**
 * Where a call goes: the whole URL.
 *
 * @param model the model of calls that do not say theirs
 * @throws InputError that names the provider, where it does not have the endpoint
 */
export function urlOf(baseURL: string, call: Call, provider: Provider | undefined, model: string): string {
  const [path, query] = splitPath(call.path);
  if (!provider) return baseURL + call.path;
  const lacking = provider.lacks?.find((name) => `${path}/`.startsWith(`/${name}/`));
  // A raw request is the way to what is newer than these facts.
  if (lacking !== undefined && !call.anyStatus)
    throw new InputError("provider", `an endpoint that ${provider.name} has`, path);
  const [below] = splitPath(provider.path?.(path, modelOf(call) ?? model) ?? path);
  const queries = [query, provider.query && new URLSearchParams(provider.query).toString()].filter(Boolean);
  return baseURL + below + (queries.length > 0 ? `?${queries.join("&")}` : "");
}

/**
 * Splits a path from its query.
 *
 * @throws InputError for a path that would lead elsewhere, or that a URL parser would change
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
  // eslint-disable-next-line no-control-regex -- URL parsers take some of them out.
  if (/[\0-\x1f\x7f]/.test(given)) return "without control characters";
  if (path.includes("\\")) return "without backslashes";
  if (given.includes("#")) return "without a fragment";
  // Some servers cut a segment at ";" before they resolve it.
  if (/\/(?:\.|%2e){1,2}(?:[/;]|%3b|$)/i.test(path)) return 'without "." and ".." segments';
  return undefined;
}

/**
 * Throws unless a provider is one, as data: not its name, and not a function that makes it.
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

/** The header that carries a key. */
export function keyHeader(provider: Provider | undefined, key: string): Record<string, string> {
  return provider?.keyHeader === undefined
    ? { authorization: `Bearer ${key}` }
    : { [provider.keyHeader.toLowerCase()]: key };
}

/**
 * A provider's base URL with the variables that it names.
 *
 * @throws InputError that names a variable that is not set
 */
export function fillURL({ name, baseURL, ownPath }: Provider, env: Record<string, unknown> = {}): string {
  return baseURL.replace(/\{(\w+)\}/g, (_, one: string) => {
    const value = env[one];
    if (typeof value !== "string" || value === "")
      throw new InputError(`env.${one}`, `a value, for ${name}'s base URL (or the baseURL option)`, "none");
    return withoutOwnPath(value, ownPath);
  });
}

/** Returns a URL without the slashes at its end and without a path, and all after it, that will be added. */
export function withoutOwnPath(url: string, path: string | undefined): string {
  const trimmed = withoutEndSlashes(url);
  // From behind the scheme: a host's name may be the path's.
  const at = path === undefined ? -1 : `${trimmed}/`.indexOf(`${path}/`, "https://".length);
  return at < 0 ? trimmed : trimmed.slice(0, at);
}
