import {
  imageGeneration,
  streamImageGeneration,
  imageEdit,
  streamImageEdit,
  speech,
  streamSpeech,
  transcription,
  streamTranscription,
  translation,
} from "../../src/media/index.ts";
import { describe, expect, expectTypeOf, it } from "vitest";
import {
  decodeBase64,
  type DiarizedTranscription,
  type Transcription,
  type VerboseTranscription,
} from "../../src/media/index.ts";
import { faults } from "../../src/testing/index.ts";
import { all, failure, lastBody, NAMED, setUp, streamOf } from "./support.ts";

const png = (): File => new File([new Uint8Array([137, 80, 78, 71])], "a.png", { type: "image/png" });
const speechFile = (): File => new File(["sound"], "speech.mp3", { type: "audio/mpeg" });

describe("imageGeneration()", () => {
  it("sends the prompt with the default model, and returns the images", async () => {
    const { client, mock } = setUp();
    const images = await imageGeneration(client, "A red square", { n: 2, size: "1024x1024" });
    expect(images.data).toHaveLength(2);
    expect([...decodeBase64(images.data[0]!.b64_json!).subarray(1, 4)]).toEqual([0x50, 0x4e, 0x47]);
    expect(lastBody(mock)).toEqual({
      model: "gpt-image-2.6-flare",
      prompt: "A red square",
      n: 2,
      size: "1024x1024",
    });
  });

  it("streams partial images, and assembles the API's whole answer", async () => {
    const { client, mock } = setUp({ models: { image: "gpt-image-1-mini" } });
    const whole = await imageGeneration(client, "A red square");
    const stream = await streamImageGeneration(client, "A red square", { partial_images: 2 });
    const chunks = await all(stream);
    expect(chunks.map((chunk) => [chunk.partialIndex, chunk.image.length > 0])).toEqual([
      [0, true],
      [1, true],
      [undefined, true],
    ]);
    expect(await stream.final()).toEqual({ ...whole, created: expect.any(Number) });
    expect(stream.ending).toBe("complete");
    expect(lastBody(mock)).toEqual({
      model: "gpt-image-1-mini",
      prompt: "A red square",
      partial_images: 2,
      stream: true,
    });
  });

  it("is truncated unless all images arrived", async () => {
    const { client, mock } = setUp({ maxRetries: 0 });
    mock.reply({ fault: faults.cut({ afterEvents: 2 }) }, { fault: faults.cut({ afterEvents: 1 }) });
    expect(await failure((await streamImageGeneration(client, "x", { partial_images: 3 })).final())).toMatchObject({
      kind: "StreamError",
      ending: "truncated",
    });
    expect(await failure((await streamImageGeneration(client, "x", { n: 2 })).final())).toMatchObject({
      kind: "StreamError",
      ending: "truncated",
    });
  });

  it("accepts whole images instead of a stream, and does not wait for a connection that stays open", async () => {
    const { client, mock } = setUp({ timeout: { grace: 10 } });
    mock.reply(
      { status: 200, body: { created: 7, data: [{ url: "https://example.test/1.png" }], size: "256x256" } },
      { fault: faults.linger() },
    );
    const stream = await streamImageGeneration(client, "x", { n: 3, model: "gpt-image-2.6-sunburst" });
    expect(await stream.final()).toEqual({
      created: 7,
      size: "256x256",
      data: [{ url: "https://example.test/1.png" }],
    });
    expect((await (await streamImageGeneration(client, "x")).final()).data).toHaveLength(1);
  });

  it("passes a stream on to a page", async () => {
    const { client } = setUp();
    const stream = await streamImageGeneration(client, "x", { partial_images: 1 });
    const relayed = setUp({ fetch: async () => stream.toResponse() });
    const images = await (await streamImageGeneration(relayed.client, "x")).final();
    expect(images.data[0]?.b64_json).toBeTruthy();
  });

  it("fails with the provider's error", async () => {
    const { client, mock } = setUp();
    mock.reply({
      events: [
        'event: error\ndata: {"error":{"message":"No such thing","code":"moderation_blocked","type":"image_generation_user_error"}}\n\n',
      ],
    });
    expect(await failure((await streamImageGeneration(client, "x")).final())).toMatchObject({
      ending: "provider_error",
      code: "moderation_blocked",
    });
  });
});

