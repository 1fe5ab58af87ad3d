import { readdir, readFile, stat } from "node:fs/promises";
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

/** Bundles each program from the installed package and weighs it; then the package itself. */
export async function weigh(): Promise<Weighed[]> {
  const limits = JSON.parse(await readFile(`${ROOT}/test/budgets.json`, "utf8")) as Record<string, number>;
  const programs = await Promise.all(Object.entries(PROGRAMS).map(async ([name, program]) => [name, await gzipped(program)] as const));
  const whole = ["fetchat.js, for a page without a bundler", gzipSync(await readFile(`${PACKAGE}/dist/fetchat.js`), { level: 9 }).length] as const;
  const unpacked = ["the package unpacked, less source maps and fetchat.js", await unpackedSize()] as const;
  return [...programs, whole, unpacked].map(([name, bytes]) => ({ name, bytes, limit: limits[name] ?? 0 }));
}

const PACKAGE = `${INSTALLED}/node_modules/fetchat`;

/** Bytes of what a program or a compiler may read of the package. */
async function unpackedSize(): Promise<number> {
  const files = (await readdir(PACKAGE, { recursive: true, withFileTypes: true })).filter((one) => one.isFile());
  const counted = files.filter(({ name }) => !name.endsWith(".map") && name !== "fetchat.js");
  const sizes = await Promise.all(counted.map(async ({ parentPath, name }) => (await stat(`${parentPath}/${name}`)).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function gzipped(program: string): Promise<number> {
  const stdin = { contents: program, resolveDir: INSTALLED, loader: "ts" as const };
  const built = await build({ stdin, bundle: true, minify: true, write: false, format: "esm", platform: "browser", target: "es2022", legalComments: "none", logLevel: "silent" });
  return gzipSync(built.outputFiles[0]?.contents ?? new Uint8Array(), { level: 9 }).length;
}
