import { badRequest, type Refusal } from "../apiErrors.ts";
import { eventsDraft, jsonDraft } from "../drafts.ts";
import { findFieldFault } from "../fieldRules.ts";
import type { UploadedFile } from "../multipart.ts";
import { type Beat, paceOf } from "../pace.ts";
import { piece } from "../pieces.ts";
import type { Call, Route } from "../route.ts";
import { tokenize } from "../tokens.ts";
import type { Draft, RecordedRequest } from "../types.ts";

const FORMATS = ["json", "text", "srt", "verbose_json", "vtt"];

/** `POST /audio/transcriptions`, streamed and whole. */
export const createTranscription: Route = {
  method: "POST",
  path: "/audio/transcriptions",
  check: (request) => checkAudio(request, [...FORMATS, "diarized_json"]),
  answer: (call) => write(call, `You sent ${fileOf(call.request).filename}, and this is what the stand-in heard.`),
};

/** `POST /audio/translations`. */
export const createTranslation: Route = {
  method: "POST",
  path: "/audio/translations",
  check: (request) => checkAudio(request, FORMATS),
  answer: (call) => write(call, `This is what ${fileOf(call.request).filename} says, in English.`),
};

const ENDINGS = /\.(flac|mp3|mp4|mpeg|mpga|m4a|ogg|wav|webm)$/i;

function checkAudio(request: RecordedRequest, formats: readonly string[]): Refusal | undefined {
  const fault = findFieldFault(request, {
    file: "file!",
    model: "string!",
    response_format: formats,
    temperature: "number",
    stream: "boolean",
  });
  if (fault || ENDINGS.test(fileOf(request).filename)) return fault;
  return badRequest(
    "Unrecognized file format. Supported formats: ['flac', 'm4a', 'mp3', 'mp4', 'mpeg', 'mpga', 'oga', 'ogg', 'wav', 'webm']",
    "file",
  );
}

function fileOf({ body }: RecordedRequest): UploadedFile {
  return (body as { file: UploadedFile }).file;
}

function write({ request, reply, settings }: Call, heard: string): Draft {
  const { response_format = "json", stream, model } = request.body as Record<string, string>;
  const text = reply.text ?? heard;
  const pace = paceOf(reply, settings);
  // As with the API: whisper-1 does not stream, and does not say so.
  if (stream === "true" && model !== "whisper-1") return streamed(text, pace);
  const time = ["00:00:00", "00:00:02"];
  if (response_format === "text") return plain(`${text}\n`);
  if (response_format === "srt") return plain(`1\n${time.map((one) => `${one},000`).join(" --> ")}\n${text}\n\n`);
  if (response_format === "vtt")
    return plain(`WEBVTT\n\n${time.map((one) => `${one}.000`).join(" --> ")}\n${text}\n\n`);
  const duration = { type: "duration", seconds: 2 };
  if (response_format === "verbose_json") {
    const segment = {
      id: 0,
      seek: 0,
      start: 0,
      end: 2,
      text,
      tokens: [1],
      temperature: 0,
      avg_logprob: -0.2,
      compression_ratio: 1,
      no_speech_prob: 0,
    };
    return jsonDraft({
      task: "transcribe",
      language: "english",
      duration: 2,
      text,
      segments: [segment],
      usage: duration,
    });
  }
  if (response_format === "diarized_json") {
    const segment = { type: "transcript.text.segment", id: "seg_001", start: 0, end: 2, text, speaker: "A" };
    return jsonDraft({ task: "transcribe", duration: 2, text, segments: [segment], usage: duration });
  }
  return jsonDraft({ text, usage: usageOf(text) });
}

function plain(text: string): Draft {
  return { status: 200, headers: { "content-type": "text/plain; charset=utf-8" }, before: 0, pieces: [piece(text)] };
}

function usageOf(text: string): object {
  const output_tokens = tokenize(text).length;
  return {
    type: "tokens",
    input_tokens: 20,
    input_token_details: { text_tokens: 0, audio_tokens: 20 },
    output_tokens,
    total_tokens: 20 + output_tokens,
  };
}

function streamed(text: string, pace: Beat): Draft {
  const events = [
    ...tokenize(text).map((delta) => ({ type: "transcript.text.delta", delta })),
    { type: "transcript.text.done", text, usage: usageOf(text) },
  ];
  return eventsDraft(events, pace);
}
