import { createHash, randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { instant } from "./support.ts";

const FILES = "https://api.openai.com/v1/files";
const headers = { authorization: "Bearer sk-test-0123456789" };

describe("a form that the mock API receives", () => {
  it("is recorded with lists and objects where names end in brackets", async () => {
    const mock = instant();
    const body = new FormData();
    for (const [name, value] of [
      ["a[]", "1"],
      ["a[]", "2"],
      ["b[c]", "3"],
      ["b[d]", "4"],
    ] as const)
      body.append(name, value);
    await mock.fetch(FILES, { method: "POST", body });
    expect(mock.requests[0]?.body).toEqual({ a: ["1", "2"], b: { c: "3", d: "4" } });
  });

  it("is recorded with the size, the hash and the content of its files", async () => {
    const mock = instant();
    const bytes = randomBytes(2 ** 21);
    const body = new FormData();
    body.append("purpose", "batch");
    body.append("file", new Blob([bytes]), "big.bin");
    const file = (await (await mock.fetch(FILES, { method: "POST", headers, body })).json()) as { id: string };
    expect(mock.requests[0]?.body).toEqual({
      purpose: "batch",
      file: {
        filename: "big.bin",
        type: "application/octet-stream",
        size: bytes.length,
        sha256: createHash("sha256").update(bytes).digest("hex"),
      },
    });
    const content = await mock.fetch(`${FILES}/${file.id}/content`, { headers });
    expect(Buffer.from(await content.arrayBuffer()).equals(bytes)).toBe(true);
  });

  it("is refused as fetch refuses a broken body if it ends early", async () => {
    const type = "multipart/form-data; boundary=x";
    const body = "--x\r\ncontent-disposition: form-data; name=a\r\n\r\n1";
    const sent = instant().fetch(FILES, { method: "POST", headers: { ...headers, "content-type": type }, body });
    await expect(sent).rejects.toThrow(TypeError);
  });

  it("is cancelled when the caller aborts in the middle of it", async () => {
    const aborter = new AbortController();
    let reason: unknown;
    const body = new ReadableStream<Uint8Array>({
      pull: (to) => {
        to.enqueue(new Uint8Array(10));
        aborter.abort(new Error("enough"));
        return new Promise(() => undefined);
      },
      cancel: (given) => void (reason = given),
    });
    const init = { method: "POST", headers, body, duplex: "half", signal: aborter.signal };
    await expect(instant().fetch(FILES, init)).rejects.toThrow("enough");
    expect(reason).toMatchObject({ message: "enough" });
  });
});
