/** Replies in the wire format of the API. */
import type { RawReply, Part } from "../support/script.ts";

/** Formats one server-sent event. */
export function event(data: unknown): string {
  return `data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`;
}

/** Returns a chunk of a streamed completion with one choice. */
export function chunk(delta: object, finish: string | null = null, more: object = {}): object {
  const choice = { index: 0, delta, finish_reason: finish, logprobs: null };
  return {
    id: "chatcmpl-1",
    object: "chat.completion.chunk",
    created: 1,
    model: "gpt-6-luna",
    choices: [choice],
    ...more,
  };
}

/** Returns an event with a text delta. */
export function delta(content: string): string {
  return event(chunk({ content }));
}

/** Returns the event with the finish reason. */
export function finish(reason = "stop"): string {
  return event(chunk({}, reason));
}

/** The event with the usage of a stream. */
export const USAGE: string = event({
  ...chunk({}),
  choices: [],
  usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
});

/** The end of a stream. */
export const DONE = "data: [DONE]\n\n";

/** The first event of a stream, with the role. */
export const ROLE: string = event(chunk({ role: "assistant", content: "" }));

/** Returns the events of a whole answer, with one delta per text. */
export function answer(...texts: string[]): string[] {
  return [ROLE, ...texts.map(delta), finish(), USAGE, DONE];
}

/** Returns a reply that streams these parts. */
export function streamed(...body: Part[]): RawReply {
  return { body };
}

/** Returns a whole answer for `chat()`. */
export function completion(content: string, more: object = {}): RawReply {
  const choice = {
    index: 0,
    message: { role: "assistant", content, refusal: null },
    finish_reason: "stop",
    logprobs: null,
  };
  const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
  return jsonReply({
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1,
    model: "gpt-6-luna",
    choices: [choice],
    usage,
    ...more,
  });
}

/** Returns a JSON reply. */
export function jsonReply(value: unknown, status = 200, headers: Record<string, string> = {}): RawReply {
  return { status, headers: { "content-type": "application/json", ...headers }, body: [JSON.stringify(value)] };
}

/** Returns an error reply in OpenAI's format. */
export function refusal(status: number, error: object, headers: Record<string, string> = {}): RawReply {
  return jsonReply(
    { error: { message: "No.", type: "invalid_request_error", param: null, code: null, ...error } },
    status,
    headers,
  );
}

/** The conversation of most cases. */
export const HELLO: { role: "user"; content: string }[] = [{ role: "user", content: "Hello" }];
