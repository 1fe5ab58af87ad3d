/** The answers of a hostile, broken or careless server to a request with a visitor's key, by their names in tests. */
import type { IncomingMessage, ServerResponse } from "node:http";

/** The context of an act. */
export interface Stage {
  /** The key of the request. */
  readonly key: string;
  /** The origin of another server. */
  readonly thief: string;
  /** The number of earlier requests to this act. */
  readonly before: number;
}

/** Answers one request that is not a preflight. */
export type Act = (response: ServerResponse, stage: Stage, request: IncomingMessage) => void;

/** Headers that allow every page, so that only the client protects the key. */
export const OPEN: Readonly<Record<string, string>> = {
  "access-control-allow-origin": "*",
  "access-control-allow-headers": "authorization, content-type, api-key, x-own",
  "access-control-expose-headers": "*",
};

const send =
  (
    status: number,
    body: (stage: Stage) => string,
    headers: (stage: Stage) => Record<string, string> = () => ({}),
  ): Act =>
  (response, stage) => {
    response.writeHead(status, { ...OPEN, "content-type": "application/json", ...headers(stage) }).end(body(stage));
  };
const redirect = (status: number, location: (stage: Stage) => string): Act =>
  send(
    status,
    () => "",
    (stage) => ({ location: location(stage) }),
  );
const events = (text: (stage: Stage) => string): Act =>
  send(200, text, () => ({ "content-type": "text/event-stream" }));
const told = (error: unknown): string => JSON.stringify({ error });
const escaped = (key: string): string => key.replaceAll("/", "\\/");
const DELTA = 'data: {"choices":[{"index":0,"delta":{"content":"Half"}}]}\n\n';

/** The acts by name. */
export const ACTS: Readonly<Record<string, Act>> = {
  ...Object.fromEntries(
    [301, 302, 303, 307, 308].map((status) => [
      `redirects by ${status} to another host`,
      redirect(status, ({ thief }) => `${thief}/v1/chat/completions`),
    ]),
  ),
  "redirects to another host, with the key in the address": redirect(
    307,
    ({ thief, key }) => `${thief}/v1?key=${encodeURIComponent(key)}&raw=${key.replaceAll("/", "")}`,
  ),
  "redirects to its own origin, and from there to another": (response, stage, request) => {
    const first = !request.url?.includes("again");
    redirect(308, ({ thief }) =>
      first ? `http://${request.headers.host ?? ""}${request.url ?? ""}/again` : `${thief}/v1`,
    )(response, stage, request);
  },
  "redirects to an address without a scheme": redirect(302, ({ thief }) => thief.replace("http:", "")),
  "repeats the key in an error's message, code, type and parameter": send(401, ({ key }) =>
    told({ message: `Incorrect API key provided: ${key}.`, code: key, type: key, param: key }),
  ),
  "repeats the whole header in an error": send(403, ({ key }) =>
    told({ message: "No.", request: { authorization: `Bearer ${key}` } }),
  ),
  "repeats the key with JSON's escapes": send(401, ({ key }) => `{"error":{"message":"Bad key ${escaped(key)}"}}`),
  "repeats the key in a page of HTML": send(
    500,
    ({ key }) => `<html>Bearer ${key}</html>`,
    () => ({ "content-type": "text/html" }),
  ),
  "repeats the key in headers of an error": send(
    401,
    () => told("No."),
    ({ key }) => ({ "x-echo": `Bearer ${key}`, "www-authenticate": `Bearer realm="${key}"`, "x-request-id": key }),
  ),
  "repeats the key in headers of an answer": send(
    200,
    () => '{"choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"Hi"}}]}',
    ({ key }) => ({ "x-echo": key, "x-request-id": `req-${key}` }),
  ),
  "repeats the key in the status line": (response, { key }) =>
    void response.writeHead(401, `No ${key}`, OPEN).end("{}"),
  "repeats the key in a 200 that is no answer": send(
    200,
    ({ key }) => `Bearer ${key}`,
    () => ({ "content-type": "text/plain" }),
  ),
  "repeats the key in a 200 that is an error": send(200, ({ key }) => told({ message: `Bad key ${key}` })),
  "repeats the key in JSON that breaks off": send(200, ({ key }) => `{"choices":[{"message":{"content":"${key}`),
  "repeats the key in a stream's error": events(
    ({ key }) => `${DELTA}event: error\ndata: ${told({ message: `Bad key ${key}`, code: key })}\n\n`,
  ),
  "repeats the key in an event that is no JSON": events(({ key }) => `${DELTA}data: Bearer ${key}\n\n`),
  "repeats the key in an event's name, its id and a comment": events(
    ({ key }) => `${DELTA}: ${key}\nevent: ${key}\nid: ${key}\ndata: {"error":{"message":"No."}}\n\n`,
  ),
  "cuts its stream off": (response) =>
    void response
      .writeHead(200, { ...OPEN, "content-type": "text/event-stream" })
      .write(DELTA, () => setTimeout(() => response.destroy(), 20)),
  "closes the connection without an answer": (response) => void response.destroy(),
  "answers without leave for other origins": (response) =>
    void response.writeHead(200, { "content-type": "application/json" }).end("{}"),
  "points elsewhere by headers": send(
    503,
    () => told("Busy."),
    ({ thief }) => ({
      refresh: `0; url=${thief}/refresh`,
      "content-location": `${thief}/located`,
      link: `<${thief}/linked>; rel=preload; as=fetch`,
      "alt-svc": `h2="${thief.replace("http://", "")}"`,
      "report-to": `{"group":"default","max_age":60,"endpoints":[{"url":"${thief}/report"}]}`,
      nel: '{"report_to":"default","max_age":60,"failure_fraction":1}',
      sourcemap: `${thief}/map`,
    }),
  ),
  "asks to be asked again, and then redirects": (response, stage, request) => {
    if (stage.before === 0)
      return send(
        429,
        ({ key }) => told(`Slow down, ${key}`),
        () => ({ "retry-after-ms": "1" }),
      )(response, stage, request);
    redirect(307, ({ thief }) => `${thief}/v1`)(response, stage, request);
  },
  "never answers": () => undefined,
};
