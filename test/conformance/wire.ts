/** The API's own wire format in the few words that a case needs. */
import type { RawReply, Part } from "../support/script.ts";

/** One server-sent event. */
export function event(data: unknown): string {
  return `data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`;
}

/** A chunk of a streamed completion, of one choice. */
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

/** The event of some text. */
export function delta(content: string): string {
  return event(chunk({ content }));
}

/** The event that ends an answer. */
export function finish(reason = "stop"): string {
  return event(chunk({}, reason));
}

/** The event that carries the usage of a whole stream. */
export const USAGE: string = event({
  ...chunk({}),
  choices: [],
  usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
});

/** The end of a stream. */
export const DONE = "data: [DONE]\n\n";

/** A stream's first event: who speaks. */
export const ROLE: string = event(chunk({ role: "assistant", content: "" }));

/** The events of a whole answer, one for each piece of text. */
export function answer(...texts: string[]): string[] {
  return [ROLE, ...texts.map(delta), finish(), USAGE, DONE];
}

/** A reply that streams these parts. */
export function streamed(...body: Part[]): RawReply {
  return { body };
}

/** A whole answer, as `chat()` gets it. */
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

/** A reply of JSON. */
export function jsonReply(value: unknown, status = 200, headers: Record<string, string> = {}): RawReply {
  return { status, headers: { "content-type": "application/json", ...headers }, body: [JSON.stringify(value)] };
}

/** An error as OpenAI words one. */
export function refusal(status: number, error: object, headers: Record<string, string> = {}): RawReply {
  return jsonReply(
    { error: { message: "No.", type: "invalid_request_error", param: null, code: null, ...error } },
    status,
    headers,
  );
}

/** The conversation that most cases have. */
export const HELLO: { role: "user"; content: string }[] = [{ role: "user", content: "Hello" }];
