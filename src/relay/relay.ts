import { drainRequest } from "../http/readBytes.ts";
import { within } from "../http/within.ts";
import { type RelayBody, readRequest } from "./body.ts";
import { allowedOrigin, authorize } from "./authorize.ts";
import { type RelayOptions, resolveSettings, type Settings } from "./options.ts";
import { eventBody, FailedSource, plainBody, type Source } from "./pipe.ts";
import { apiShape, errorEvent, Refusal, refusalResponse } from "./refusal.ts";
import type { ByteFilter } from "./redact.ts";
import { type Answer, type BodyReader, type Call, callUpstream, isEventStream, refusalError } from "./upstream.ts";

/**
 * Creates a request handler that passes requests on to the API with a key that its clients never see, and passes the
 * responses back unchanged. When a stream is silent, it sends heartbeat comments between the events: by writing them
 * the runtime notices that a client has disconnected, and the relay then stops the upstream.
 *
 * @param options the key, and optionally a token for clients, the upstream, and limits
 * @returns a function from a request to its response. It never rejects: a refusal is a JSON error in the API's shape,
 *   with a code that begins with `relay_`
 * @throws InputError for an unknown option, a wrong value, or a base URL that would expose the key over plain HTTP
 * @example
 * ```ts
 * export default {
 *   fetch: (request: Request, env: Env): Promise<Response> =>
 *     createRelay({ apiKey: env.OPENAI_API_KEY, token: env.RELAY_TOKEN })(request),
 * };
 * ```
 */
export function createRelay(options: RelayOptions): (request: Request) => Promise<Response> {
  const settings = resolveSettings(options);
  return async (request) => {
    const response = await answer(request, settings).catch((error: unknown) => refused(error, request));
    return withHeaders(response, allowedOrigin(request, settings));
  };
}

async function answer(request: Request, settings: Settings): Promise<Response> {
  authorize(request, settings);
  if (request.method === "OPTIONS") return new Response(null, { status: 204, headers: PREFLIGHT });
  const body = await readRequest(request, settings.maxBody, settings.bodyTimeout);
  const call = callUpstream(request, body.bytes, settings);
  const first = await firstAnswer(call, body, settings);
  return first === undefined ? lateResponse(call, settings) : toResponse(first, call, settings);
}

async function refused(error: unknown, request: Request): Promise<Response> {
  await drainRequest(request);
  if (error instanceof Refusal) return refusalResponse(error.error);
  return refusalResponse({ status: 500, code: "relay_failed", message: "The relay failed." });
}

/** Returns the upstream's answer, or `undefined` if it takes longer than a stream may wait. */
async function firstAnswer(call: Call, body: RelayBody, { headersWait }: Settings): Promise<Answer | undefined> {
  if (!body.stream) return call.answer;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const wait = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), headersWait);
  });
  return Promise.race([call.answer, wait]).finally(() => clearTimeout(timer));
}

function toResponse(answer: Answer, call: Call, settings: Settings): Response {
  const { status, headers } = answer;
  if (answer.kind === "refusal") return new Response(answer.body, { status, headers });
  if (answer.reader === undefined) return new Response(null, { status, headers });
  const source = readerSource(answer.reader, answer.filter, call, settings);
  const body = isEventStream(headers) ? eventBody(source, settings.heartbeat) : plainBody(source);
  return new Response(body, { status, headers });
}

function lateResponse(call: Call, settings: Settings): Response {
  return new Response(eventBody(lateSource(call, settings), settings.heartbeat, true), {
    headers: { "content-type": "text/event-stream" },
  });
}

function readerSource(reader: BodyReader, filter: ByteFilter, call: Call, { idleTimeout }: Settings): Source {
  const late = (): FailedSource => {
    call.leave();
    const message = `The API has sent nothing for ${idleTimeout} ms.`;
    return new FailedSource(errorEvent({ message, type: "api_error", code: "relay_idle" }, "stalled"));
  };
  return { read: () => within(reader.read(), idleTimeout, late), cancel: () => call.leave(), filter };
}

/**
 * Returns a source for a response that has already begun with 200: an answer that is not a stream becomes an error
 * event.
 */
function lateSource(call: Call, settings: Settings): Source {
  let opening: Promise<Source> | undefined;
  let source: Source | undefined;
  return {
    read: async () => (source ??= await (opening ??= openLate(call, settings))).read(),
    cancel: () => call.leave(),
    get filter() {
      return source?.filter;
    },
  };
}

async function openLate(call: Call, settings: Settings): Promise<Source> {
  const answer = await call.answer.catch((error: unknown) => {
    const refusal = error instanceof Refusal ? error.error : undefined;
    const ending = refusal?.code === "relay_timeout" ? "stalled" : "truncated";
    throw new FailedSource(errorEvent(refusal ? apiShape(refusal) : {}, ending));
  });
  if (answer.kind === "refusal") {
    throw new FailedSource(errorEvent(refusalError(answer.status, answer.body), "provider_error"));
  }
  if (answer.reader !== undefined && isEventStream(answer.headers))
    return readerSource(answer.reader, answer.filter, call, settings);
  call.leave();
  const found = JSON.stringify(answer.headers.get("content-type"));
  const message = `The API was asked for an event stream; its answer has the content type ${found}.`;
  throw new FailedSource(errorEvent({ message, type: "api_error", code: "relay_no_stream" }, "provider_error"));
}

const PREFLIGHT = {
  "access-control-allow-methods": "POST",
  "access-control-allow-headers": "authorization, content-type",
  "access-control-max-age": "600",
};

const EXPOSED = [
  "openai-model, openai-organization, openai-processing-ms, openai-version, retry-after, retry-after-ms",
  "x-ratelimit-limit-requests, x-ratelimit-limit-tokens, x-ratelimit-remaining-requests, x-ratelimit-remaining-tokens",
  "x-ratelimit-reset-requests, x-ratelimit-reset-tokens, x-request-id, x-should-retry",
].join(", ");

function withHeaders(response: Response, origin: string | undefined): Response {
  response.headers.set("cache-control", "no-store, no-transform");
  response.headers.set("x-content-type-options", "nosniff");
  if (origin === undefined) return response;
  response.headers.set("access-control-allow-origin", origin);
  response.headers.set("access-control-expose-headers", EXPOSED);
  response.headers.append("vary", "origin");
  return response;
}
