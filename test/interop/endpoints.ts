import { createResponse, responses, streamResponse } from "../../src/responses/index.ts";
import {
  imageGeneration,
  imageEdit,
  speech,
  transcription,
  streamTranscription,
  translation,
  files,
  file,
  deleteFile,
  fileContent,
  uploadFile,
} from "../../src/media/index.ts";
import { createClient, tool } from "../../src/index.ts";
import { outputCalls, outputText } from "../../src/responses/index.ts";
import { decodeBase64 } from "../../src/media/index.ts";

/** Asks a server for everything that it serves besides chat, and gives what came of it, as JSON. */
export async function askAll(baseURL: string): Promise<object> {
  const client = createClient({ apiKey: "sk-test", baseURL, model: "gpt-6-luna", maxRetries: 0, timeout: 10_000 });
  return {
    responses: await askResponses(client),
    files: await askFiles(client),
    media: await askMedia(client),
    ...(await askTexts(client)),
  };
}

type Client = ReturnType<typeof createClient>;

async function askTexts(client: Client): Promise<object> {
  const vectors = [
    await client.embedding("red"),
    await client.embedding(["red", "red"]),
    await client.embedding("red", { encoding_format: "base64" }),
  ].map(({ data }) => data.map(({ embedding }) => [...embedding]));
  const moderations = [await client.moderation("kind"), await client.moderation("attack")].map(
    ({ results }) => results[0]?.flagged,
  );
  const models: string[] = [];
  for await (const { id } of await client.models()) models.push(id);
  return { vectors, moderations, models: models.length > 0 };
}

async function askResponses(client: Client): Promise<object> {
  const weather = tool({
    name: "get_weather",
    parameters: { type: "object", properties: { city: { type: "string" } } },
    execute: ({ city }) => `Rain in ${String(city)}`,
  });
  const whole = await createResponse(client, "hello");
  const stream = await streamResponse(client, "hello");
  let streamed = "";
  for await (const chunk of stream) streamed += chunk.content;
  const called = await (
    await streamResponse(client, "weather", {
      tools: [{ type: "function", name: "get_weather", parameters: null, strict: false }],
    })
  ).final();
  const chat = client.newChatSession({ api: responses(), tools: [weather] });
  const turns = [await chat.send("hello"), await chat.send("weather", {}, { onChunk: () => undefined })];
  return {
    whole: outputText(whole),
    streamed,
    ending: stream.ending,
    calls: outputCalls(called).map((call) => call.name),
    turns,
  };
}

async function askFiles(client: Client): Promise<object> {
  const content = Uint8Array.from({ length: 1_000 }, (_, at) => at % 256);
  const { id, bytes } = await uploadFile(client, new File([content], "a.bin"), { purpose: "user_data" });
  const { filename } = await file(client, id);
  const read = new Uint8Array(await (await fileContent(client, id)).arrayBuffer());
  const listed: string[] = [];
  for await (const file of await files(client, { purpose: "user_data" })) listed.push(file.filename);
  const { deleted } = await deleteFile(client, id);
  const gone: unknown = await file(client, id).catch((error: unknown) => (error as { status?: number }).status);
  return {
    bytes,
    filename,
    same: read.every((byte, at) => byte === content[at]) && read.length === content.length,
    listed,
    deleted,
    gone,
  };
}

async function askMedia(client: Client): Promise<object> {
  const png = new File([Uint8Array.of(137, 80, 78, 71)], "a.png", { type: "image/png" });
  const sound = new File([Uint8Array.of(255, 251, 144, 0)], "a.mp3", { type: "audio/mpeg" });
  const images = [await imageGeneration(client, "a square"), await imageEdit(client, png, { prompt: "a circle" })].map(
    ({ data }) => [...decodeBase64(data[0]?.b64_json ?? "")],
  );
  const sounds = [...new Uint8Array(await (await speech(client, "hello", { model: "gpt-4o-mini-tts" })).arrayBuffer())];
  const stream = await streamTranscription(client, sound);
  const { text } = await stream.final();
  const words = [
    (await transcription(client, sound)).text,
    text,
    (await translation(client, sound, { model: "whisper-1" })).text,
  ];
  return { images, speech: sounds, words, ending: stream.ending };
}
