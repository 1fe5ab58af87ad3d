import { Readable } from "node:stream";
import { describe, expect, it, vi } from "vitest";
import { dataURL, imageEdit, transcription, uploadFile, type Upload } from "../../src/media/index.ts";
import { failure, lastBody, setUp, streamOf } from "./support.ts";

interface Sent {
  readonly filename: string;
  readonly type: string;
  readonly size: number;
}

const TEXT = "three rivers";
const bytes = new TextEncoder().encode(TEXT);
const PNG = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]);
const MP3 = new TextEncoder().encode("ID3\u0004 and so on");

/** Uploads a file, and returns its name, type and size as they were sent. */
async function sent(file: unknown, filename?: string): Promise<[name: string, type: string, bytes: number]> {
  const { client, mock } = setUp();
  await uploadFile(client, file as Upload, { purpose: "user_data" }, { filename });
  const { file: found } = lastBody(mock) as { file: Sent };
  return [found.filename, found.type, found.size];
}

/** Returns a response with an address. */
function from(url: string, headers: Record<string, string> = {}, status = 200): Response {
  return Object.defineProperty(new Response(bytes, { status, headers }), "url", { value: url });
}

const OCTETS = "application/octet-stream";
const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
shared.set(bytes);

describe("the upload of bytes", () => {
  it.each<[string, Upload]>([
    ["a Uint8Array", bytes],
    ["a part of a larger buffer", new Uint8Array([0, ...bytes, 0]).subarray(1, -1)],
    ["an ArrayBuffer", bytes.buffer],
    ["a DataView", new DataView(bytes.buffer)],
    ["a Buffer of Node", Buffer.from(TEXT)],
    ["shared memory", shared],
    ["shared memory as a buffer", shared.buffer as unknown as ArrayBuffer],
  ])("sends %s", async (_, file) => {
    expect(await sent(file)).toEqual(["file", OCTETS, bytes.length]);
    expect(await sent(file, "rivers.jsonl")).toEqual(["rivers.jsonl", OCTETS, bytes.length]);
  });

  it("sends an empty file", async () => {
    expect(await sent(new Uint8Array())).toEqual(["file", OCTETS, 0]);
  });

  it.each([
    ["\x89PNG\r\n", "file.png", "image/png"],
    ["\xff\xd8\xff\xe0", "file.jpg", "image/jpeg"],
    ["GIF89a", "file.gif", "image/gif"],
    ["RIFF\x00\x00\x00\x00WEBPVP8 ", "file.webp", "image/webp"],
    ["RIFF\x0a\x0d\x00\x00WAVEfmt ", "file.wav", "audio/wav"],
    ["ID3\x04", "file.mp3", "audio/mpeg"],
    ["\xff\xfb\x90", "file.mp3", "audio/mpeg"],
    ["fLaC", "file.flac", "audio/flac"],
    ["OggS", "file.ogg", "audio/ogg"],
    ["\x00\x00\x00\x20ftypM4A ", "file.m4a", "audio/mp4"],
    ["\x00\x00\x00\x20ftypisom", "file.mp4", "video/mp4"],
    ["\x00\x00\x00\x20ftypavif", "file", OCTETS],
    ["\x1aE\xdf\xa3", "file.webm", "video/webm"],
    ["%PDF-1.7", "file.pdf", "application/pdf"],
    ["PNG", "file", OCTETS],
    ["", "file", OCTETS],
  ])("gives a file that begins with %j the type of its content", async (text, name, type) => {
    const file = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
    expect(await sent(file)).toEqual([name, type, file.length]);
    expect(await sent(new Blob([file]))).toEqual([name, type, file.length]);
    expect(await sent(file, "given.bin")).toEqual(["given.bin", type, file.length]);
    expect(await sent(new File([file], "own.bin"))).toEqual(["own.bin", type, file.length]);
  });

  it("keeps a type that the file has", async () => {
    expect(await sent(new Blob([PNG], { type: "text/plain" }))).toEqual(["file.txt", "text/plain", PNG.length]);
  });

  it("is sent again whole if the first attempt fails", async () => {
    const { client, mock } = setUp();
    mock.reply({ status: 500, headers: { "retry-after-ms": "0" } });
    expect((await uploadFile(client, bytes, { purpose: "batch" })).bytes).toBe(bytes.length);
    expect(mock.requests).toHaveLength(2);
  });
});

