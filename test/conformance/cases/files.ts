import type { ConformanceCase } from "../case.ts";
import { all, equal, match, ok, rejects } from "../expect.ts";

/** Bytes that are not text. */
const bytes = Uint8Array.from({ length: 5_000 }, (_, at) => (at * 7) % 256);

export const files: ConformanceCase[] = [
  {
    name: "a file is uploaded from a Blob, described, read back byte by byte, and deleted",
    async run({ talk, fetchat }) {
      const { client, script } = await talk();
      const file = await fetchat.uploadFile(
        client,
        new Blob([bytes]),
        { purpose: "user_data", expires_after: { anchor: "created_at", seconds: 3600 } },
        { filename: "grüße.bin" },
      );
      match(file, { object: "file", bytes: bytes.length, filename: "grüße.bin", purpose: "user_data" });
      equal(await fetchat.file(client, file.id), file);
      const content = await fetchat.fileContent(client, file.id);
      equal(fetchat.httpInfo(content)?.status, 200);
      equal([...new Uint8Array(await content.arrayBuffer())], [...bytes]);
      equal(await fetchat.deleteFile(client, file.id), { object: "file", deleted: true, id: file.id });
      await rejects(fetchat.file(client, file.id), { name: "APIError", status: 404 });
      await rejects(fetchat.fileContent(client, file.id), { name: "APIError", status: 404 });
      const sent = (await script.exchanges()).map(({ method, path }) => `${method} ${path.replace(file.id, "ID")}`);
      equal(sent, [
        "POST /v1/files",
        "GET /v1/files/ID",
        "GET /v1/files/ID/content",
        "DELETE /v1/files/ID",
        "GET /v1/files/ID",
        "GET /v1/files/ID/content",
      ]);
    },
  },
  {
    name: "an upload arrives with its fields, its name, its type and all its bytes",
    async run({ talk, fetchat }) {
      const { client, script } = await talk();
      await fetchat.uploadFile(client, new File([bytes], 'a "b".jsonl', { type: "application/jsonl" }), {
        purpose: "batch",
      });
      const [request] = await script.exchanges();
      match(request?.headers, { "content-type": /^multipart\/form-data; *boundary=/ });
      const hash = await crypto.subtle?.digest("SHA-256", bytes);
      const sha256 = hash && [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
      match(request?.body, {
        purpose: "batch",
        file: { filename: 'a "b".jsonl', type: "application/jsonl", size: bytes.length, ...(sha256 ? { sha256 } : {}) },
      });
    },
  },
  {
    name: "files are listed, and a loop iterates over all pages",
    async run({ talk, fetchat }) {
      const { client, script } = await talk();
      for (const name of ["1.txt", "2.txt", "3.txt"])
        await fetchat.uploadFile(client, new File([name], name), { purpose: "user_data" });
      await fetchat.uploadFile(client, new File(["x"], "x.jsonl"), { purpose: "batch" });
      const page = await fetchat.files(client, { purpose: "user_data", limit: 2, order: "asc" });
      match(page, { has_more: true, data: [{ filename: "1.txt" }, { filename: "2.txt" }] });
      equal(
        (await all(page)).map(({ filename }) => filename),
        ["1.txt", "2.txt", "3.txt"],
      );
      const lists = (await script.exchanges()).slice(4).map(({ path }) => path);
      equal(lists.length, 2, "requests for pages");
      ok(lists[1]?.endsWith(`&after=${page.data[1]?.id}`), `the page behind the second file: ${lists[1]}`);
    },
  },
  {
    name: "an upload is sent again whole after a busy server",
    hostile: true,
    async run(context) {
      const script = await context.script({ mock: { status: 503, headers: { "retry-after-ms": "1" } } });
      const file = await context.fetchat.uploadFile(context.client(script, { maxRetries: 1 }), new Blob([bytes]), {
        purpose: "batch",
      });
      equal(file.bytes, bytes.length);
      const sizes = (await script.exchanges()).map(({ body }) => (body as { file?: { size: number } }).file?.size);
      equal(sizes, [bytes.length, bytes.length], "what arrived");
    },
  },
  {
    name: "a file's content that breaks off is not taken for the whole",
    hostile: true,
    async run({ talk, fetchat }) {
      const broken = ["half", { wait: 20 }, { reset: true }] as const;
      const { client } = await talk(
        { headers: { "content-type": "application/octet-stream", "content-length": "1000" }, body: broken },
        { body: broken },
      );
      await rejects(fetchat.fileContent(client, "file-1").then((content) => content.text()));
      await rejects(fetchat.fileContent(client, "file-1").then((content) => content.text()));
    },
  },
];
