import { files, file, deleteFile, fileContent, uploadFile } from "../../src/media/index.ts";
import { createHash } from "node:crypto";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createClient, createConnection, httpInfo, listPages, model } from "../../src/index.ts";
import { faults, type UploadedFile } from "../../src/testing/index.ts";
import { all, failure, lastBody, setUp, streamOf } from "./support.ts";

const sha256 = (text: string | Uint8Array): string => createHash("sha256").update(text).digest("hex");
const sent = (body: unknown): UploadedFile => (body as { file: UploadedFile }).file;

describe("models()", () => {
  it("returns the API's list, which can be iterated", async () => {
    const { client, mock } = setUp({}, { models: ["a", "b"] });
    const page = await client.models();
    expect(Object.keys(page)).toEqual(["object", "data"]);
    expect((await all(page)).map((one) => one.id)).toEqual(["a", "b"]);
    expect(httpInfo(page)?.requestId).toMatch(/^req_/);
    expect(mock.requests.map((request) => request.method)).toEqual(["GET"]);
  });

  it("returns one model by its id, which is escaped in the path", async () => {
    const { client, mock } = setUp({}, { models: ["org/model v1"] });
    expect((await model(client, "org/model v1")).id).toBe("org/model v1");
    expect(mock.requests[0]?.path).toBe("/v1/models/org%2Fmodel%20v1");
    expect(await failure(model(client, "nope"))).toMatchObject({
      kind: "APIError",
      status: 404,
      code: "model_not_found",
    });
    expect(await failure(model(client, ".."))).toMatchObject({ kind: "InputError", path: "id" });
    expect(await failure(model(client, ""))).toMatchObject({ kind: "InputError", path: "id" });
  });

  it("accepts a bare list, as some providers send it", async () => {
    const { client, mock } = setUp();
    mock.reply({ body: '[{"id":"a"},{"id":"b"}]' });
    const page = await client.models();
    expect(page.data).toHaveLength(2);
    expect(await all(page)).toEqual([{ id: "a" }, { id: "b" }]);
    expect(httpInfo(page)?.status).toBe(200);
  });
});

describe("files()", () => {
  const upload = async (client: ReturnType<typeof setUp>["client"], count: number): Promise<string[]> => {
    const ids: string[] = [];
    for (let n = 0; n < count; n++)
      ids.push((await uploadFile(client, new File([`${n}`], `${n}.txt`), { purpose: "user_data" })).id);
    return ids;
  };

  it("iterates over all pages, and requests each one when it is needed", async () => {
    const { client, mock } = setUp();
    const ids = await upload(client, 5);
    const before = mock.requests.length;
    const page = await files(client, { limit: 2, order: "asc", purpose: "user_data" });
    expect(page).toMatchObject({ object: "list", has_more: true, last_id: ids[1] });
    expect(mock.requests).toHaveLength(before + 1);
    expect((await all(page)).map((file) => file.id)).toEqual(ids);
    expect(mock.requests.slice(before).map((request) => request.query)).toEqual([
      { limit: "2", order: "asc", purpose: "user_data" },
      { limit: "2", order: "asc", purpose: "user_data", after: ids[1] },
      { limit: "2", order: "asc", purpose: "user_data", after: ids[3] },
    ]);
  });

  it("can be iterated twice, and requests nothing more after a break", async () => {
    const { client, mock } = setUp();
    const ids = await upload(client, 3);
    const page = await files(client, { limit: 2, order: "asc" });
    for await (const file of page) {
      expect(file.id).toBe(ids[0]);
      break;
    }
    expect(mock.requests).toHaveLength(4);
    expect(await all(page)).toHaveLength(3);
    expect(await all(page)).toHaveLength(3);
  });

  it("ends if a server returns the same page again and again", async () => {
    const { client, mock } = setUp();
    const same = { status: 200, body: { object: "list", data: [{ id: "file-1" }], has_more: true } };
    mock.reply(same, same, same, same);
    expect(await all(await files(client))).toHaveLength(2);
  });

  it("throws in the loop if a page cannot be loaded", async () => {
    const { client, mock } = setUp({ maxRetries: 0 });
    mock.reply({ status: 200, body: { object: "list", data: [{ id: "file-1" }], has_more: true } }, { status: 500 });
    expect(await failure(all(await files(client)))).toMatchObject({ kind: "APIError", status: 500 });
  });

  it("iterates over any list of the API with listPages()", async () => {
    const { client } = setUp();
    const ids = await upload(client, 3);
    const page = await listPages(client, "/files", { limit: 1, order: "asc" });
    expect((await all(page)).map((one) => one.id)).toEqual(ids);
  });
});

