import { rm, writeFile } from "node:fs/promises";
import { createClient } from "fetchat";
import { speech, transcription } from "fetchat/media";

const client = createClient({ env: process.env });

const spoken = await speech(client, "Hello there", { model: "gpt-4o-mini-tts", voice: "nova" });
const bytes = await spoken.bytes();
await writeFile("hello.mp3", bytes);
await rm("hello.mp3");

const heard = await transcription(client, bytes, { model: "gpt-4o-transcribe" }, { filename: "hello.mp3" });
console.log(heard.text);
