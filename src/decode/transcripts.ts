import type { NotParams, ParamOf } from "../wire/index.ts";

/** The API's own fields of a translation, sent as they are; any other field of the API may be given too. */
export interface TranslationParams extends NotParams {
  /** The model; the client's for translations where it is left out. */
  model?: string | undefined;
  /** Guides the style, or goes on from what came before; in English. */
  prompt?: string | undefined;
  /** The form of the answer. The API's default is `"json"`. */
  response_format?: "json" | "text" | "srt" | "verbose_json" | "vtt" | undefined;
  /** 0 to 1. */
  temperature?: number | undefined;
}

/** The API's own fields of a transcription, sent as they are; any other field of the API may be given too. */
export interface TranscriptionParams extends NotParams {
  /** The model; the client's for transcriptions where it is left out. */
  model?: string | undefined;
  /** What is spoken, as ISO 639-1 has it: `en`. */
  language?: string | undefined;
  /** What may be spoken, in ISO 639-1, for models that take several. */
  languages?: string[] | undefined;
  /** Words that are likely to come up, for models that take them. */
  keywords?: string[] | undefined;
  /** Guides the style, or goes on from what came before; in the language that is spoken. */
  prompt?: string | undefined;
  /** The form of the answer. The API's default is `"json"`; not every model has every form. */
  response_format?: "json" | "text" | "srt" | "verbose_json" | "vtt" | "diarized_json" | undefined;
  /** 0 to 1. */
  temperature?: number | undefined;
  /** What to send besides: log probabilities, with `"json"` and some models only. */
  include?: "logprobs"[] | undefined;
  /** What to give times of, with `"verbose_json"`. The API's default is segments. */
  timestamp_granularities?: ("word" | "segment")[] | undefined;
  /** How the sound is cut: not at all where it is left out; `"auto"` cuts where nobody speaks. */
  chunking_strategy?:
    | "auto"
    | { type: "server_vad"; prefix_padding_ms?: number; silence_duration_ms?: number; threshold?: number }
    | null
    | undefined;
  /** Speakers to be recognized, up to four, with a sample of each in `known_speaker_references`. */
  known_speaker_names?: string[] | undefined;
  /** Data URLs. */
  known_speaker_references?: string[] | undefined;
  /** Not here: `streamTranscription()` streams. */
  stream?: never;
}

/** What a transcription cost. */
export type TranscriptionUsage =
  | {
      type: "tokens";
      input_tokens: number;
      output_tokens: number;
      total_tokens: number;
      input_token_details?: { text_tokens?: number; audio_tokens?: number };
    }
  | { type: "duration"; seconds: number };

/** What was said. */
export interface Transcription {
  /** The words. */
  text: string;
  /** What was spoken, for models that tell. */
  languages?: { code: string }[] | undefined;
  /** Log probabilities, where `include` asked for them. */
  logprobs?: { token?: string; logprob?: number; bytes?: number[] }[] | undefined;
  /** What it cost. */
  usage?: TranscriptionUsage | undefined;
}

/** A stretch of speech, in seconds from the beginning. */
export interface TranscriptSegment {
  /** Its number. */
  id: number;
  /** Where the stretch that it was heard in begins. */
  seek: number;
  /** When it begins. */
  start: number;
  /** When it ends. */
  end: number;
  /** The words. */
  text: string;
  /** The ids of its tokens. */
  tokens: number[];
  /** The temperature that it was sampled with. */
  temperature: number;
  /** The mean log probability of its tokens; below -1 it is not to be trusted. */
  avg_logprob: number;
  /** How far the text can be compressed; above 2.4 it is likely to repeat itself. */
  compression_ratio: number;
  /** How likely it is that nobody spoke. */
  no_speech_prob: number;
}

/** What was said in another language, and when: the answer of a translation with `verbose_json`. */
export interface VerboseTranslation {
  /** What language the words are in. */
  language: string;
  /** How long the sound is, in seconds. */
  duration: number;
  /** The words. */
  text: string;
  /** The words by stretches, with their times. */
  segments?: TranscriptSegment[] | undefined;
}

/** What was said, and when: the answer with `verbose_json`. */
export interface VerboseTranscription extends VerboseTranslation {
  /** Each word with its times in seconds, where `timestamp_granularities` asked for them. */
  words?: { word: string; start: number; end: number }[] | undefined;
  /** What it cost. */
  usage?: TranscriptionUsage | undefined;
}

/** What was said, and by whom: the answer with `diarized_json`. */
export interface DiarizedTranscription {
  /** What was done. */
  task: "transcribe";
  /** How long the sound is, in seconds. */
  duration: number;
  /** The words. */
  text: string;
  /** The words by speakers, with their times in seconds. */
  segments: {
    type: "transcript.text.segment";
    id: string;
    start: number;
    end: number;
    text: string;
    speaker: string;
  }[];
  /** What it cost. */
  usage?: TranscriptionUsage | undefined;
}

/** What was said in another language. */
export interface Translation {
  /** The words, in English. */
  text: string;
}

/** What each `response_format` gives. */
export interface Transcripts<Json, Verbose> {
  /** An object with the text. */
  json: Json;
  /** The text with its times. */
  verbose_json: Verbose;
  /** The text with its speakers. */
  diarized_json: DiarizedTranscription;
  /** The text alone. */
  text: string;
  /** Subtitles, as SubRip has them. */
  srt: string;
  /** Subtitles, as WebVTT has them. */
  vtt: string;
}

/** The `response_format` that was asked for. */
export type FormatOf<P> =
  ParamOf<P, "response_format"> extends infer F ? (F extends keyof Transcripts<0, 0> ? F : "json") : never;

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
    type: string;
    delta?: string;
    text?: string;
    segment_id?: string;
    id?: string;
    start?: number;
    end?: number;
    speaker?: string;
    usage?: TranscriptionUsage;
  };
}