describe("a file", () => {
  it("is uploaded, described, read and deleted", async () => {
    const { client, mock } = setUp();
    const uploaded = await uploadFile(client, new File(["three rivers"], "rivers.txt", { type: "text/plain" }), {
      purpose: "user_data",
      expires_after: { anchor: "created_at", seconds: 3600 },
    });
    expect(uploaded).toMatchObject({
      object: "file",
      bytes: 12,
      filename: "rivers.txt",
      purpose: "user_data",
      sha256: sha256("three rivers"),
    });
    expect(uploaded.expires_at).toBe(uploaded.created_at + 3600);
    expect(lastBody(mock)).toMatchObject({
      purpose: "user_data",
      expires_after: { anchor: "created_at", seconds: "3600" },
    });
    expect(mock.requests[0]?.headers["content-type"]).toMatch(/^multipart\/form-data; boundary=/);
    expect(await file(client, uploaded.id)).toEqual(uploaded);
    const response = await fileContent(client, uploaded.id);
    expect(await response.text()).toBe("three rivers");
    expect(httpInfo(response)?.status).toBe(200);
    expect(await deleteFile(client, uploaded.id)).toEqual({ object: "file", deleted: true, id: uploaded.id });
    expect(mock.requests.at(-1)).toMatchObject({ method: "DELETE", body: undefined });
    expect(await failure(file(client, uploaded.id))).toMatchObject({ kind: "APIError", status: 404 });
    expect(await failure(fileContent(client, uploaded.id))).toMatchObject({ kind: "APIError", status: 404 });
  });

  it("has its id escaped in every path", async () => {
    const { client, mock } = setUp();
    for (const ask of [file(client, "a/../b?c"), deleteFile(client, "a/../b?c"), fileContent(client, "a/../b?c")])
      await failure(ask);
    expect(mock.requests.map((request) => request.path)).toEqual([
      "/v1/files/a%2F..%2Fb%3Fc",
      "/v1/files/a%2F..%2Fb%3Fc",
      "/v1/files/a%2F..%2Fb%3Fc/content",
    ]);
  });

  it("has the name of the option, else its own, else one for its type", async () => {
    const { client, mock } = setUp();
    const name = async (blob: Blob, filename?: string): Promise<string> => {
      await uploadFile(client, blob, { purpose: "user_data" }, { filename });
      return sent(lastBody(mock)).filename;
    };
    expect(await name(new File(["x"], "own.txt"), "given.txt")).toBe("given.txt");
    expect(await name(new File(["x"], "folder/own.txt"))).toBe("own.txt");
    expect(await name(new Blob(["x"], { type: "audio/webm;codecs=opus" }))).toBe("file.webm");
    expect(await name(new Blob(["x"], { type: "audio/x-wav" }))).toBe("file.wav");
    expect(await name(new Blob(["x"]))).toBe("file");
    expect(await name(new Blob(["x"]), 'a "quoted"\r\nname.txt')).toBe('a "quoted"\r\nname.txt');
  });

  it("is sent again whole if the first attempt fails", async () => {
    const { client, mock } = setUp();
    mock.reply({ status: 500, headers: { "retry-after-ms": "0" } });
    const file = await uploadFile(client, new Blob(["again"]), { purpose: "batch" });
    expect(mock.requests.map((request) => sent(request.body).sha256)).toEqual([sha256("again"), sha256("again")]);
    expect(httpInfo(file)?.attempts).toBe(2);
  });

  it("is rejected if it is not a file, and nothing is sent", async () => {
    const { client, mock } = setUp();
    for (const none of [undefined, null, "a path", {}, 5]) {
      expect(await failure(uploadFile(client, none as never, { purpose: "batch" }))).toMatchObject({
        kind: "InputError",
        path: "file",
      });
    }
    expect(mock.requests).toEqual([]);
  });
});

