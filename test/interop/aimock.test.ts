import { mkdir, writeFile } from "node:fs/promises";
import { LLMock } from "@copilotkit/aimock";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundled } from "../../scripts/lib/example.ts";
import { bin, CACHE } from "../../scripts/lib/paths.ts";
import { run } from "../../scripts/lib/run.ts";
import { startWorker } from "../support/worker.ts";

// A server of another project, over real TCP.
const server = new LLMock({ port: 0, chunkSize: 4 });
const file = `${CACHE}/conversation.mjs`;

beforeAll(async () => {
  server.onMessage("hello", { content: "Hello! How can I help you today? Grüße 👋" });
  server.onMessage("goodbye", { content: "Goodbye! Have a great day!" });
  server.onMessage("weather", { toolCalls: [{ name: "get_weather", arguments: { city: "Oslo" } }] });
  await server.start();
  await mkdir(CACHE, { recursive: true });
  const contents = `import { converse } from "./test/interop/conversation.ts";
console.log(JSON.stringify(await converse(globalThis.Deno?.args[0] ?? process.argv[2])));`;
  await writeFile(file, await bundled({ stdin: { contents, loader: "ts", resolveDir: "." } }));
});

afterAll(() => server.stop());

const expected = {
  whole: "Hello! How can I help you today? Grüße 👋",
  streamed: "Hello! How can I help you today? Grüße 👋",
  chunks: expect.any(Number) as number,
  ending: "complete",
  usage: true,
  turns: ["Hello! How can I help you today? Grüße 👋", "Goodbye! Have a great day!"],
  roles: ["user", "assistant", "user", "assistant"],
  call: { name: "get_weather", city: "Oslo" },
  status: 200,
  error: { status: 404, message: true },
};

async function converseIn(command: string, args: string[]): Promise<unknown> {
  const { stdout, stderr } = await run(command, [...args, file, `${server.url}/v1`]);
  expect(stderr).toBe("");
  return JSON.parse(stdout);
}

describe("a conversation with a server of another make, streamed and whole", () => {
  it("works from Node", async () => {
    expect(await converseIn(process.execPath, [])).toEqual(expected);
  }, 20_000);

  it("works from Deno, allowed nothing but this server", async () => {
    expect(
      await converseIn(bin("deno"), ["run", "--no-prompt", "--no-check", `--allow-net=${new URL(server.url).host}`]),
    ).toEqual(expected);
  }, 20_000);

  it("works from Bun", async () => {
    expect(await converseIn(bin("bun"), [])).toEqual(expected);
  }, 20_000);

  it("works from inside a Worker", async () => {
    const worker = await startWorker(`import { converse } from "./test/interop/conversation.ts";
export default { fetch: async (request) => Response.json(await converse(decodeURIComponent(new URL(request.url).search.slice(1)))) };`);
    try {
      expect(await (await fetch(`${worker.url}/?${encodeURIComponent(`${server.url}/v1`)}`)).json()).toEqual(expected);
    } finally {
      await worker.close();
    }
  }, 20_000);
});
