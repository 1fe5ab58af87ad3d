/**
 * Uploads what the runtime has for files: `kinds.ts BASE_URL FOLDER` on Node, Deno or Bun. Each line of output is a kind of file and the
 * server's answer.
 */
import process from "node:process";
import { createClient } from "../../src/index.ts";
import { type Upload, uploadFile } from "../../src/media/index.ts";

/** The parts of Deno that the program uses. */
interface DenoFiles {
  open(path: string): Promise<{ readonly readable: ReadableStream<Uint8Array> }>;
  readFile(path: string): Promise<Uint8Array>;
}

/** The part of Bun that the program uses. */
interface BunFiles {
  file(path: string): Blob;
}

const [baseURL = "", folder = ""] = process.argv.slice(-2);
const { Deno, Bun } = globalThis as { Deno?: DenoFiles; Bun?: BunFiles };
const client = createClient({ apiKey: "sk-test", baseURL, maxRetries: 0 });
const path = (name: string): string => `${folder}/${name}`;

/** Makes a file when it is its turn. */
type Make = () => Upload | Promise<Upload>;

async function ofNode(): Promise<Record<string, Make>> {
  const { createReadStream, openAsBlob } = await import("node:fs");
  const { readFile } = await import("node:fs/promises");
  return {
    openAsBlob: () => openAsBlob(path("talk.mp3")),
    "openAsBlob with a type": () => openAsBlob(path("rivers.jsonl"), { type: "application/jsonl" }),
    readFile: () => readFile(path("heron.png")),
    createReadStream: () => createReadStream(path("rivers.jsonl")),
    "a path that does not exist": () => createReadStream(path("none.jsonl")),
  };
}

function ofDeno(deno: DenoFiles): Record<string, Make> {
  return {
    "Deno.readFile": () => deno.readFile(path("talk.mp3")),
    "Deno.open": async () => (await deno.open(path("rivers.jsonl"))).readable,
    "Deno.open without readable": async () => (await deno.open(path("rivers.jsonl"))) as never,
    "fetch of a file": () => fetch(new URL(`file://${path("heron.png")}`)),
  };
}

function ofBun(bun: BunFiles): Record<string, Make> {
  return {
    "Bun.file": () => bun.file(path("talk.mp3")),
    "Bun.file of lines": () => bun.file(path("rivers.jsonl")),
    "a part of Bun.file": () => bun.file(path("heron.png")).slice(0, 12),
    "a response of Bun.file": () => new Response(bun.file(path("heron.png"))),
    "a path that does not exist": () => bun.file(path("none.jsonl")),
  };
}

for (const [kind, make] of Object.entries(Deno ? ofDeno(Deno) : Bun ? ofBun(Bun) : await ofNode())) {
  const answer = await uploadFile(client, await make(), { purpose: "user_data" }).catch((error: unknown) => ({
    error: String(error),
  }));
  console.log(JSON.stringify([kind, answer]));
}
