import type { Fetch } from "../../src/index.ts";

/** A request as it would be sent. */
export interface Sent {
  readonly url: string;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: Record<string, unknown>;
}

/** Creates a `fetch` that answers every request with one completion and records it. */
export function recorder(answer: unknown = completion()): { fetch: Fetch; sent: Sent[] } {
  const sent: Sent[] = [];
  const fetch: Fetch = async (url, { method = "GET", headers, body }) => {
    sent.push({
      url,
      method,
      headers: Object.fromEntries(new Headers(headers)),
      body: typeof body === "string" ? (JSON.parse(body) as Record<string, unknown>) : {},
    });
    return Response.json(answer);
  };
  return { fetch, sent };
}

/** Returns a whole answer with provider-specific fields in its message. */
export function completion(message: object = {}): object {
  return {
    id: "c1",
    object: "chat.completion",
    created: 1,
    model: "m",
    choices: [{ index: 0, message: { role: "assistant", content: "Hello", ...message }, finish_reason: "stop" }],
    usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
  };
}

/** One question. */
export const QUESTION = [{ role: "user", content: "Hi" }] as const;
