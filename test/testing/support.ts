import { createMockAPI, type MockAPI, type MockAPIOptions } from "../../src/testing/index.ts";

/** The address of chat completions. */
export const CHAT = "https://api.openai.com/v1/chat/completions";

/** A choice of a completion or of a chunk. */
export interface ReadChoice {
  index: number;
  finish_reason: string | null;
  logprobs: unknown;
  message: Record<string, unknown> & { content: string | null; tool_calls?: ReadCall[] };
  delta: Record<string, unknown> & { content?: string | null; tool_calls?: ReadCall[] };
}

/** A tool call, whole or in part. */
export interface ReadCall {
  index?: number;
  id?: string;
  type?: string;
  function?: { name?: string; arguments: string };
  custom?: { name?: string; input: string };
}

/** A completion or a chunk. */
export interface ReadObject {
  [field: string]: unknown;
  choices: ReadChoice[];
  usage?: { prompt_tokens: number; completion_tokens: number; total_tokens: number } | null;
  error?: { message: string; type: string; param: string | null; code: string | null };
}

/** Creates a mock API that starts no timer. */
export function instant(options: MockAPIOptions = {}): MockAPI {
  return createMockAPI({ pace: "instant", ...options });
}

/** Returns the options of a POST request with a key. */
export function post(body: unknown, init: RequestInit = {}): RequestInit {
  const headers = { authorization: "Bearer sk-test-0123456789", "content-type": "application/json" };
  return { method: "POST", headers, body: typeof body === "string" ? body : JSON.stringify(body), ...init };
}

/** Returns a prompt as messages. */
export function user(content: unknown): { role: string; content: unknown }[] {
  return [{ role: "user", content }];
}

/** Requests a completion and returns the response. */
export function ask(mock: MockAPI, params: object, init: RequestInit = {}): Promise<Response> {
  return mock.fetch(CHAT, post({ model: "test-model", messages: user("Hello"), ...params }, init));
}

/** Requests a whole completion and reads it. */
export async function complete(mock: MockAPI, params: object = {}): Promise<ReadObject> {
  const response = await ask(mock, params);
  return (await response.json()) as ReadObject;
}

/** Returns the content of the first choice. */
export async function say(mock: MockAPI, prompt: unknown, params: object = {}): Promise<string> {
  const completion = await complete(mock, { messages: user(prompt), ...params });
  return completion.choices[0]?.message.content ?? "";
}

/** Returns the data of each event of an event stream. */
export function dataOf(text: string): string[] {
  return text
    .split("\n\n")
    .filter((event) => event !== "")
    .map((event) => event.replace(/^data: /, ""));
}

/** Requests a stream and reads its chunks. Throws if the last event is not `[DONE]`. */
export async function chunks(mock: MockAPI, params: object = {}): Promise<ReadObject[]> {
  const response = await ask(mock, { stream: true, ...params });
  const data = dataOf(await response.text());
  if (data.pop() !== "[DONE]") throw new Error("The stream has no [DONE]");
  return data.map((text) => JSON.parse(text) as ReadObject);
}

/** Returns the joined content of a choice's deltas. */
export function joined(list: readonly ReadObject[], index = 0): string {
  return list
    .flatMap((chunk) => chunk.choices)
    .filter((choice) => choice.index === index)
    .map((choice) => choice.delta.content ?? "")
    .join("");
}

/** Reads a body to its end or to its error, and returns its chunks and the error. */
export async function readPieces(response: Response): Promise<{ pieces: Uint8Array[]; error?: unknown }> {
  const pieces: Uint8Array[] = [];
  const reader = response.body?.getReader();
  try {
    for (;;) {
      const read = await reader?.read();
      if (!read || read.done) return { pieces };
      pieces.push(read.value);
    }
  } catch (error) {
    return { pieces, error };
  }
}

/** Decodes chunks as one text. */
export function textOf(pieces: readonly Uint8Array[]): string {
  const decoder = new TextDecoder();
  return pieces.map((piece) => decoder.decode(piece, { stream: true })).join("") + decoder.decode();
}