describe("imageEdit()", () => {
  it("sends one image as image, several as image[], and the mask", async () => {
    const { client, mock } = setUp();
    const one = await imageEdit(client, png(), { prompt: "Make it blue", n: 1 });
    expect(one.data).toHaveLength(1);
    expect(lastBody(mock)).toEqual({
      model: "gpt-image-2.6-flare",
      prompt: "Make it blue",
      n: "1",
      image: expect.objectContaining({ filename: "a.png", type: "image/png", size: 4 }),
    });
    await imageEdit(client, [png(), new Blob(["x"], { type: "image/webp" })], {
      prompt: "Both",
      mask: png(),
      input_fidelity: "high",
    });
    expect(lastBody(mock)).toMatchObject({
      image: [{ filename: "a.png" }, { filename: "file.webp" }],
      mask: { filename: "a.png" },
      input_fidelity: "high",
    });
  });

  it("streams partial images", async () => {
    const { client, mock } = setUp();
    const stream = await streamImageEdit(client, [png()], { prompt: "Make it blue", partial_images: 1 });
    expect((await all(stream)).map((chunk) => chunk.raw.type)).toEqual([
      "image_edit.partial_image",
      "image_edit.completed",
    ]);
    expect((await stream.final()).data).toHaveLength(1);
    expect(lastBody(mock)).toMatchObject({ stream: "true", partial_images: "1" });
  });

  it("rejects a missing prompt or image and sends nothing", async () => {
    const { client, mock } = setUp();
    expect(await failure(imageEdit(client, png(), {} as never))).toMatchObject({ kind: "InputError", path: "prompt" });
    expect(await failure(imageEdit(client, "a.png" as never, { prompt: "x" }))).toMatchObject({
      kind: "InputError",
      path: "image",
    });
    expect(mock.requests).toEqual([]);
  });
});

describe("speech()", () => {
  it("returns a response whose body streams the audio", async () => {
    const { client, mock } = setUp({ models: NAMED });
    const response = await speech(client, "Hello there", { response_format: "wav" });
    expect(response.headers.get("content-type")).toBe("audio/wav");
    const bytes = new Uint8Array(await response.arrayBuffer());
    expect(new TextDecoder().decode(bytes.subarray(0, 4))).toBe("RIFF");
    expect(bytes.length).toBe(44 + 2 * 960);
    expect(lastBody(mock)).toEqual({
      model: "gpt-4o-mini-tts",
      voice: "alloy",
      input: "Hello there",
      response_format: "wav",
    });
  });

  it("rejects with the API's error after retries", async () => {
    const { client, mock } = setUp({ models: NAMED });
    mock.reply({ status: 500, headers: { "retry-after-ms": "0" } }, { status: 400, error: "Too long" });
    expect(await failure(speech(client, "x", { voice: "nova" }))).toMatchObject({
      kind: "APIError",
      status: 400,
      message: "Too long",
    });
    expect(mock.requests).toHaveLength(2);
  });

  it("streams events with streamSpeech()", async () => {
    const { client, mock } = setUp({ models: NAMED });
    const stream = await streamSpeech(client, "Hello there");
    const sizes = (await all(stream)).map((chunk) => chunk.audio.length);
    expect(sizes).toEqual([960, 960, 0]);
    expect(await stream.final()).toEqual({ usage: { input_tokens: 2, output_tokens: 2, total_tokens: 4 } });
    expect(lastBody(mock)).toEqual({
      model: "gpt-4o-mini-tts",
      voice: "alloy",
      input: "Hello there",
      stream_format: "sse",
    });
    mock.reply({ fault: faults.cut({ afterEvents: 1 }) });
    expect(await failure((await streamSpeech(client, "Hello there", {}, { maxRetries: 0 })).final())).toMatchObject({
      ending: "truncated",
    });
  });
});

