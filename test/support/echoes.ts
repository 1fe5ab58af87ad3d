import { ENCODINGS } from "./encodings.ts";

/** The key that an upstream repeats. */
export const ECHOED = "sk-relay-A1b2/C3d4+E5f6G7==";

/** A response of an upstream that repeats the key. */
export interface Echo {
  readonly name: string;
  readonly status: number;
  readonly statusText?: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The chunks of the body. */
  readonly pieces: readonly string[];
  /** True if the client requests a stream. */
  readonly stream: boolean;
  /** True if the relay answers 200 before the upstream answers. */
  readonly late: boolean;
}

const JSON_TYPE = { "content-type": "application/json" };
const EVENTS = { "content-type": "text/event-stream" };
const ANSWER = '{"choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}]}';
const DONE = "data: [DONE]\n\n";

const HEADERS = [
  "content-type",
  "x-request-id",
  "retry-after",
  "retry-after-ms",
  "x-should-retry",
  "x-ratelimit-limit-requests",
  "x-ratelimit-reset-tokens",
  "openai-model",
  "openai-organization",
  "openai-processing-ms",
  "openai-version",
];

const chunk = (delta: object): string => `data: ${JSON.stringify({ choices: [{ index: 0, delta }] })}\n\n`;
const halves = (text: string, at: number): [string, string] => [text.slice(0, at), text.slice(at)];

function echo(
  name: string,
  status: number,
  headers: Record<string, string>,
  pieces: readonly string[],
  more: Partial<Echo> = {},
): Echo {
  return { name, status, headers, pieces, stream: headers === EVENTS, late: false, ...more };
}

function headersOf(): Echo[] {
  return HEADERS.flatMap((name) =>
    [200, 429].flatMap((status) =>
      (["as it is", "percent-encoded in part", "in base64 as a password"] as const).map((form) => {
        const value = ENCODINGS.find(([one]) => one === form)?.[1](ECHOED) ?? "";
        const headers = { ...JSON_TYPE, [name]: name === "content-type" ? `application/json; k="${value}"` : value };
        return echo(`${status} with the key ${form} in the header ${name}`, status, headers, [ANSWER]);
      }),
    ),
  );
}

function bodies(): Echo[] {
  return ENCODINGS.flatMap(([form, encode]) => {
    const text = encode(ECHOED);
    const error = `{"error":{"message":"Bad key ${text}","code":"${text}","${text}":1}}`;
    const answer = `{"choices":[{"index":0,"message":{"role":"assistant","content":"${text}"}}]}`;
    const event = `data: {"choices":[{"index":0,"delta":{"content":"${text}"}}]}\n\n`;
    return [
      echo(`401 with the key ${form}`, 401, JSON_TYPE, [error]),
      echo(`401 with the key ${form}, late`, 401, JSON_TYPE, [error], { stream: true, late: true }),
      echo(`200 with the key ${form}`, 200, JSON_TYPE, [answer]),
      echo(`200 with the key ${form}, byte for byte`, 200, JSON_TYPE, Array.from(answer)),
      echo(`an event with the key ${form}`, 200, EVENTS, [event + DONE]),
      echo(`an event with the key ${form}, byte for byte`, 200, EVENTS, [...Array.from(event), DONE]),
      echo(`an event with the key ${form}, late`, 200, EVENTS, [event, DONE], { late: true }),
      echo(`an error event with the key ${form}`, 200, EVENTS, [`event: error\ndata: ${error}\n\n`]),
      echo(`half an event with the key ${form}, that never ends`, 200, EVENTS, [DONE, `data: {"a":"${text}`]),
    ];
  });
}