describe("the upload of a stream", () => {
  it("sends it as it arrives, after the fields", async () => {
    const { client, mock } = setUp();
    const pieces = ["one ", "two ", "", "three\r\n--not a boundary\r\n"];
    const file = await uploadFile(
      client,
      streamOf(pieces).stream,
      { purpose: "batch", expires_after: { anchor: "created_at", seconds: 4000 } },
      { filename: 'a"b.jsonl' },
    );
    expect(file).toMatchObject({
      bytes: pieces.join("").length,
      filename: 'a"b.jsonl',
      sha256: sha256(pieces.join("")),
    });
    expect(lastBody(mock)).toMatchObject({
      purpose: "batch",
      expires_after: { anchor: "created_at", seconds: "4000" },
    });
  });

  it("reads no more of it than the server reads", async () => {
    const { stream, state } = streamOf(Array.from({ length: 100 }, () => "x"));
    const fetch = async (_: string, init: RequestInit): Promise<Response> => {
      const reader = (init.body as ReadableStream<Uint8Array>).getReader();
      await reader.read();
      expect(state.pulls).toBe(0);
      for (let n = 0; n < 5; n++) await reader.read();
      expect(state.pulls).toBeLessThanOrEqual(4);
      await reader.cancel();
      return Response.json({ id: "file-1" });
    };
    await uploadFile(createClient({ apiKey: "k", fetch }), stream, { purpose: "batch" });
    expect(state.cancelled).toBe(true);
  });

  it("is never retried", async () => {
    const { client, mock } = setUp();
    mock.reply({ status: 500, headers: { "retry-after-ms": "0" } });
    expect(await failure(uploadFile(client, streamOf(["x"]).stream, { purpose: "batch" }))).toMatchObject({
      kind: "APIError",
      status: 500,
    });
    expect(mock.requests).toHaveLength(1);
  });

  it("rejects with the stream's error", async () => {
    const { client } = setUp();
    const broken = new Error("The disk is gone");
    expect(await failure(uploadFile(client, streamOf(["x", broken]).stream, { purpose: "batch" }))).toBe(broken);
    expect(await failure(uploadFile(client, streamOf([123]).stream, { purpose: "batch" }))).toMatchObject({
      kind: "InputError",
      path: "file",
      received: "a stream of number",
    });
  });

  it("stops on abort and releases the stream", async () => {
    const { client } = setUp();
    const controller = new AbortController();
    const state = { cancelled: false, pulls: 0 };
    const endless = new ReadableStream<Uint8Array>(
      {
        pull: (to) => {
          if (++state.pulls === 5) controller.abort();
          to.enqueue(new Uint8Array(10));
        },
        cancel: () => void (state.cancelled = true),
      },
      { highWaterMark: 0 },
    );
    const upload = uploadFile(client, endless, { purpose: "batch" }, { signal: controller.signal });
    expect((await failure(upload)).name).toBe("AbortError");
    await vi.waitFor(() => expect(state.cancelled).toBe(true));
  });

  it("rejects a locked stream and sends nothing", async () => {
    const { client, mock } = setUp();
    const { stream } = streamOf(["x"]);
    stream.getReader();
    expect(await failure(uploadFile(client, stream, { purpose: "batch" }))).toMatchObject({
      kind: "InputError",
      received: "a locked stream",
    });
    expect(mock.requests).toEqual([]);
  });

  describe("on platforms that cannot send streams", () => {
    afterEach(() => vi.unstubAllGlobals());

    it("is an InputError and nothing is sent, and a Blob works (Firefox: Request turns a stream into text)", async () => {
      const { client, mock } = setUp();
      vi.stubGlobal(
        "Request",
        class {
          headers = new Headers({ "content-type": "text/plain;charset=UTF-8" });
        },
      );
      const { stream, state } = streamOf(["x"]);
      expect(await failure(uploadFile(client, stream, { purpose: "batch" }))).toMatchObject({
        kind: "InputError",
        path: "file",
        expected: expect.stringContaining("a Blob"),
      });
      expect([mock.requests.length, state.pulls, stream.locked]).toEqual([0, 0, false]);
      vi.unstubAllGlobals();
      expect((await uploadFile(client, new Blob(["x"]), { purpose: "batch" })).bytes).toBe(1);
    });

    it("is an InputError too if only fetch rejects it (WebKit)", async () => {
      const client = createClient({
        apiKey: "k",
        maxRetries: 2,
        fetch: () => Promise.reject(new TypeError("ReadableStream uploading is not supported")),
      });
      const { stream, state } = streamOf(["x"]);
      expect(await failure(uploadFile(client, stream, { purpose: "batch" }))).toMatchObject({
        kind: "InputError",
        path: "file",
      });
      expect([state.pulls, stream.locked]).toEqual([0, false]);
    });
  });
});