describe("transcription()", () => {
  it("sends the file with the default model, and returns an object", async () => {
    const { client, mock } = setUp();
    const heard = await transcription(client, speechFile(), {
      language: "en",
      include: ["logprobs"],
      chunking_strategy: { type: "server_vad", threshold: 0.6 },
    });
    expect(heard.text).toContain("speech.mp3");
    expectTypeOf(heard).toEqualTypeOf<Transcription>();
    expect(lastBody(mock)).toMatchObject({
      model: "gpt-transcribe",
      language: "en",
      include: ["logprobs"],
      chunking_strategy: { type: "server_vad", threshold: "0.6" },
      file: { filename: "speech.mp3", type: "audio/mpeg" },
    });
  });

  it("returns a string for text, srt and vtt, and an object for the other formats", async () => {
    const { client } = setUp({ models: { transcription: "whisper-1" } });
    const vtt = await transcription(client, speechFile(), { response_format: "vtt" });
    expect(vtt).toMatch(/^WEBVTT\n/);
    expectTypeOf(vtt).toEqualTypeOf<string>();
    expect(await transcription(client, speechFile(), { response_format: "srt" })).toMatch(/^1\n00:/);
    expect(await transcription(client, speechFile(), { response_format: "text" })).toMatch(/^The transcript of/);
    const verbose = await transcription(client, speechFile(), {
      response_format: "verbose_json",
      timestamp_granularities: ["segment"],
    });
    expectTypeOf(verbose).toEqualTypeOf<VerboseTranscription>();
    expect(verbose.segments).toHaveLength(1);
    const diarized = await transcription(client, speechFile(), {
      response_format: "diarized_json",
      model: "gpt-4o-transcribe-diarize",
    });
    expectTypeOf(diarized).toEqualTypeOf<DiarizedTranscription>();
    expect(diarized.segments[0]?.speaker).toBe("A");
    expectTypeOf(await transcription(client, speechFile())).toEqualTypeOf<Transcription>();
  });

  it("returns text that looks like JSON as text, but rejects for an error", async () => {
    const { client, mock } = setUp();
    mock.reply({ body: '{"a": 1}' }, { body: '{"error": {"message": "No"}}' }, { body: "" });
    expect(await transcription(client, speechFile(), { response_format: "text" })).toBe('{"a": 1}');
    expect(await failure(transcription(client, speechFile(), { response_format: "text" }))).toMatchObject({
      kind: "APIError",
      message: "No",
    });
    expect(await transcription(client, speechFile(), { response_format: "text" })).toBe("");
  });

  it("accepts a stream with a file name", async () => {
    const { client, mock } = setUp();
    await transcription(client, streamOf(["so", "und"]).stream, {}, { filename: "a.webm" });
    expect(lastBody(mock)).toMatchObject({ file: { filename: "a.webm", size: 5 } });
  });

  it("streams text as it is transcribed, and assembles the API's whole answer", async () => {
    const { client, mock } = setUp();
    const whole = await transcription(client, speechFile());
    const stream = await streamTranscription(client, speechFile());
    const chunks = await all(stream);
    expect(chunks.length).toBeGreaterThan(3);
    expect(chunks.map((chunk) => chunk.content).join("")).toBe(whole.text);
    expect(await stream.final()).toEqual(whole);
    expect(lastBody(mock)).toMatchObject({ stream: "true" });
  });

  it("yields everything at once if the model does not stream", async () => {
    const { client } = setUp();
    const stream = await streamTranscription(client, speechFile(), { model: "whisper-1" });
    expect((await all(stream)).map((chunk) => chunk.content)).toEqual([expect.stringContaining("speech.mp3")]);
    expect((await stream.final()).text).toContain("speech.mp3");
  });

  it("is truncated if the body ends early, and never sends a stream again", async () => {
    const { client, mock } = setUp();
    mock.reply(
      { text: "one two three", fault: faults.cut({ afterEvents: 2 }) },
      { fault: faults.reset({ afterEvents: 0 }) },
    );
    expect(await failure((await streamTranscription(client, speechFile())).final())).toMatchObject({
      ending: "truncated",
      partial: { text: "one two" },
    });
    const stream = await streamTranscription(client, streamOf(["sound"]).stream, {}, { filename: "a.mp3" });
    expect(await failure(stream.final())).toMatchObject({ ending: "truncated" });
    expect(mock.requests).toHaveLength(2);
  });
});

describe("translation()", () => {
  it("returns English text, as an object or a string", async () => {
    const { client, mock } = setUp({ models: NAMED });
    expect((await translation(client, speechFile(), { prompt: "names" })).text).toContain("The translation of");
    expect(lastBody(mock)).toMatchObject({ model: "whisper-1", prompt: "names" });
    const srt = await translation(client, speechFile(), { response_format: "srt" });
    expectTypeOf(srt).toEqualTypeOf<string>();
    expect(srt).toMatch(/-->/);
  });
});
