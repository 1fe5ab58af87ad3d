import { createServer, type Server } from "node:http";
import { mkdir, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { bundled } from "../scripts/lib/example.ts";
import { bin, CACHE } from "../scripts/lib/paths.ts";
import { run } from "../scripts/lib/run.ts";

const PROGRAM = `${CACHE}/left-unread.mjs`;
let server: Server;
let base = "";

beforeAll(async () => {
  const source = `
import { createClient } from "./src/index.ts";
import { fileContent, speech } from "./src/media/index.ts";
import { streamResponse } from "./src/responses/index.ts";
const [baseURL, what] = globalThis.Deno?.args ?? process.argv.slice(2);
const client = createClient({ apiKey: "sk-test", baseURL, maxRetries: 0 });
const messages = [{ role: "user", content: "Hi" }];
if (what === "stream") await client.streamChat(messages);
if (what === "speech") await speech(client, "Hi", { model: "m" });
if (what === "file") await fileContent(client, "f");
if (what === "response") await streamResponse(client, "Hi");
if (what === "timeout") {
  const hang = createClient({ apiKey: "sk-test", fetch: () => new Promise(() => {}), maxRetries: 0, timeout: 300 });
  await hang.chat(messages).catch((error) => console.log(error.name));
}
if (what === "retry") {
  let calls = 0;
  const fetch = async () => (++calls === 1 ? new Response("{}", { status: 500, headers: { "retry-after-ms": "300" } }) : Response.json({ choices: [{ message: { content: "Hi" } }] }));
  await createClient({ apiKey: "sk-test", fetch }).chat(messages);
  console.log(String(calls));
}
console.log("end");
`;
  await mkdir(CACHE, { recursive: true });
  await writeFile(PROGRAM, await bundled({ stdin: { contents: source, loader: "ts", resolveDir: "." } }));
  server = createServer((request, response) => {
    request.resume();
    response.setHeader("content-type", request.url?.endsWith("s") ? "text/event-stream" : "audio/mpeg");
    response.end('data: {"choices":[{"index":0,"delta":{"content":"Hi"}}]}\n\n');
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${(server.address() as { port: number }).port}/v1`;
});

afterAll(() => new Promise((resolve) => server.close(resolve)));

const RUNTIMES: readonly [string, string, readonly string[]][] = [
  ["Node", process.execPath, []],
  ["Deno", bin("deno"), ["run", "--no-prompt", "--no-check", "--allow-net=127.0.0.1"]],
  ["Bun", bin("bun"), []],
];

it.each(RUNTIMES)(
  "%s ends a program that leaves an answer unread, and keeps one that waits",
  async (_, command, args) => {
    const cases = ["stream", "speech", "file", "response", "timeout", "retry"];
    const ran = await Promise.all(cases.map((what) => run(command, [...args, PROGRAM, base, what])));
    expect(ran.map(({ code, stdout }) => [code, stdout.trim()])).toEqual([
      [0, "end"],
      [0, "end"],
      [0, "end"],
      [0, "end"],
      [0, "TimeoutError\nend"],
      [0, "2\nend"],
    ]);
  },
  60_000,
);
