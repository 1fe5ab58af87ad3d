import { aBoolean, aFunction, checkOptions, oneOf, type Rules, strings } from "../options.ts";
import type { Refusal } from "./apiErrors.ts";
import { checkKey } from "./auth.ts";
import { bodyOf, type BodyOptions, followBody } from "./body.ts";
import { refusalDraft } from "./drafts.ts";
import { FileStore } from "./fileStore.ts";
import { commonHeaders, preflightHeaders } from "./headers.ts";
import { Objects } from "./objects.ts";
import { paced, resolvePace } from "./pace.ts";
import { noteSigned, PROVIDERS } from "./providers.ts";
import { aPace, checkReply } from "./replyRules.ts";
import { unparsable } from "./requestRules.ts";
import { type Arguments, type OpenRequest, openRequest, readArguments } from "./requestLog.ts";
import { type Destination, findRoute, type Settings } from "./route.ts";
import { DEFAULT_MODELS } from "./routes/models.ts";
import { ROUTES } from "./routes/table.ts";
import { isDraft, readDraft, type Resolved, resolveReply } from "./scripted.ts";
import type { Draft, RecordedRequest, Reply, MockAPI, MockAPIOptions } from "./types.ts";
import { untilAborted, wait, waitForAbort } from "./wait.ts";

/**
 * Creates a mock of the OpenAI API: a drop-in for `fetch`, or the handler of a server on any runtime. It has the API's
 * endpoints, checks, errors and timing. Scripted replies are used in order; requests without one get a deterministic
 * default answer.
 *
 * @param options `pace`, `provider`, `apiKeys`, `models`, and more
 * @returns the mock API, without any reply queued
 * @throws InputError for an option that is unknown or has a wrong value
 * @example
 * ```ts
 * const mock = createMockAPI({ pace: "instant" });
 * mock.reply("Hello", { status: 429, headers: { "retry-after": "1" } });
 * const client = createClient({ apiKey: "sk-test", fetch: mock.fetch });
 * ```
 */
export function createMockAPI(options: MockAPIOptions = {}): MockAPI {
  checkOptions(options, OPTIONS, "");
  return new Script(options);
}

const OPTIONS: Rules = {
  pace: aPace,
  apiKeys: strings,
  provider: oneOf(...Object.keys(PROVIDERS)),
  models: strings,
  strictModels: aBoolean,
  checkRequests: aBoolean,
  defaultReply: checkReply,
  now: aFunction,
};

class Script implements MockAPI {
  readonly #settings: Settings;
  readonly #defaultReply: Reply | undefined;
  readonly #queue: Reply[] = [];
  readonly #failures: Map<number, Reply> = new Map();
  readonly #requests: RecordedRequest[] = [];
  #calls = 0;

