import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { Miniflare } from "miniflare";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundled } from "../../scripts/lib/example.ts";
import { bin, ROOT } from "../../scripts/lib/paths.ts";
import { run } from "../../scripts/lib/run.ts";
import { startUploadServer, type UploadServer } from "./server.ts";

const TALK = Buffer.from("ID3\u0004 a talk about herons");
const HERON = Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), Buffer.alloc(40)]);
const RIVERS = Buffer.from('{"river":"Rhine"}\n{"river":"Po"}\n');
const OCTETS = "application/octet-stream";

let server: UploadServer;
let folder: string;

beforeAll(async () => {
  server = await startUploadServer();
  folder = await mkdtemp(`${tmpdir()}/fetchat-`);
  await Promise.all([
    writeFile(`${folder}/talk.mp3`, TALK),
    writeFile(`${folder}/heron.png`, HERON),
    writeFile(`${folder}/rivers.jsonl`, RIVERS),
  ]);
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

/** Returns what the server received of a file. */
function file(content: Buffer, filename: string, type: string): object {
  const sha256 = createHash("sha256").update(content).digest("hex");
  return { filename, type: expect.stringMatching(type) as string, bytes: content.length, sha256 };
}

const refused = (words: string): object => ({ error: expect.stringContaining(words) as string });

/** Runs the program on a runtime, and returns the answers by the kind of file. */
async function uploads(command: readonly string[]): Promise<Record<string, unknown>> {
  const [program = "", ...args] = command;
  const { code, stdout, stderr } = await run(
    program,
    [...args, `${ROOT}/test/upload/kinds.ts`, server.baseURL, folder],
    { timeout: 60_000 },
  );
  if (code !== 0) throw new Error(`${stdout}${stderr}`);
  const lines = stdout.split("\n").filter((line) => line.startsWith("["));
  return Object.fromEntries(lines.map((line) => JSON.parse(line) as [string, unknown]));
}

describe("a file of the runtime's own is uploaded with its name and type", () => {
  it("on Node", async () => {
    expect(await uploads([bin("node")])).toMatchObject({
      openAsBlob: file(TALK, "file.mp3", "audio/mpeg"),
      "openAsBlob with a type": file(RIVERS, "file.jsonl", "application/jsonl"),
      readFile: file(HERON, "file.png", "image/png"),
      createReadStream: file(RIVERS, "rivers.jsonl", OCTETS),
      "a path that does not exist": refused("ENOENT"),
    });
  });

  it("on Deno", async () => {
    const flags = ["--no-check", "--allow-net=127.0.0.1", `--allow-read=${folder}`];
    expect(await uploads([bin("deno"), "run", ...flags])).toMatchObject({
      "Deno.readFile": file(TALK, "file.mp3", "audio/mpeg"),
      "Deno.open": file(RIVERS, "file", OCTETS),
      "Deno.open without readable": refused("received an object with readable: pass that"),
      "fetch of a file": file(HERON, "heron.png", "image/png"),
    });
  });

  it("on Bun", async () => {
    expect(await uploads([bin("bun")])).toMatchObject({
      "Bun.file": file(TALK, "talk.mp3", "audio/mpeg"),
      "Bun.file of lines": file(RIVERS, "rivers.jsonl", "jsonl|octet-stream"),
      "a part of Bun.file": file(HERON.subarray(0, 12), "heron.png", "image/png"),
      "a response of Bun.file": file(HERON, "file.png", "image/png"),
      "a path that does not exist": refused("none.jsonl"),
    });
  });

  it("in a Worker, on workerd", async () => {
    const worker = new Miniflare({
      modules: true,
      script: await bundled({ entryPoints: [`${ROOT}/test/upload/kindsWorker.ts`] }),
      compatibilityDate: "2026-07-01",
      bindings: { OPENAI_API_KEY: "sk-test", OPENAI_BASE_URL: server.baseURL },
      r2Buckets: ["FILES"],
    });
    try {
      const { href } = await worker.ready;
      const form = new FormData();
      form.append("talk", new File([TALK], "my talk.mp3", { type: "audio/mpeg" }));
      const ofForm = await (await fetch(href, { method: "POST", body: form })).json();
      expect(Object.fromEntries(ofForm as [string, unknown][])).toMatchObject({
        "a file of a form": file(TALK, "my talk.mp3", "audio/mpeg"),
        "an object of a bucket": file(TALK, "talk.mp3", "audio/mpeg"),
        "a stream of a bucket": file(TALK, "talk.mp3", OCTETS),
        "no object": refused("received null"),
        "a form": refused("received a FormData: pass one of its files"),
      });
      const headers = { "content-type": "audio/mpeg" };
      const ofBody = await (await fetch(href, { method: "POST", headers, body: TALK })).json();
      expect(ofBody).toMatchObject([["the body of a request", file(TALK, "file.mp3", "audio/mpeg")]]);
    } finally {
      await worker.dispose();
    }
  });
});
