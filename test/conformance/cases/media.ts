import type { ConformanceCase } from "../case.ts";
import { all, equal, match, ok, rejects } from "../expect.ts";

const png = (): File => new File([Uint8Array.of(137, 80, 78, 71)], "a.png", { type: "image/png" });
const sound = (): File => new File([Uint8Array.of(255, 251, 144, 0)], "speech.mp3", { type: "audio/mpeg" });
const TRANSCRIPT = "The transcript of speech.mp3.";

export const media: ConformanceCase[] = [
  {
    name: "images are generated whole",
    async run({ talk, fetchat }) {
      const { client, script } = await talk();
      const { data } = await fetchat.imageGeneration(client, "A red square", { n: 2, size: "1024x1024" });
      equal(
        data.map(({ b64_json }) => [...fetchat.decodeBase64(b64_json ?? "").subarray(1, 4)]),
        [
          [0x50, 0x4e, 0x47],
          [0x50, 0x4e, 0x47],
        ],
      );
      const [request] = await script.exchanges();
      match(request, {
        method: "POST",
        path: "/v1/images/generations",
        body: { prompt: "A red square", n: 2, size: "1024x1024" },
      });
    },
  },
  {
    name: "images are streamed, with partial images",
    streams: true,
    async run({ talk, fetchat }) {
      const { client } = await talk();
      const stream = await fetchat.streamImageGeneration(client, "A red square", { partial_images: 2 });
      equal(
        (await all(stream)).map(({ partialIndex, image }) => [partialIndex, image.length > 0]),
        [
          [0, true],
          [1, true],
          [undefined, true],
        ],
      );
      match(await stream.final(), { data: [{ b64_json: /./ }], usage: { total_tokens: (count: number) => count > 0 } });
      equal(stream.ending, "complete");
    },
  },
  {
    name: "a stream of images without the last one is truncated",
    hostile: true,
    async run({ talk, fetchat }) {
      const { client } = await talk({ mock: {}, faults: [["cut", { afterEvents: 2 }]] });
      await rejects((await fetchat.streamImageGeneration(client, "x", { partial_images: 3 })).final(), {
        kind: "StreamError",
        ending: "truncated",
      });
    },
  },
  {
    name: "images are edited: one, several, with a mask, and streamed",
    async run({ talk, fetchat }) {
      const { client, script } = await talk();
      match(await fetchat.imageEdit(client, png(), { prompt: "Make it blue", mask: png() }), {
        data: [{ b64_json: /./ }],
      });
      match(await fetchat.imageEdit(client, [png(), png()], { prompt: "Join them" }), { data: [{ b64_json: /./ }] });
      const stream = await fetchat.streamImageEdit(client, png(), { prompt: "Make it blue", partial_images: 1 });
      equal(
        (await all(stream)).map(({ raw }) => raw.type),
        ["image_edit.partial_image", "image_edit.completed"],
      );
      const [masked, several, streamed] = (await script.exchanges()).map(({ body }) => body);
      match(masked, {
        prompt: "Make it blue",
        image: { filename: "a.png", type: "image/png", size: 4 },
        mask: { size: 4 },
      });
      match(several, { image: [{ size: 4 }, { size: 4 }] });
      match(streamed, { stream: "true", partial_images: "1" });
    },
  },
  {
    name: "speech is a stream of audio bytes",
    async run({ talk, fetchat }) {
      const { client, script } = await talk();
      const answer = await fetchat.speech(client, "Hello there", { model: "gpt-4o-mini-tts", response_format: "wav" });
      match(answer.headers.get("content-type"), /^audio\/wav/);
      const audio = new Uint8Array(await answer.arrayBuffer());
      equal([String.fromCharCode(...audio.subarray(0, 4)), (audio.length - 44) % 960], ["RIFF", 0]);
      match((await script.exchanges())[0]?.body, { input: "Hello there", voice: "alloy", response_format: "wav" });
    },
  },
  {
    name: "speech is streamed as events that end with the usage",
    streams: true,
    async run({ talk, fetchat }) {
      const { client, script } = await talk();
      const stream = await fetchat.streamSpeech(client, "Hello there", { model: "gpt-4o-mini-tts" });
      const size = (await all(stream)).reduce((sum, { audio }) => sum + audio.length, 0);
      ok(size > 0 && size % 960 === 0, `bytes of audio: ${size}`);
      match(await stream.final(), { usage: { total_tokens: (count: number) => count > 0 } });
      match((await script.exchanges())[0]?.body, { stream_format: "sse" });
    },
  },
  {
    name: "speech that is cut before its end is truncated",
    hostile: true,
    async run({ talk, fetchat }) {
      const { client } = await talk({ mock: {}, faults: [["cut", { afterEvents: 1 }]] });
      await rejects((await fetchat.streamSpeech(client, "Hello there", { model: "gpt-4o-mini-tts" })).final(), {
        kind: "StreamError",
        ending: "truncated",
      });
    },
  },
  {
    name: "a transcription is returned in every requested format",
    async run({ talk, fetchat }) {
      const { client, script } = await talk();
      match(await fetchat.transcription(client, sound(), { language: "en" }), {
        text: TRANSCRIPT,
        usage: { type: "tokens" },
      });
      equal(await fetchat.transcription(client, sound(), { response_format: "text" }), `${TRANSCRIPT}\n`);
      match(await fetchat.transcription(client, sound(), { model: "whisper-1", response_format: "vtt" }), /^WEBVTT/);
      match(
        await fetchat.transcription(client, sound(), {
          model: "whisper-1",
          response_format: "verbose_json",
          timestamp_granularities: ["word", "segment"],
        }),
        { text: TRANSCRIPT, segments: [{ start: 0, text: TRANSCRIPT }] },
      );
      const [first] = await script.exchanges();
      match(first, {
        path: "/v1/audio/transcriptions",
        body: { language: "en", file: { filename: "speech.mp3", type: "audio/mpeg", size: 4 } },
      });
    },
  },
  {
    name: "a transcription is streamed, and arrives in one chunk from a model that does not stream",
    streams: true,
    async run({ talk, fetchat }) {
      const { client } = await talk();
      const stream = await fetchat.streamTranscription(client, sound());
      const pieces = (await all(stream)).map(({ content }) => content);
      equal([pieces.join(""), pieces.length > 3], [TRANSCRIPT, true]);
      match(await stream.final(), { text: TRANSCRIPT, usage: { type: "tokens" } });
      const whole = await fetchat.streamTranscription(client, sound(), { model: "whisper-1" });
      equal(
        (await all(whole)).map(({ content }) => content),
        [TRANSCRIPT],
      );
    },
  },
  {
    name: "a translation is an object, or text on request",
    async run({ talk, fetchat }) {
      const { client, script } = await talk();
      match(await fetchat.translation(client, sound(), { model: "whisper-1" }), {
        text: "The translation of speech.mp3.",
      });
      match(
        await fetchat.translation(client, sound(), { model: "whisper-1", response_format: "srt" }),
        /^1\n00:00:00,000 --> /,
      );
      match((await script.exchanges())[0], { path: "/v1/audio/translations", body: { model: "whisper-1" } });
    },
  },
];