  constructor(options: MockAPIOptions) {
    const { now } = options;
    this.#defaultReply = options.defaultReply;
    this.#settings = {
      provider: options.provider ?? "openai",
      pace: options.pace ?? {},
      apiKeys: options.apiKeys,
      models: options.models ?? DEFAULT_MODELS,
      strictModels: options.strictModels ?? false,
      checkRequests: options.checkRequests ?? true,
      now: now ?? (() => Date.now()),
      today: () => (now ? new Date(now()).toISOString().slice(0, 10) : undefined),
      signed: new Map(),
      files: new FileStore(),
      responses: new Map(),
      objects: new Objects(),
      ask: (request) => this.#ask(request),
    };
  }

  // Arrow functions, so that callers can use them unbound.
  readonly fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    return await this.#take(readArguments(input, init), false);
  };

  readonly handle = async (request: Request): Promise<Response> => {
    try {
      return await this.#take(readArguments(request), true);
    } catch (error) {
      // A server logs an error of its handler, and a disconnected client is not an error.
      if (request.signal.aborted) return new Response(null, { status: 499 });
      throw error;
    }
  };

  readonly reply = (...replies: readonly Reply[]): MockAPI => {
    for (const [at, reply] of replies.entries()) checkReply(reply, `replies[${at}]`);
    this.#queue.push(...replies);
    return this;
  };

  readonly failOn = (call: number, reply: Reply): MockAPI => {
    checkReply(reply, "reply");
    this.#failures.set(call, reply);
    return this;
  };

  readonly reset = (): void => {
    this.#queue.length = 0;
    this.#failures.clear();
    this.#requests.length = 0;
    this.#settings.files.clear();
    this.#settings.responses.clear();
    this.#settings.objects.clear();
    this.#settings.signed.clear();
    this.#calls = 0;
  };

  get requests(): readonly RecordedRequest[] {
    return this.#requests;
  }

  get pending(): number {
    return this.#queue.length;
  }

  async #take(call: Arguments, isServed: boolean): Promise<Response> {
    call.signal?.throwIfAborted();
    if (call.method === "OPTIONS") return new Response(null, { status: 204, headers: preflightHeaders() });
    this.#calls += 1;
    const open = await openRequest(this.#calls, call, isServed);
    this.#requests.push(open.record);
    // Bodies of concurrent requests may finish in another order than the requests began.
    this.#requests.sort((one, other) => one.number - other.number);
    try {
      return await this.#answer(open);
    } catch (error) {
      open.end(open.signal?.aborted ? "cancelled" : "broken");
      throw error;
    }
  }

  async #answer(open: OpenRequest): Promise<Response> {
    const { record } = open;
    const signal = open.signal ?? new AbortController().signal;
    const isOpenAI = this.#settings.provider === "openai";
    const destination = findRoute(ROUTES, record.method, record.path, isOpenAI);
    const failure = this.#failures.get(record.number);
    const refusal = failure === undefined ? this.#check(record, destination) : undefined;
    if (refusal) return respond(open, signal, addHeaders(record, refusalDraft(refusal)));
    const resolved = await untilAborted(
      resolveReply(failure ?? this.#queue.shift(), record, this.#defaultReply),
      signal,
    );
    noteSigned(resolved.overrides, this.#settings.signed);
    if (resolved.reply instanceof Response && resolved.faults.length === 0) return passOn(open, resolved.reply);
    const draft = addHeaders(record, await this.#draft(record, destination, resolved), resolved.overrides.headers);
    return await respond(
      open,
      signal,
      resolved.faults.reduce((sound, fault) => fault.apply(sound), draft),
    );
  }

  #check(request: RecordedRequest, destination: Destination | Refusal): Refusal | undefined {
    const settings = this.#settings;
    if (isTooDeep(request.body)) return unparsable();
    const keyRefusal = settings.checkRequests ? checkKey(request.headers, settings.apiKeys) : undefined;
    if (keyRefusal) return keyRefusal;
    // A test may use paths of its own as long as it queues replies for them.
    if (!("route" in destination)) return this.#queue.length === 0 ? destination : undefined;
    return settings.checkRequests ? destination.route.check?.(request, settings) : undefined;
  }

  #ask(request: RecordedRequest): Draft | Refusal {
    const settings = this.#settings;
    const destination = findRoute(ROUTES, request.method, request.path, settings.provider === "openai");
    if (!("route" in destination)) return destination;
    const { route, params } = destination;
    return route.check?.(request, settings) ?? route.answer({ request, params, reply: {}, settings });
  }

  async #draft(request: RecordedRequest, destination: Destination | Refusal, resolved: Resolved): Promise<Draft> {
    const { reply, overrides } = resolved;
    if (reply instanceof Response) return await readDraft(reply);
    if (isDraft(reply))
      return paced(reply, resolvePace(overrides.pace ?? (isStream(reply) ? this.#settings.pace : "instant")));
    if (!("route" in destination)) return refusalDraft(destination);
    const answer = destination.route.answer({ request, params: destination.params, reply, settings: this.#settings });
    return "error" in answer ? refusalDraft(answer) : answer;
  }
}

/** Returns true if JSON is nested so deeply that recursion over it would exhaust the stack. */
function isTooDeep(body: unknown): boolean {
  let level = [body];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > 1000) return true;
    level = level.flatMap((value) =>
      typeof value === "object" && value !== null ? Object.values<unknown>({ ...value }) : [],
    );
  }
  return false;
}

function isStream(draft: Draft): boolean {
  return draft.headers["content-type"]?.startsWith("text/event-stream") ?? false;
}

/** Adds the headers of every response. The test's own headers override them. */
function addHeaders(request: RecordedRequest, draft: Draft, extra: Readonly<Record<string, string>> = {}): Draft {
  const own = Object.fromEntries(Object.entries(extra).map(([name, value]) => [name.toLowerCase(), value]));
  const processing = typeof draft.before === "number" ? draft.before : 0;
  return { ...draft, headers: { ...commonHeaders(request.number, processing), ...draft.headers, ...own } };
}

async function respond(open: OpenRequest, signal: AbortSignal, draft: Draft): Promise<Response> {
  const { before, status, headers } = draft;
  if (before instanceof Error) throw before;
  if (before === "forever") return await waitForAbort(signal);
  await wait(before, signal);
  const body = hasBody(status) ? bodyOf(draft.pieces, bodyOptions(open)) : null;
  if (body === null) open.end("complete");
  return new Response(body, { status, headers });
}

function bodyOptions({ signal, isServed, end }: OpenRequest): BodyOptions {
  return { signal, isQuiet: isServed, onEnd: end };
}

function hasBody(status: number): boolean {
  return ![101, 204, 205, 304].includes(status);
}

function passOn(open: OpenRequest, response: Response): Response {
  const { body, status, statusText, headers } = response;
  if (body === null) open.end("complete");
  const followed = body && followBody(body, bodyOptions(open));
  return new Response(followed, { status, statusText, headers });
}
