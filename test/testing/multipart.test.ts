import { createHash, randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { boundaryOf, readMultipart, type UploadedFile } from "../../src/testing/multipart.ts";
import { Sha256 } from "../../src/testing/sha256.ts";

/** A form's bytes, in pieces of a size. */
async function read(form: FormData, size: number): Promise<Record<string, unknown>> {
  const response = new Response(form);
  const boundary = boundaryOf(response.headers.get("content-type")) ?? "";
  const bytes = new Uint8Array(await response.arrayBuffer());
  let at = 0;
  const pieces = new ReadableStream<Uint8Array>({
    pull: (to) => (at < bytes.length ? to.enqueue(bytes.slice(at, (at += size))) : to.close()),
  });
  return readMultipart(pieces, boundary);
}

describe("Sha256", () => {
  it("is Node's, however the bytes are cut", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 8 }), (pieces) => {
        const [ours, nodes] = [new Sha256(), createHash("sha256")];
        for (const piece of pieces) {
          ours.update(piece);
          nodes.update(piece);
        }
        expect(ours.hex()).toBe(nodes.digest("hex"));
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
          for (const [index, bytes] of files.entries()) form.append("files[]", new Blob([bytes]), `${index}".bin`);
          form.append("empty", "");
          const fields = await read(form, size);
          expect([fields["purpose"], fields["empty"]]).toEqual(["batch\r\n", ""]);
          const uploads = (fields["files"] ?? []) as UploadedFile[];
          expect(uploads.map((file) => [file.filename, file.size, file.sha256])).toEqual(
            files.map((bytes, index) => [
              `${index}".bin`,
              bytes.length,
              createHash("sha256").update(bytes).digest("hex"),
            ]),
          );
          expect(uploads.map((file) => [...(file.bytes ?? [])])).toEqual(files.map((bytes) => [...bytes]));
        },
      ),
      { numRuns: 200 },
    );
  });

  it("keeps nothing of a file above 1 MiB but its size and hash", async () => {
    const bytes = randomBytes(2 ** 20 + 1);
    const form = new FormData();
    form.append("file", new Blob([bytes]), "big.bin");
    const file = (await read(form, 65_536))["file"] as UploadedFile;
    expect(file).toEqual({
      filename: "big.bin",
      type: "application/octet-stream",
      size: bytes.length,
      sha256: createHash("sha256").update(bytes).digest("hex"),
    });
    expect(file.bytes).toBeUndefined();
  });

  it("gives lists and objects where names say so", async () => {
    const form = new FormData();
    for (const [name, value] of [
      ["a[]", "1"],
      ["a[]", "2"],
      ["b[c]", "3"],
      ["b[d]", "4"],
    ] as const)
      form.append(name, value);
    expect(await read(form, 10)).toEqual({ a: ["1", "2"], b: { c: "3", d: "4" } });
  });

  it("fails where the body ends early", async () => {
    await expect(
      readMultipart(new Blob(["--x\r\ncontent-disposition: form-data; name=a\r\n\r\n1"]).stream(), "x"),
    ).rejects.toThrow(TypeError);
  });
});