function splits(): Echo[] {
  const responses = (delta: string): string =>
    `event: response.output_text.delta\ndata: ${JSON.stringify({ type: "response.output_text.delta", item_id: "m", output_index: 0, content_index: 0, delta })}\n\n`;
  const call = (text: string): string => chunk({ tool_calls: [{ index: 3, function: { arguments: text } }] });
  const pairs = [3, 9, 20].map((at) => halves(ECHOED, at));
  return [
    ...pairs.map((pair, at) =>
      echo(`deltas with two parts of the key (${at})`, 200, EVENTS, [
        ...pair.map((content) => chunk({ content })),
        DONE,
      ]),
    ),
    ...pairs.map((pair, at) =>
      echo(
        `deltas with two parts of it, late (${at})`,
        200,
        EVENTS,
        [...pair.map((content) => chunk({ content })), DONE],
        { late: true },
      ),
    ),
    echo("the key in deltas of one character each", 200, EVENTS, [
      ...Array.from(`Key: ${ECHOED}.`, (content) => chunk({ content })),
      DONE,
    ]),
    echo("the key in deltas of reasoning", 200, EVENTS, [
      ...Array.from(ECHOED, (reasoning_content) => chunk({ reasoning_content })),
      DONE,
    ]),
    echo("the key in deltas of arguments", 200, EVENTS, [
      ...Array.from(`{"k":"${ECHOED.replaceAll("/", "\\/")}"}`, call),
      DONE,
    ]),
    echo("deltas of arguments with the key as \\u", 200, EVENTS, [
      ...(
        `{"k":"${Array.from(ECHOED, (one) => `\\u00${one.charCodeAt(0).toString(16)}`).join("")}"}`.match(/.{1,4}/g) ??
        []
      ).map(call),
      DONE,
    ]),
    echo("deltas of the Responses API with the key", 200, EVENTS, Array.from(ECHOED, responses)),
    echo("deltas of the key in base64", 200, EVENTS, [
      ...Array.from(btoa(ECHOED), (content) => chunk({ content })),
      DONE,
    ]),
    echo("the key in deltas that arrive in one chunk", 200, EVENTS, [
      Array.from(ECHOED, (content) => chunk({ content })).join("") + DONE,
    ]),
  ];
}

function others(): Echo[] {
  const long = "x".repeat(70_000);
  return [
    echo("the key in the status text", 401, JSON_TYPE, ['{"error":{"message":"No."}}'], {
      statusText: `Bad key ${ECHOED}`,
    }),
    echo("a page of HTML with it", 500, { "content-type": "text/html" }, [`<html>${ECHOED}</html>`]),
    echo("a page of HTML with it, late", 502, { "content-type": "text/html" }, [`<html>${ECHOED}</html>`], {
      stream: true,
      late: true,
    }),
    echo("a page of HTML at 200 with it", 200, { "content-type": "text/html" }, [`<html>${ECHOED}</html>`]),
    echo("the key in a content type, late", 200, { "content-type": `application/json; k=${ECHOED}` }, [ANSWER], {
      stream: true,
      late: true,
    }),
    echo("the key in a body without a content type", 200, {}, [ECHOED]),
    echo("a body that is only the key", 403, JSON_TYPE, [JSON.stringify(ECHOED)]),
    echo("a refusal that is cut within the key", 401, JSON_TYPE, [
      `{"error":{"message":"Bad key ${ECHOED.slice(0, -2)}`,
    ]),
    echo("an answer that is cut within the key", 200, JSON_TYPE, [`{"a":"${ECHOED.slice(0, -2)}`]),
    echo("a long refusal whose limit is within the key", 401, JSON_TYPE, ["x".repeat(256 * 1024 - 25), ECHOED]),
    echo("a comment with it", 200, EVENTS, [`: ${ECHOED}\n\n`, DONE]),
    echo("the key in an event's name, id and retry", 200, EVENTS, [
      `event: ${ECHOED}\nid: ${ECHOED}\nretry: ${ECHOED}\ndata: {}\n\n`,
      DONE,
    ]),
    echo("the key in events with carriage returns", 200, EVENTS, [
      `data: {"a":"${ECHOED}"}\r\rdata: {"a":"${ECHOED}"}\r\n\r\n`,
    ]),
    echo("the key in an event that is too long to buffer", 200, EVENTS, [
      `data: {"a":"${long}`,
      ECHOED.slice(0, 9),
      `${ECHOED.slice(9)}"}\n\n`,
      DONE,
    ]),
    echo("data that is no JSON", 200, EVENTS, [`data: ${ECHOED}\n\n`]),
    echo("the key cut in two", 200, JSON_TYPE, [
      `{"a":"${ECHOED.slice(0, 1)}`,
      ECHOED.slice(1, -1),
      `${ECHOED.slice(-1)}"}`,
    ]),
  ];
}

/** Responses that repeat the key in every part of a response and in every encoding. */
export const ECHOES: readonly Echo[] = [...headersOf(), ...bodies(), ...splits(), ...others()];
