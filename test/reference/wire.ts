import type { Fetch } from "../../src/index.ts";
import type { RecordedCall, RecordedRequest, RecordedResponse } from "./recording.ts";

/** A network of one server, which answers as recorded. */
export interface Wire {
  readonly fetch: Fetch;
  /** Says what the next call is to be answered with. */
  expect(call: RecordedCall): void;
  /** The request that the call made, if it made one. */
  sent(): RecordedRequest | undefined;
}

/** What is answered where the reference asked nothing: enough for a call that fetchat makes all the same. */
const UNRECORDED: RecordedResponse = {
  status: 200,
  headers: { "content-type": "application/json" },
  body: {
    id: "x",
    object: "chat.completion",
    created: 1,
    model: "m",
    choices: [{ index: 0, message: { role: "assistant", content: "ok" }, finish_reason: "stop" }],
    output: [],
    status: "completed",
  },
};

/** Makes a network. */
export function createWire(): Wire {
  let current: RecordedCall = {};
  let request: RecordedRequest | undefined;
  return {
    async fetch(url, { method = "GET", headers, body }) {
      const text = typeof body === "string" ? body : undefined;
      request = {
        method,
        url,
        headers: Object.fromEntries(new Headers(headers)),
        ...(text === undefined ? {} : { body: JSON.parse(text) as unknown }),
      };
      if (current.response) return toResponse(current.response);
      if (current.outcome?.status !== undefined) return new Response("", { status: current.outcome.status });
      if (current.request?.unsent) throw new TypeError("connection refused");
      return toResponse(UNRECORDED);
    },
    expect(call) {
      current = call;
      request = undefined;
    },
    sent: () => request,
  };
}

/** A call whose recorded stream ends with a finish reason, in front of its `[DONE]` if it has one. */
export function finished(call: RecordedCall): RecordedCall {
  const { response } = call;
  if (!response) return call;
  const { chunks: recorded = [typeof response.body === "string" ? response.body : ""] } = response;
  const text = new TextDecoder().decode(concat(recorded.map(bytesOf)));
  const indexes = new Set(["0", ...[...text.matchAll(/"index": ?(\d+)/g)].map(([, index]) => index)]);
  const choices = [...indexes].map((index) => ({ index: Number(index), delta: {}, finish_reason: "stop" }));
  const finish = `data: ${JSON.stringify({ choices })}\n\n`;
  const done = text.search(/^[ \t]*data: ?\[DONE\]/m);
  const chunks = done === -1 ? [text, "\n\n", finish] : [text.slice(0, done), finish, text.slice(done)];
  return { ...call, response: { ...response, chunks } };
}

function concat(pieces: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(pieces.flatMap((piece) => [...piece]));
}

function bytesOf(piece: string | { readonly base64: string }): Uint8Array<ArrayBuffer> {
  return typeof piece === "string"
    ? new TextEncoder().encode(piece)
    : Uint8Array.from(atob(piece.base64), (char) => char.charCodeAt(0));
}

function toResponse({ status, headers, body, chunks }: RecordedResponse): Response {
  if (!chunks) return new Response(typeof body === "string" ? body : JSON.stringify(body), { status, headers });
  const pieces = chunks.map(bytesOf);
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      const piece = pieces.shift();
      if (piece) controller.enqueue(piece);
      else controller.close();
    },
  });
  return new Response(stream, { status, headers });
}
