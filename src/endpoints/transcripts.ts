import type { NotParams } from "../types.ts";

/** The API's own fields of a translation, sent as they are; any other field of the API may be given too. */
export interface TranslationParams extends NotParams {
  model?: string | undefined;
  prompt?: string | undefined;
  response_format?: "json" | "text" | "srt" | "verbose_json" | "vtt" | undefined;
  /** 0 to 1. */
  temperature?: number | undefined;
}

/** The API's own fields of a transcription, sent as they are; any other field of the API may be given too. */
export interface TranscriptionParams extends NotParams {
  model?: string | undefined;
  /** What is spoken, as ISO 639-1 has it: `en`. */
  language?: string | undefined;
  languages?: string[] | undefined;
  keywords?: string[] | undefined;
  prompt?: string | undefined;
  response_format?: "json" | "text" | "srt" | "verbose_json" | "vtt" | "diarized_json" | undefined;
  /** 0 to 1. */
  temperature?: number | undefined;
  include?: "logprobs"[] | undefined;
  timestamp_granularities?: ("word" | "segment")[] | undefined;
  chunking_strategy?: "auto"
    | { type: "server_vad"; prefix_padding_ms?: number; silence_duration_ms?: number; threshold?: number } | null | undefined;
  known_speaker_names?: string[] | undefined;
  /** Data URLs. */
  known_speaker_references?: string[] | undefined;
  /** Not here: `streamTranscription()` streams. */
  stream?: never;
}

/** What a transcription cost. */
export type TranscriptionUsage =
  | {
    type: "tokens"; input_tokens: number; output_tokens: number; total_tokens: number;
    input_token_details?: { text_tokens?: number; audio_tokens?: number };
  }
  | { type: "duration"; seconds: number };

/** What was said. */
export interface Transcription {
  text: string;
  languages?: { code: string }[] | undefined;
  logprobs?: { token?: string; logprob?: number; bytes?: number[] }[] | undefined;
  usage?: TranscriptionUsage | undefined;
}

/** A stretch of speech, in seconds from the beginning. */
export interface TranscriptSegment {
  id: number;
  seek: number;
  start: number;
  end: number;
  text: string;
  tokens: number[];
  temperature: number;
  avg_logprob: number;
  compression_ratio: number;
  no_speech_prob: number;
}

/** What was said in another language, and when: the answer of a translation with `verbose_json`. */
export interface VerboseTranslation {
  language: string;
  duration: number;
  text: string;
  segments?: TranscriptSegment[] | undefined;
}

/** What was said, and when: the answer with `verbose_json`. */
export interface VerboseTranscription extends VerboseTranslation {
  words?: { word: string; start: number; end: number }[] | undefined;
  usage?: TranscriptionUsage | undefined;
}

/** What was said, and by whom: the answer with `diarized_json`. */
export interface DiarizedTranscription {
  task: "transcribe";
  duration: number;
  text: string;
  segments: { type: "transcript.text.segment"; id: string; start: number; end: number; text: string; speaker: string }[];
  usage?: TranscriptionUsage | undefined;
}

/** What was said in another language. */
export interface Translation {
  text: string;
}

/** What each `response_format` gives. */
export interface Transcripts<Json, Verbose> {
  json: Json;
  verbose_json: Verbose;
  diarized_json: DiarizedTranscription;
  text: string;
  srt: string;
  vtt: string;
}

/** The `response_format` that was asked for. */
export type FormatOf<P> = P extends { response_format: infer F extends keyof Transcripts<0, 0> } ? F
  : P extends { response_format?: undefined } ? "json" : keyof Transcripts<0, 0>;

/** What a transcription gives, by the `response_format` that was asked for. */
export type TranscriptionOf<P> = Transcripts<Transcription, VerboseTranscription>[FormatOf<P>];

/** What a translation gives, by the `response_format` that was asked for. */
export type TranslationOf<P> = Transcripts<Translation, VerboseTranslation>[FormatOf<P>];

/** What one event brought. */
export interface TranscriptChunk {
  /** The new text; `""` where there was none. */
  readonly content: string;
  /** The event as sent; `transcript.text.segment` says who speaks, for models that tell speakers apart. */
  readonly raw: {
    type: string; delta?: string; text?: string; segment_id?: string;
    id?: string; start?: number; end?: number; speaker?: string; usage?: TranscriptionUsage;
  };
}