describe("the upload of a response", () => {
  it.each([
    ["https://a.test/rivers.md?x=/y.png#z.gif", {}, "rivers.md", OCTETS],
    ["https://a.test/three%20rivers.txt", { "content-type": "text/plain" }, "three rivers.txt", "text/plain"],
    ["https://a.test/files/17", { "content-type": "audio/mpeg" }, "file.mp3", "audio/mpeg"],
    ["https://a.test", { "content-type": "application/pdf" }, "file.pdf", "application/pdf"],
    ["", { "content-type": "text/csv" }, "file.csv", "text/csv"],
    ["https://a.test/x.bin", { "content-disposition": 'attachment; filename="a \\"b\\".txt"' }, 'a "b".txt', OCTETS],
    ["https://a.test/x.bin", { "content-disposition": "attachment; filename=plain.txt" }, "plain.txt", OCTETS],
    [
      "https://a.test/x.bin",
      { "content-disposition": "attachment; filename=old.txt; filename*=UTF-8''caf%C3%A9.txt" },
      "café.txt",
      OCTETS,
    ],
    ["https://a.test/x.bin", { "content-disposition": "attachment; filename*=UTF-8''%ff.txt" }, "x.bin", OCTETS],
    ["https://a.test/x.bin", { "content-disposition": 'attachment; filename="../../etc/a.txt"' }, "a.txt", OCTETS],
    ["https://a.test/%ff.bin", {}, "file", OCTETS],
  ])("takes name and type from %j and its headers %o", async (url, headers, name, type) => {
    const response = from(url, headers);
    expect(await sent(response)).toEqual([name, type, bytes.length]);
  });

  it("takes a request's body, as a server receives it", async () => {
    const headers = { "content-type": "audio/wav" };
    expect(await sent(new Request("https://a.test/upload.php", { method: "POST", body: TEXT, headers }))).toEqual([
      "file.wav",
      "audio/wav",
      bytes.length,
    ]);
  });

  it("refuses a response that is an error, or was read, and sends nothing", async () => {
    const { client, mock } = setUp();
    const read = from("https://a.test/a.txt");
    await read.text();
    const held = from("https://a.test/a.txt");
    held.body?.getReader();
    const received = async (file: Response): Promise<unknown> =>
      (await failure(uploadFile(client, file, { purpose: "batch" })))["received"];
    expect(await received(from("https://a.test/a.txt", {}, 404))).toBe("one with status 404");
    expect(await received(read)).toBe("one that was read before");
    expect(await received(held)).toBe("one that was read before");
    expect(mock.requests).toEqual([]);
  });

  it("fails with the error of the body", async () => {
    const broken = new Error("reset");
    const { client, mock } = setUp();
    const response = new Response(streamOf(["x", broken]).stream);
    expect(await failure(uploadFile(client, response, { purpose: "batch" }))).toBe(broken);
    expect(mock.requests).toEqual([]);
  });

  it("stops reading on abort", async () => {
    const { client, mock } = setUp();
    const controller = new AbortController();
    const cancel = vi.fn();
    const response = new Response(
      new ReadableStream<Uint8Array>({ pull: () => controller.abort(), cancel }, { highWaterMark: 0 }),
    );
    const upload = uploadFile(client, response, { purpose: "batch" }, { signal: controller.signal });
    expect((await failure(upload)).name).toBe("AbortError");
    expect(cancel).toHaveBeenCalled();
    const late = uploadFile(client, from(""), { purpose: "batch" }, { signal: controller.signal });
    expect((await failure(late)).name).toBe("AbortError");
    expect(mock.requests).toEqual([]);
  });
});

