import type { Deadline } from "./deadline.ts";

/** A body's text, and whether it was cut at the limit. */
export interface BodyText {
  readonly text: string;
  readonly cut: boolean;
}

/**
 * Reads a body as text up to a limit. Does not wait for what lies beyond.
 *
 * @param limit the longest text in bytes
 * @param deadline the call's time limits and signal
 * @param wait milliseconds after which the text so far counts as the whole. Default: no limit
 * @throws the deadline's error, or the error of the body
 */
export async function readText(
  body: ReadableStream<Uint8Array> | null,
  limit: number,
  deadline: Deadline,
  wait?: number,
): Promise<BodyText> {
  if (!body) return { text: "", cut: false };
  const reader = body.getReader();
  const cancel = (): void => void reader.cancel().catch(() => undefined);
  const timer = wait === undefined ? undefined : setTimeout(cancel, wait);
  try {
    return await deadline.race(readAll(reader, limit));
  } finally {
    clearTimeout(timer);
    cancel();
  }
}

async function readAll(reader: ReadableStreamDefaultReader<Uint8Array>, limit: number): Promise<BodyText> {
  const decoder = new TextDecoder();
  let size = 0;
  let text = "";
  // Most bodies arrive in one piece, which is decoded faster without `stream`.
  let held: Uint8Array | undefined;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return { text: text + decoder.decode(held), cut: false };
    if (held) text += decoder.decode(held, { stream: true });
    held = value.subarray(0, limit - size);
    size += value.byteLength;
    if (size > limit) return { text: text + decoder.decode(held, { stream: true }), cut: true };
  }
}
