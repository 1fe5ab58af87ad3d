import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { INSTALLED, ROOT } from "./paths.ts";

/** Programs whose size is watched, by the name that test/budgets.json gives a limit for: bytes, minified and gzipped. */
const PROGRAMS: Readonly<Record<string, string>> = {
  "one streamed chat by free functions": `
    import { createTransport, streamChat } from "fetchat";
    const transport = createTransport({ apiKey: "k" });
    for await (const chunk of await streamChat(transport, [{ role: "user", content: "Hello" }], { model: "m" })) console.log(chunk.content);`,
  "chat, session and tools by free functions": `
    import { chat, ChatSession, createTransport, streamChat, tool } from "fetchat";
    const transport = createTransport({ apiKey: "k" });
    const client = {
      chat: (messages, params, options) => chat(transport, messages, params, options),
      streamChat: (messages, params, options) => streamChat(transport, messages, params, options),
    };
    console.log(await new ChatSession(client, { tools: [tool({ name: "now", execute: () => Date.now() })] }).send("Hello"));`,
  createClient: `
    import { createClient } from "fetchat";
    console.log(await createClient({ apiKey: "k" }).chat([{ role: "user", content: "Hello" }]));`,
};

/** A program's size beside its limit. */
export interface Weighed {
  readonly name: string;
  readonly bytes: number;
  readonly limit: number;
}

/** Bundles each program from the installed package and weighs it. */
export async function weigh(): Promise<Weighed[]> {
  const limits = JSON.parse(await readFile(`${ROOT}/test/budgets.json`, "utf8")) as Record<string, number>;
  return Promise.all(Object.entries(PROGRAMS).map(async ([name, program]) => ({ name, bytes: await gzipped(program), limit: limits[name] ?? 0 })));
}

async function gzipped(program: string): Promise<number> {
  const stdin = { contents: program, resolveDir: INSTALLED, loader: "ts" as const };
  const built = await build({ stdin, bundle: true, minify: true, write: false, format: "esm", platform: "browser", target: "es2022", legalComments: "none", logLevel: "silent" });
  return gzipSync(built.outputFiles[0]?.contents ?? new Uint8Array(), { level: 9 }).length;
}
