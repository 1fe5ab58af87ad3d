import { createHash, randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { boundaryOf, readMultipart, type StreamedFile } from "./multipart.ts";
import { Sha256 } from "./sha256.ts";

/** Reads a form whose bytes arrive in pieces of one size. */
async function read(form: FormData, size: number): Promise<Record<string, string | StreamedFile>> {
  const response = new Response(form);
  const boundary = boundaryOf(response.headers.get("content-type")) ?? "";
  const bytes = new Uint8Array(await response.arrayBuffer());
  let at = 0;
  const pieces = new ReadableStream<Uint8Array>({
    pull: (to) => (at < bytes.length ? to.enqueue(bytes.slice(at, (at += size))) : to.close()),
  });
  return readMultipart(pieces, boundary);
}

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

describe("Sha256", () => {
  it("equals Node's hash, however the bytes are cut", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 8 }), (pieces) => {
        const hash = new Sha256();
        for (const piece of pieces) hash.update(piece);
        expect(hash.hex()).toBe(sha256(Buffer.concat(pieces)));
      }),
    );
  });
});

describe("readMultipart()", () => {
  it("reads what a FormData wrote, however its bytes are cut", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(fc.uint8Array({ maxLength: 60 }), fc.constant(new TextEncoder().encode("\r\n--\r\n--x\r\n\r\n"))),
          { maxLength: 4 },
        ),
        fc.integer({ min: 1, max: 90 }),
        async (files, size) => {
          const form = new FormData();
          form.append("purpose", "batch\r\n");
          for (const [index, bytes] of files.entries()) form.append(`file${index}`, new Blob([bytes]), `${index}".bin`);
          form.append("empty", "");
          expect(await read(form, size)).toMatchObject({
            purpose: "batch\r\n",
            empty: "",
            ...Object.fromEntries(
              files.map((bytes, index) => [
                `file${index}`,
                { filename: `${index}".bin`, size: bytes.length, sha256: sha256(bytes) },
              ]),
            ),
          });
        },
      ),
      { numRuns: 200 },
    );
  });

  it("keeps the size and hash of a large file, and none of its content", async () => {
    const bytes = randomBytes(2 ** 20 + 1);
    const form = new FormData();
    form.append("file", new Blob([bytes]), "big.bin");
    expect(await read(form, 65_536)).toEqual({
      file: { filename: "big.bin", type: "application/octet-stream", size: bytes.length, sha256: sha256(bytes) },
    });
  });

  it("fails if the body ends early", async () => {
    await expect(
      readMultipart(new Blob(["--x\r\ncontent-disposition: form-data; name=a\r\n\r\n1"]).stream(), "x"),
    ).rejects.toThrow(TypeError);
  });
});
