import { stringOf } from "../../wire/read.ts";
import { badRequest, type Refusal } from "../apiErrors.ts";
import { TRANSCRIPTION_FIELDS, TRANSLATION_FIELDS } from "../apiFields.ts";
import { findBodyFault } from "../bodyRules.ts";
import { eventsDraft, jsonDraft } from "../drafts.ts";
import { findTranscriptionFault } from "../models.ts";
import { fileOf } from "../forms.ts";
import { type Beat, paceOf } from "../pace.ts";
import { piece } from "../pieces.ts";
import type { Call, Route } from "../route.ts";
import { tokenize } from "../tokens.ts";
import type { Draft, RecordedRequest } from "../types.ts";

/** `POST /audio/transcriptions`, streamed and whole. */
export const createTranscription: Route = {
  method: "POST",
  path: "/audio/transcriptions",
  check: (request, settings) =>
    findBodyFault(request, settings, { fields: TRANSCRIPTION_FIELDS, isForm: true, model: findTranscriptionFault }) ??
    checkEnding(request),
  answer: (call) => write(call, `The transcript of ${nameOf(call.request)}.`),
};

/** `POST /audio/translations`. */
export const createTranslation: Route = {
  method: "POST",
  path: "/audio/translations",
  check: (request, settings) =>
    findBodyFault(request, settings, { fields: TRANSLATION_FIELDS, isForm: true }) ?? checkEnding(request),
  answer: (call) => write(call, `The translation of ${nameOf(call.request)}.`),
};

const ENDINGS = /\.(flac|mp3|mp4|mpeg|mpga|m4a|ogg|wav|webm)$/i;

function checkEnding(request: RecordedRequest): Refusal | undefined {
  if (ENDINGS.test(nameOf(request))) return undefined;
  return badRequest(
    "Unrecognized file format. Supported formats: ['flac', 'm4a', 'mp3', 'mp4', 'mpeg', 'mpga', 'oga', 'ogg', 'wav', 'webm']",
    "file",
  );
}

function nameOf({ body }: RecordedRequest): string {
  return fileOf(body, "file").filename;
}

function write({ request, reply, settings }: Call, usual: string): Draft {
  const { body } = request;
  const response_format = stringOf(body, "response_format");
  const text = reply.text ?? usual;
  const pace = paceOf(reply, settings);
  // Like the API: whisper-1 ignores `stream`.
  if (stringOf(body, "stream") === "true" && stringOf(body, "model") !== "whisper-1") return streamed(text, pace);
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
