import { setImmediate as tick, setTimeout as sleep } from "node:timers/promises";
import type { ServerResponse } from "node:http";

/** The bytes of a body that are cut finely; cutting all of a 1 MB event would take minutes. */
const FINE_CUT = 64 * 1024;

/**
 * Writes a body in chunks of another size. Parts without a pause between them are joined first, so that `whole` is one
 * write and the chunks do not depend on how the body was created. Rejects as the body does.
 *
 * @returns the bytes written
 */
export async function pump(
  body: AsyncIterable<Uint8Array>,
  response: ServerResponse,
  pieces: "whole" | number,
  wrote: (bytes: number) => void,
): Promise<void> {
  let waiting: Uint8Array[] = [];
  const flush = async (): Promise<void> => {
    const bytes = Buffer.concat(waiting);
    waiting = [];
    for (const piece of cut(bytes, pieces)) {
      if (response.destroyed) return;
      wrote(piece.length);
      if (!response.write(piece)) await drained(response);
      if (pieces !== "whole") await tick();
    }
  };
  const reader = body[Symbol.asyncIterator]();
  try {
    let next = reader.next();
    for (;;) {
      const soon = await Promise.race([
        next.catch((error: unknown) => ({ error })),
        sleep(2, "pause" as const, { ref: false }),
      ]);
      if (soon === "pause") await flush();
      const item = await next;
      if (item.done === true) return await flush();
      waiting.push(item.value);
      next = reader.next();
      next.catch(() => undefined);
    }
  } catch (error) {
    await flush();
    throw error;
  } finally {
    void reader.return?.().catch(() => undefined);
  }
}

function* cut(bytes: Buffer, pieces: "whole" | number): Generator<Buffer> {
  if (pieces === "whole") {
    if (bytes.length > 0) yield bytes;
    return;
  }
  let at = 0;
  while (at < bytes.length) {
    const size = at < FINE_CUT ? pieces : Math.max(pieces, FINE_CUT);
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off("drain", done).off("close", done);
      resolve();
    };
    response.on("drain", done).on("close", done);
  });
}
