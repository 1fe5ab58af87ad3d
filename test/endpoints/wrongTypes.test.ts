import { response, responseInputItems } from "../../src/responses/index.ts";
import {
  imageGeneration,
  streamImageGeneration,
  streamSpeech,
  transcription,
  streamTranscription,
  files,
} from "../../src/media/index.ts";
import fc from "fast-check";
import { expect, it } from "vitest";
import { createClient, type OpenAI } from "../../src/index.ts";

const audio = new File(["sound"], "speech.mp3");
const ENGINE = /is not (a function|iterable)|undefined|Cannot (read|convert)|call stack|Invalid|atob/;

function clientOf(body: string, type = "application/json"): OpenAI {
  const fetch = (): Promise<Response> => Promise.resolve(new Response(body, { headers: { "content-type": type } }));
  return createClient({ apiKey: "sk-test", maxRetries: 0, fetch });
}

async function read(ask: () => Promise<unknown>): Promise<unknown> {
  try {
    return await ask();
  } catch (error) {
    expect(error).toMatchObject({ kind: expect.stringMatching(/^(APIError|StreamError)$/) as unknown });
    expect((error as Error).message).not.toMatch(ENGINE);
    return error;
  }
}

async function pages(list: AsyncIterable<unknown>): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const one of list) if (all.push(one) > 5) break;
  return all;
}

const CALLS: Readonly<Record<string, (client: OpenAI) => Promise<unknown>>> = {
  models: async (client) => pages(await client.models()),
  files: async (client) => pages(await files(client)),
  responseInputItems: async (client) => pages(await responseInputItems(client, "resp_1")),
  embedding: async (client) => client.embedding("x", { encoding_format: "base64" }),
  moderation: async (client) => (await client.moderation("x")).results.length,
  imageGeneration: async (client) => (await imageGeneration(client, "x")).data.length,
  transcription: async (client) => (await transcription(client, audio)).text.length,
  streamTranscription: async (client) => (await streamTranscription(client, audio)).final(),
  streamImageGeneration: async (client) => (await streamImageGeneration(client, "x")).final(),
  response: async (client) => response(client, "resp_1"),
};

const answers = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc
    .tuple(fc.constantFrom("data", "results", "text", "output", "last_id"), fc.jsonValue({ maxDepth: 2 }))
    .map(([name, value]) => ({ object: "list", has_more: true, [name]: value })),
  fc.jsonValue({ maxDepth: 1 }).map((value) => ({ data: [value, { embedding: value, b64_json: value }] })),
);

it.each(Object.keys(CALLS))("%s() returns a result or a typed error, whatever JSON the server sends", async (name) => {
  await fc.assert(
    fc.asyncProperty(answers, async (answer) => {
      await read(() => (CALLS[name] as (client: OpenAI) => Promise<unknown>)(clientOf(JSON.stringify(answer))));
    }),
    { numRuns: 60 },
  );
});

it.each(['{"data":{}}', '{"data":"x"}', '{"data":null,"object":5}', '"x"', "5"])(
  "a list that is none is an APIError: %s",
  async (body) => {
    const error = await read(() => clientOf(body).models());
    if (!body.includes("null")) expect(error).toMatchObject({ kind: "APIError", code: "unexpected_answer" });
  },
);

const STREAMS: Readonly<Record<string, readonly [string, (client: OpenAI) => Promise<{ final(): Promise<unknown> }>]>> =
  {
    transcription: ["transcript.text", (client) => streamTranscription(client, audio)],
    images: ["image_generation", (client) => streamImageGeneration(client, "x")],
    speech: ["speech.audio", (client) => streamSpeech(client, "x", { model: "speaker" })],
  };

it.each(Object.keys(STREAMS))("streamed %s: fields of a wrong type are ignored or give a typed error", async (name) => {
  const [kind, open] = STREAMS[name] as (typeof STREAMS)[string];
  const field = fc.constantFrom(
    "delta",
    "text",
    "b64_json",
    "partial_image_index",
    "audio",
    "usage",
    "created_at",
    "type",
  );
  const ends = fc.constantFrom(".delta", ".done", ".partial_image", ".completed");
  await fc.assert(
    fc.asyncProperty(ends, field, fc.jsonValue({ maxDepth: 2 }), async (end, wrong, value) => {
      const events = [
        { type: kind + end, text: "Hi", audio: "aGk=", [wrong]: value },
        { type: kind + (name === "images" ? ".completed" : ".done"), text: "Hi", b64_json: "aGk=" },
      ];
      const body = events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("");
      await read(async () => (await open(clientOf(body, "text/event-stream"))).final());
    }),
    { numRuns: 80 },
  );
});

it("a transcription's delta that is an object gives no text", async () => {
  const body =
    'data: {"type":"transcript.text.delta","delta":{"a":1}}\n\ndata: {"type":"transcript.text.done","text":"Hi"}\n\n';
  const stream = await streamTranscription(clientOf(body, "text/event-stream"), audio);
  const contents: string[] = [];
  for await (const chunk of stream) contents.push(chunk.content);
  expect(contents).toEqual(["", "Hi"]);
});
