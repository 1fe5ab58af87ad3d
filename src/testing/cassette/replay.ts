import { OpenAIError } from "../../errors.ts";
import { checkOptions, oneOf, strings } from "../../options.ts";
import { bodyOf } from "../body.ts";
import { isRecord } from "../contentRules.ts";
import { piece } from "../pieces.ts";
import { readArguments } from "../requestLog.ts";
import type { Piece } from "../types.ts";
import { wait } from "../wait.ts";
import { fromBase64 } from "./base64.ts";
import { describeDifferences, type Difference, diffValues } from "./diff.ts";
import { cassetteRequest } from "./request.ts";
import type { Cassette, CassetteRequest, CassetteResponse, Exchange } from "./types.ts";

/** The options of {@link replay}. */
export interface ReplayOptions {
  /**
   * The timing of headers and pieces: as recorded, or at once without any timer.
   *
   * @default "instant"
   */
  timing?: "recorded" | "instant" | undefined;
  /** Paths in which a request may differ, with everything below them: `body.user`, `url`, `body.messages[0]`. */
  ignore?: readonly string[] | undefined;
  /**
   * Headers to compare as well, in lower case.
   *
   * @default none
   */
  matchHeaders?: readonly string[] | undefined;
}

/**
 * A request that the cassette does not contain, or whose recorded answers are used up. Clients neither retry nor wrap
 * this error.
 */
export class CassetteError extends OpenAIError {
  /** Always `CassetteError`. */
  override readonly name: string = "CassetteError";
  /**
   * The differences from the nearest recorded request; empty if the request is recorded and its answers are used up.
   */
  readonly differences: readonly Difference[];

  /** Only {@link replay} creates this error. */
  constructor(message: string, differences: readonly Difference[] = []) {
    super(message);
    this.differences = differences;
  }
}

/**
 * Creates a `fetch` that answers from a cassette. Equal requests get their answers in the recorded order, each once.
 *
 * @param cassette the result of {@link record}, or its JSON text
 * @param options `timing`, `ignore` and `matchHeaders`
 * @returns a function that can be called unbound. For a request that is not in the cassette it rejects with a {@link
 *   CassetteError}, which shows the difference to the nearest recorded request
 * @throws TypeError if the cassette is malformed
 * @example
 * ```ts
 * const client = createClient({ apiKey: "sk-test", fetch: replay(await readFile("cassette.json", "utf8")) });
 * ```
 */
export function replay(
  cassette: Cassette | string,
  options: ReplayOptions = {},
): (input: string | URL | Request, init?: RequestInit) => Promise<Response> {
  checkOptions(options, { timing: oneOf("recorded", "instant"), ignore: strings, matchHeaders: strings }, "options");
  const { exchanges } = readCassette(cassette);
  const used = new Set<Exchange>();
  return async (input, init) => {
    const call = readArguments(input, init);
    call.signal?.throwIfAborted();
    const request = await cassetteRequest(call);
    const exchange = findExchange(exchanges, used, request, options);
    used.add(exchange);
    return await play(exchange, call.signal, options.timing === "recorded");
  };
}

function readCassette(cassette: Cassette | string): Cassette {
  const given: unknown = typeof cassette === "string" ? JSON.parse(cassette) : cassette;
  if (isRecord(given) && given["version"] === 1 && Array.isArray(given["exchanges"]))
    return given as unknown as Cassette;
  throw new TypeError(
    'This is no cassette: expected { "version": 1, "exchanges": [...] }, as JSON.stringify(record(fetch)) gives it.',
  );
}

function findExchange(
  exchanges: readonly Exchange[],
  used: ReadonlySet<Exchange>,
  request: CassetteRequest,
  options: ReplayOptions,
): Exchange {
  const compared = exchanges.map((exchange) => ({
    exchange,
    differences: compare(exchange.request, request, options),
  }));
  const equal = compared.filter(({ differences }) => differences.length === 0).map(({ exchange }) => exchange);
  const next = equal.find((exchange) => !used.has(exchange));
  if (next) return next;
  const asked = `${request.method} ${request.url}`;
  if (equal.length > 0) {
    throw new CassetteError(
      `The cassette has ${equal.length} answer(s) to ${asked}, and all were given. Record this call again.`,
    );
  }
  const nearest = compared.toSorted((one, other) => distance(one.differences) - distance(other.differences))[0];
  if (nearest === undefined) throw new CassetteError(`The cassette is empty: it does not know ${asked}.`);
  const { differences } = nearest;
  const text = describeDifferences(differences);
  throw new CassetteError(
    `The cassette does not know ${asked}. The nearest of its ${exchanges.length} request(s) differs in\n${text}`,
    differences,
  );
}

/** Counts differences. Another method or address weighs more than any other body. */
function distance(differences: readonly Difference[]): number {
  return differences.reduce((sum, { path }) => sum + (path === "method" || path === "url" ? 1000 : 1), 0);
}

function compare(recorded: CassetteRequest, request: CassetteRequest, options: ReplayOptions): Difference[] {
  const { ignore = [], matchHeaders = [] } = options;
  const visible = ({ method, url, headers, body }: CassetteRequest): object => ({
    method,
    url,
    headers: Object.fromEntries(matchHeaders.map((name) => [name, headers[name]])),
    body,
  });
  const ignored = (path: string): boolean =>
    ignore.some((prefix) => path === prefix || (/^[.[]/.test(path.slice(prefix.length)) && path.startsWith(prefix)));
  return diffValues(visible(recorded), visible(request), "").filter(({ path }) => !ignored(path));
}

async function play(exchange: Exchange, signal: AbortSignal | undefined, timed: boolean): Promise<Response> {
  const { response, failure } = exchange;
  if (response === undefined) throw new TypeError(failure ?? "fetch failed");
  if (timed) await wait(response.at, signal ?? new AbortController().signal);
  const { status, headers } = response;
  const isNull = response.ending === "complete" && response.pieces.length === 0;
  const body = isNull ? null : bodyOf(piecesOf(response, timed), { signal, onEnd: () => undefined });
  return new Response(body, { status, headers });
}

function* piecesOf(response: CassetteResponse, timed: boolean): Generator<Piece> {
  let before = 0;
  for (const { at, text, base64 } of response.pieces) {
    yield piece(base64 === undefined ? (text ?? "") : fromBase64(base64), timed ? at - before : 0);
    before = at;
  }
  if (response.ending === "broken") yield { kind: "break", error: new TypeError("terminated") };
  if (response.ending !== "cancelled" && response.ending !== "open") return;
  const who = response.ending === "cancelled" ? "its reader cancelled" : "the recording stopped";
  yield { kind: "break", error: new CassetteError(`The recorded body ends here: ${who} before it was complete.`) };
}
