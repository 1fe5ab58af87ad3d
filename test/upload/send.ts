/** The part of the upload test that runs on every runtime. It imports nothing platform-specific. */
import { uploadFile } from "../../src/media/index.ts";
import type { createClient } from "../../src/index.ts";
import { Sha256 } from "./sha256.ts";

/** The outcome of an upload. */
export interface Outcome {
  readonly size: number;
  /** The hash that the sender computed. */
  readonly sha256: string;
  /** The server's answer. */
  readonly told: { readonly bytes: number; readonly sha256: string };
}

const PIECE = 64 * 1024;

/** Uploads some megabytes from a stream that creates them on demand. */
export async function send(create: typeof createClient, baseURL: string, megabytes: number): Promise<Outcome> {
  const client = create({ apiKey: "sk-test", baseURL });
  const hash = new Sha256();
  let left = (megabytes * 2 ** 20) / PIECE;
  let state = 1;
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (left-- <= 0) return controller.close();
        const words = new Uint32Array(PIECE / 4);
        // Marsaglia's xorshift: all chunks differ, so that a lost or doubled one is noticed.
        for (let at = 0; at < words.length; at++) {
          state ^= state << 13;
          state ^= state >>> 17;
          state ^= state << 5;
          words[at] = state;
        }
        const bytes = new Uint8Array(words.buffer);
        hash.update(bytes);
        controller.enqueue(bytes);
      },
    },
    { highWaterMark: 0 },
  );
  const told = await uploadFile(client, stream, { purpose: "batch" }, { filename: "big.jsonl" });
  return {
    size: megabytes * 2 ** 20,
    sha256: hash.hex(),
    told: { bytes: told.bytes, sha256: (told as unknown as { sha256: string }).sha256 },
  };
}
