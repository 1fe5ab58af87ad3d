import { rm, writeFile } from "node:fs/promises";
import OpenAI, { toFile } from "openai";

const client = new OpenAI();

const spoken = await client.audio.speech.create({ model: "gpt-4o-mini-tts", voice: "nova", input: "Hello there" });
const bytes = Buffer.from(await spoken.arrayBuffer());
await writeFile("hello.mp3", bytes);
await rm("hello.mp3");

const heard = await client.audio.transcriptions.create({
  model: "gpt-4o-transcribe",
  file: await toFile(bytes, "hello.mp3"),
});
console.log(heard.text);
