import { mkdir, writeFile } from "node:fs/promises";
import { LLMock } from "@copilotkit/aimock";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundled } from "../../scripts/lib/example.ts";
import { bin, CACHE } from "../../scripts/lib/paths.ts";
import { run } from "../../scripts/lib/run.ts";
import { startWorker } from "../support/worker.ts";

// A server that this project did not write, over real TCP. It has no text completions, and streams neither images nor speech.
const server = new LLMock({ port: 0, chunkSize: 4 });
const file = `${CACHE}/endpoints.mjs`;

beforeAll(async () => {
  server.on({ userMessage: "weather", hasToolResult: true }, { content: "It rains." });
  server.onMessage("hello", { content: "Hello! Grüße 👋" });
  server.onMessage("weather", { toolCalls: [{ name: "get_weather", arguments: { city: "Oslo" } }] });
  server.onEmbedding("red", { embedding: [0.5, -0.25, 1] });
  server.onImage("a square", { image: { b64Json: btoa("A") } });
  server.onImage("a circle", { image: { b64Json: btoa("B") } });
  server.onSpeech("hello", { audio: btoa("C"), format: "mp3" });
  server.onTranscription({ transcription: { text: "What was said" } });
  server.onTranslation({ transcription: { text: "What was meant" } });
  server.onModerate("attack", { flagged: true, categories: { violence: true } });
  await server.start();
  await mkdir(CACHE, { recursive: true });
  const contents = `import { askAll } from "./test/interop/endpoints.ts";
console.log(JSON.stringify(await askAll(globalThis.Deno?.args[0] ?? process.argv[2])));`;
  await writeFile(file, await bundled({ stdin: { contents, loader: "ts", resolveDir: "." } }));
});

afterAll(() => server.stop());

const vector = [0.5, -0.25, 1];
const expected = {
  responses: {
    whole: "Hello! Grüße 👋",
    streamed: "Hello! Grüße 👋",
    ending: "complete",
    calls: ["get_weather"],
    turns: ["Hello! Grüße 👋", "It rains."],
  },
  files: { bytes: 1_000, filename: "a.bin", same: true, listed: ["a.bin"], deleted: true, gone: 404 },
  media: {
    images: [[65], [66]],
    speech: [67],
    words: ["What was said", "What was said", "What was meant"],
    ending: "complete",
  },
  vectors: [[vector], [vector, vector], [vector]],
  moderations: [false, true],
  models: true,
};

async function askFrom(command: string, args: string[]): Promise<unknown> {
  const { stdout, stderr } = await run(command, [...args, file, `${server.url}/v1`]);
  expect(stderr).toBe("");
  return JSON.parse(stdout);
}

describe("responses, embeddings, moderations, models, files, images, speech and transcriptions of a server of another make", () => {
  it("are had from Node", async () => {
    expect(await askFrom(process.execPath, [])).toEqual(expected);
  }, 20_000);

  it("are had from Deno, allowed nothing but this server", async () => {
    expect(
      await askFrom(bin("deno"), ["run", "--no-prompt", "--no-check", `--allow-net=${new URL(server.url).host}`]),
    ).toEqual(expected);
  }, 20_000);

  it("are had from Bun", async () => {
    expect(await askFrom(bin("bun"), [])).toEqual(expected);
  }, 20_000);

  it("are had from inside a Worker", async () => {
    const worker = await startWorker(`import { askAll } from "./test/interop/endpoints.ts";
export default { fetch: async (request) => Response.json(await askAll(decodeURIComponent(new URL(request.url).search.slice(1)))) };`);
    try {
      expect(await (await fetch(`${worker.url}/?${encodeURIComponent(`${server.url}/v1`)}`)).json()).toEqual(expected);
    } finally {
      await worker.close();
    }
  }, 20_000);
});
