import { createClient, type ClientOptions, type OpenAI } from "../../src/index.ts";
import { requestFaults } from "../support/openapi.ts";
import { checkItems } from "../../src/testing/responses/rules.ts";

type Fields = Record<string, unknown>;

/** A response, as the API sends one. */
export function responseBody(output: readonly object[], fields: Fields = {}): Fields {
  return {
    id: "resp_1",
    object: "response",
    created_at: 1,
    status: "completed",
    error: null,
    incomplete_details: null,
    instructions: null,
    model: "gpt-6-luna",
    output,
    parallel_tool_calls: true,
    previous_response_id: null,
    store: true,
    temperature: 1,
    tools: [],
    tool_choice: "auto",
    top_p: 1,
    metadata: {},
    usage: { input_tokens: 3, output_tokens: 2, total_tokens: 5 },
    ...fields,
  };
}

/** A message of the model's. */
export function said(text: string, fields: Fields = {}): Fields {
  return {
    id: "msg_1",
    type: "message",
    status: "completed",
    role: "assistant",
    content: [{ type: "output_text", text, annotations: [], logprobs: [] }],
    ...fields,
  };
}

/** A call of the model's. */
export function called(name: string, args: string, fields: Fields = {}): Fields {
  return {
    id: "fc_1",
    type: "function_call",
    status: "completed",
    call_id: "call_1",
    name,
    arguments: args,
    ...fields,
  };
}

/** One event in the wire format, with its `event:` line. */
export function ev(type: string, fields: Fields = {}): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
}

/** A delta of text. */
export const text = (delta: string, fields: Fields = {}): string =>
  ev("response.output_text.delta", { item_id: "msg_1", output_index: 0, content_index: 0, delta, ...fields });

/** The events of a streamed response that says something, and perhaps thinks and calls. */
export function events(response: Fields, deltas: readonly string[]): string[] {
  return [
    ev("response.created", { response: { ...response, status: "in_progress", output: [], usage: null } }),
    ev("response.in_progress", { response: { ...response, status: "in_progress", output: [], usage: null } }),
    ...deltas,
    ev(`response.${String(response["status"])}`, { response }),
  ];
}

/** What is answered: events, a body with its status, a Response, or what `fetch` throws. */
export type Reply = readonly string[] | Fields | Response | Error | ((request: Fields) => Reply);

/** A request as it went out. */
export interface Sent {
  url: string;
  method: string;
  body: Fields;
}

/** What OpenAI's description of its API has against the requests that were sent since it was last asked. */
export function takeRequestFaults(): string[] {
  return requests.splice(0).flatMap(({ method, url, body }) => {
    const faults =
      requestFaults({ method, path: `/v1${url}`, headers: { "content-type": "application/json" }, body }) ?? [];
    const [first] = faults;
    // A message of several parts is described twice, and "exactly one" is then too few.
    const isTwice = faults.some((fault) => fault.includes('"passingSchemas":['));
    return first === undefined || isTwice ? [] : [`${first} in ${JSON.stringify(body)}`];
  });
}

const requests: Sent[] = [];

/** A client whose requests are answered in turn; `sent` has them. */
export function scripted(replies: Reply[], options: ClientOptions = {}): { client: OpenAI; sent: Sent[] } {
  const sent: Sent[] = [];
  const answer = (reply: Reply | undefined, body: Fields): Response => {
    if (reply === undefined) throw new Error("no reply is left");
    if (typeof reply === "function") return answer(reply(body), body);
    if (reply instanceof Error) throw reply;
    if (reply instanceof Response) return reply;
    if (Array.isArray(reply)) return streamOf(reply.join(""));
    const { httpStatus = 200, ...json } = reply as Fields;
    return new Response(JSON.stringify(json), {
      status: httpStatus as number,
      headers: { "content-type": "application/json" },
    });
  };
  const client = createClient({
    apiKey: "sk-test",
    maxRetries: 0,
    ...options,
    fetch: async (url, init) => {
      const body = typeof init.body === "string" ? (JSON.parse(init.body) as Fields) : {};
      const request = { url: url.replace(/^.*\/v1/, ""), method: init.method ?? "GET", body };
      sent.push(request);
      requests.push(request);
      return answer(replies.shift(), body);
    },
  });
  return { client, sent };
}

/** An event stream of a text, in pieces of a size; `open`: it is never closed. */
export function streamOf(
  content: string,
  { size = Infinity, open = false }: { size?: number; open?: boolean } = {},
): Response {
  const bytes = new TextEncoder().encode(content);
  let at = 0;
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (at < bytes.length) {
          controller.enqueue(bytes.slice(at, (at += Math.min(size, bytes.length - at))));
          return undefined;
        }
        if (open) return new Promise(() => undefined);
        controller.close();
        return undefined;
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}

/** An error as OpenAI words one. */
export function refusal(httpStatus: number, error: Fields): Fields {
  return { httpStatus, error: { message: "No.", type: "invalid_request_error", param: null, code: null, ...error } };
}

/** What the API holds against items that are sent with no id before them. */
export function faultOf(items: unknown): string | undefined {
  return checkItems(items as Fields[])?.error.message;
}