describe("the body of fileContent()", () => {
  it("ends with a TimeoutError after silence, and with an AbortError on abort", async () => {
    const { client, mock } = setUp({ timeout: { idle: 30 } });
    mock.reply(
      { body: ["one", "two"], fault: faults.stall({ afterEvents: 1 }) },
      { body: ["one", "two"], fault: faults.stall({ afterEvents: 1 }) },
    );
    const silent = await fileContent(client, "file-1");
    expect(await failure(silent.text())).toMatchObject({ kind: "TimeoutError", phase: "idle" });
    expect(await mock.requests[0]?.ended).toBe("cancelled");
    const controller = new AbortController();
    const aborted = await fileContent(client, "file-1", { signal: controller.signal });
    const text = failure(aborted.text());
    controller.abort();
    expect((await text).name).toBe("AbortError");
    expect(await mock.requests[1]?.ended).toBe("cancelled");
  });

  it("ends with a ConnectionError if the connection breaks", async () => {
    const { client, mock } = setUp();
    mock.reply({ body: ["one", "two"], fault: faults.reset({ afterEvents: 1 }) });
    expect(await failure((await fileContent(client, "file-1")).text())).toMatchObject({ kind: "ConnectionError" });
  });

  it("stops the request when it is cancelled", async () => {
    const { client, mock } = setUp();
    mock.reply({ body: ["one", "two", "three"] });
    const response = await fileContent(client, "file-1");
    const reader = response.body!.getReader();
    await reader.read();
    await reader.cancel();
    expect(await mock.requests[0]?.ended).toBe("cancelled");
  });

  it("has no header of a content encoding that is already decoded", async () => {
    const { client, mock } = setUp();
    mock.reply({
      body: "plain",
      headers: { "content-encoding": "gzip", "content-length": "3", "content-type": "text/plain" },
    });
    const response = await fileContent(client, "file-1");
    expect([...response.headers.keys()]).not.toContain("content-encoding");
    expect([...response.headers.keys()]).not.toContain("content-length");
    expect(response.headers.get("content-type")).toBe("text/plain");
    expect(await response.text()).toBe("plain");
  });

  it("can be empty", async () => {
    const { client, mock } = setUp();
    mock.reply(() => new Response(null));
    expect(await (await fileContent(client, "file-1")).text()).toBe("");
  });

  it("rejects with the same errors over a bare connection", async () => {
    const { mock } = setUp();
    const connection = createConnection({ apiKey: "sk-test", fetch: mock.fetch });
    expect(await failure(fileContent(connection, "file-1"))).toMatchObject({ status: 404 });
  });
});