describe("the upload of other objects", () => {
  it("takes an object with stream(), and its name and type", async () => {
    const stream = (): ReadableStream<Uint8Array> => streamOf([TEXT]).stream;
    expect(await sent({ stream })).toEqual(["file", OCTETS, bytes.length]);
    const named = { stream, name: "/home/ann/talk.wav", type: "audio/wav", size: 5 };
    expect(await sent(named)).toEqual(["talk.wav", "audio/wav", bytes.length]);
    expect(await sent(named, "x.mp3")).toEqual(["x.mp3", "audio/wav", bytes.length]);
    expect(await sent({ stream, name: 5, type: null })).toEqual(["file", OCTETS, bytes.length]);
  });

  it("takes an object of a bucket", async () => {
    const stored = { key: "talks/2026/talk.mp3", httpMetadata: { contentType: "audio/mpeg" }, size: 5 };
    expect(await sent({ ...stored, body: streamOf([TEXT]).stream })).toEqual(["talk.mp3", "audio/mpeg", bytes.length]);
    expect(await sent({ key: "a.txt", body: streamOf([TEXT]).stream })).toEqual(["a.txt", OCTETS, bytes.length]);
  });

  it("sends a stream of Node as it arrives, with the name of its path", async () => {
    expect(await sent(Object.assign(Readable.from([bytes]), { path: "/tmp/rivers.txt" }))).toEqual([
      "rivers.txt",
      OCTETS,
      bytes.length,
    ]);
    const { client } = setUp();
    const words = Readable.from(["text"]);
    expect((await failure(uploadFile(client, words as never, { purpose: "batch" })))["received"]).toBe(
      "a stream of string",
    );
  });

  // A function, because the test runner prints its values.
  const hostile = (): object =>
    new Proxy(
      {},
      {
        get() {
          throw new Error("no");
        },
      },
    );

  it.each([
    ["notes.txt", "a string: read the file of a path first"],
    [Promise.resolve(new Blob()), "a promise: await it"],
    [new FormData(), "a FormData: pass one of its files"],
    [{ readable: streamOf([]).stream }, "an object with readable: pass that"],
    [{ body: "text" }, "object"],
    [{ body: null }, "object"],
    [{ stream: true }, "object"],
    [[bytes, 5], "number"],
    [[], "a list"],
    [undefined, "undefined"],
    [null, "null"],
    [5, "number"],
    [() => bytes, "function"],
    [{ stream: () => 5 }, "an object whose stream() returns none"],
    ["hostile", "one that throws when it is read"],
  ])("refuses %o with what it accepts, and sends nothing", async (given, received) => {
    const { client, mock } = setUp();
    const file = given === "hostile" ? hostile() : given;
    const error = await failure(uploadFile(client, file as never, { purpose: "batch" }));
    expect(error).toMatchObject({ kind: "InputError", path: "file", received });
    expect(mock.requests).toEqual([]);
  });

  it("names the field of a wrong image or mask", async () => {
    const { client } = setUp();
    expect(await failure(imageEdit(client, "heron.png" as never, { prompt: "x" }))).toMatchObject({ path: "image" });
    expect(await failure(imageEdit(client, PNG, { prompt: "x", mask: 5 as never }))).toMatchObject({ path: "mask" });
  });

  it("takes bytes wherever a file is taken", async () => {
    const { client, mock } = setUp();
    await imageEdit(client, [PNG, from("https://a.test/heron.jpg", { "content-type": "image/jpeg" })], {
      prompt: "Make it blue",
      mask: PNG.buffer,
    });
    const type = "image/png";
    expect(lastBody(mock)).toMatchObject({
      image: [
        { type, filename: "file.png" },
        { type: "image/jpeg", filename: "heron.jpg" },
      ],
      mask: { type },
    });
    await transcription(client, MP3);
    expect(lastBody(mock)).toMatchObject({ file: { filename: "file.mp3", type: "audio/mpeg" } });
  });
});

describe("dataURL()", () => {
  it("returns a file as a URL, with its type or the one of its content", async () => {
    expect(await dataURL(new Blob(["hi"], { type: "text/plain" }))).toBe("data:text/plain;base64,aGk=");
    expect(await dataURL(PNG)).toBe(`data:image/png;base64,${Buffer.from(PNG).toString("base64")}`);
    expect(await dataURL(new Response("hi", { headers: { "content-type": "image/svg+xml" } }))).toBe(
      "data:image/svg+xml;base64,aGk=",
    );
    expect(await dataURL(streamOf(["hi"]).stream)).toBe("data:application/octet-stream;base64,aGk=");
    expect(await dataURL(bytes, "text/plain")).toBe(`data:text/plain;base64,${Buffer.from(bytes).toString("base64")}`);
    expect(await dataURL(new Uint8Array())).toBe("data:application/octet-stream;base64,");
  });

  it("keeps each byte of a large file", async () => {
    const large = Uint8Array.from({ length: 300_001 }, (_, at) => at % 251);
    const [, base64] = (await dataURL(large)).split(",");
    expect(Buffer.from(base64 ?? "", "base64").equals(large)).toBe(true);
  });

  it("refuses what is no file", async () => {
    expect(await failure(dataURL("heron.png" as never))).toMatchObject({ kind: "InputError", path: "file" });
  });
});
