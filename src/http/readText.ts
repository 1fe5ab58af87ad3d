import type { Watch } from "./watch.ts";

/**
 * Reads a body as text, up to a limit; whatever lies beyond is not waited for.
 *
 * @param limit in bytes
 * @param wait in milliseconds: after it, what has come so far is taken for the whole; for ever by default
 * @returns the text, and whether it was cut at the limit
 * @throws what the watch says must stop it, or what the body fails with
 */
export async function readText(
  body: ReadableStream<Uint8Array> | null,
  limit: number,
  watch: Watch,
  wait?: number,
): Promise<{ text: string; cut: boolean }> {
  if (!body) return { text: "", cut: false };
  const reader = body.getReader();
  const letGo = (): void => void reader.cancel().catch(() => undefined);
  const timer = wait === undefined ? undefined : setTimeout(letGo, wait);
  try {
    return await watch.race(readAll(reader, limit));
  } finally {
    clearTimeout(timer);
    letGo();
  }
}

async function readAll(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  limit: number,
): Promise<{ text: string; cut: boolean }> {
  const decoder = new TextDecoder();
  let size = 0;
  let text = "";
  // Most bodies come in one piece, which is decoded faster as a whole.
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
