import { settingsOf } from "../http/connection.ts";
import { APIError } from "../errors.ts";
import type { Upload } from "../http/upload.ts";
import type { Connection } from "../http/connection.ts";
import type { Stream } from "../stream/stream.ts";
import { TypedDecoder } from "../decode/typed.ts";
import { stringOf } from "../wire/read.ts";
import { checkCall, type Taken, UPLOAD_OPTIONS } from "./arguments.ts";
import { bodyOf } from "./body.ts";
import { requestForm, streamForm } from "./open.ts";
import type { FormRequest, UploadOptions } from "./open.ts";
import type { ExpectedAnswer } from "./request.ts";
import type {
  DiarizedTranscription,
  TranscriptChunk,
  Transcription,
  TranscriptionParams,
  Translation,
  TranslationParams,
  VerboseTranscription,
  VerboseTranslation,
} from "../decode/transcripts.ts";

/** A streamed transcription. */
export type TranscriptStream = Stream<TranscriptChunk, Transcription>;

/**
 * Transcribes audio. `POST /audio/transcriptions`, https://platform.openai.com/docs/api-reference/audio/createTranscription
 *
 * @param audio a Blob or File, bytes, a response, or a stream; the API goes by the file name's ending, see the option `filename`
 * @returns an object; with `response_format` text, srt or vtt a string (srt, vtt and verbose_json: `whisper-1` has them, the default does not)
 * @throws InputError before anything is sent, for what is no file, or a stream that the platform cannot send; what the stream fails with;
 *   APIError, ConnectionError, TimeoutError, or the abort
 * @example
 * ```ts
 * const { text } = await transcription(client, await fetch("https://example.com/talk.mp3"), { language: "en" });
 * ```
 */
export function transcription(
  connection: Connection,
  audio: Upload,
  params?: TranscriptionParams & { response_format?: "json" | undefined },
  options?: UploadOptions,
): Promise<Transcription>;
/** Returns the text or the subtitles as a string. */
export function transcription(
  connection: Connection,
  audio: Upload,
  params: TranscriptionParams & { response_format: "text" | "srt" | "vtt" },
  options?: UploadOptions,
): Promise<string>;
/** Returns the text with its times. */
export function transcription(
  connection: Connection,
  audio: Upload,
  params: TranscriptionParams & { response_format: "verbose_json" },
  options?: UploadOptions,
): Promise<VerboseTranscription>;
/** Returns the text with its speakers. */
export function transcription(
  connection: Connection,
  audio: Upload,
  params: TranscriptionParams & { response_format: "diarized_json" },
  options?: UploadOptions,
): Promise<DiarizedTranscription>;
/** Returns the answer in any form, for params whose `response_format` is not known to the compiler. */
export function transcription(
  connection: Connection,
  audio: Upload,
  params?: TranscriptionParams,
  options?: UploadOptions,
): Promise<Transcription | VerboseTranscription | DiarizedTranscription | string>;
export async function transcription(
  connection: Connection,
  audio: Upload,
  params?: TranscriptionParams,
  options?: UploadOptions,
): Promise<unknown> {
  const form = formOf(connection, ["transcription", "streamTranscription()"], audio, params, options);
  return requestForm(connection, form, isText(params) ? "text" : TRANSCRIPT);
}

/**
 * Transcribes audio as a stream. A model that does not stream (`whisper-1`) gives the whole text in one chunk.
 *
 * The limit until the headers (2 minutes) covers the upload: raise `timeout.headers` for a big one.
 *
 * @returns the stream, once the API has accepted the request
 * @throws as {@link transcription} does
 * @example
 * ```ts
 * for await (const { content } of await streamTranscription(client, talk)) output.append(content);
 * ```
 */
export async function streamTranscription(
  connection: Connection,
  audio: Upload,
  params?: TranscriptionParams,
  options?: UploadOptions,
): Promise<TranscriptStream> {
  return streamForm(
    connection,
    formOf(connection, ["transcription", true], audio, params, options),
    () =>
      new TypedDecoder<TranscriptChunk, Transcription>(
        {
          last: "transcript.text.done",
          chunk(event, text) {
            const raw = { ...event, type: stringOf(event, "type") ?? "" };
            const isDone = raw.type === "transcript.text.done";
            const whole = stringOf(event, "text");
            if (isDone && whole === undefined) throw notATranscript(event);
            // Where no pieces came the whole stands for them.
            return { content: stringOf(event, "delta") ?? (isDone && text === "" ? whole : "") ?? "", raw };
          },
          whole: (answer) => (stringOf(answer, "text") === undefined ? [] : [answer]),
          result: ([last]) => {
            const { type: _, ...whole } = last ?? {};
            return { text: "", ...whole };
          },
        },
        settingsOf(connection).limits.answer,
      ),
  );
}

/**
 * Transcribes audio in another language as English text. `POST /audio/translations`,
 * https://platform.openai.com/docs/api-reference/audio/createTranslation
 *
 * @returns an object; with `response_format` text, srt or vtt a string
 * @throws as {@link transcription} does
 * @example
 * ```ts
 * const { text } = await translation(client, talk, { model: "whisper-1" });
 * ```
 */
export function translation(
  connection: Connection,
  audio: Upload,
  params?: TranslationParams & { response_format?: "json" | undefined },
  options?: UploadOptions,
): Promise<Translation>;
/** Returns the text or the subtitles as a string. */
export function translation(
  connection: Connection,
  audio: Upload,
  params: TranslationParams & { response_format: "text" | "srt" | "vtt" },
  options?: UploadOptions,
): Promise<string>;
/** Returns the text with its times. */
export function translation(
  connection: Connection,
  audio: Upload,
  params: TranslationParams & { response_format: "verbose_json" },
  options?: UploadOptions,
): Promise<VerboseTranslation>;
/** Returns the answer in any form, for params whose `response_format` is not known to the compiler. */
export function translation(
  connection: Connection,
  audio: Upload,
  params?: TranslationParams,
  options?: UploadOptions,
): Promise<Translation | VerboseTranslation | string>;
export async function translation(
  connection: Connection,
  audio: Upload,
  params?: TranslationParams,
  options?: UploadOptions,
): Promise<unknown> {
  const form = formOf(connection, ["translation", "no stream: translations have none"], audio, params, options);
  return requestForm(connection, form, isText(params) ? "text" : TRANSCRIPT);
}

const TRANSCRIPT: ExpectedAnswer = { expected: "a transcript", test: ({ text }) => typeof text === "string" };

function notATranscript(body: unknown): APIError {
  return new APIError("Expected a transcript, received something else", {
    status: 200,
    code: "unexpected_answer",
    body,
  });
}

function formOf(
  connection: Connection,
  [kind, streams]: readonly [kind: "transcription" | "translation", streams: Taken["streams"]],
  file: Upload,
  params: object | undefined,
  options: UploadOptions | undefined,
): FormRequest {
  checkCall(connection, params, options, { rules: UPLOAD_OPTIONS, input: "file", streams });
  return { path: `/audio/${kind}s`, files: { file }, fields: bodyOf(connection, kind, {}, params), options };
}

function isText(params: { response_format?: string | undefined } | undefined): boolean {
  return ["text", "srt", "vtt"].includes(params?.response_format ?? "");
}
