/** Fields of the API's translation request. Other fields of the API are sent too. */
export interface TranslationParams {
  /** The model. @default the client's model for translations */
  model?: string | undefined;
  /** English text that guides the style, or that the speech continues. */
  prompt?: string | undefined;
  /** The form of the answer. @default "json" */
  response_format?: "json" | "text" | "srt" | "verbose_json" | "vtt" | undefined;
  /** Sampling temperature, from 0 to 1. */
  temperature?: number | undefined;
}

/** Fields of the API's transcription request. Other fields of the API are sent too. */
export interface TranscriptionParams {
  /** The model. @default the client's model for transcriptions */
  model?: string | undefined;
  /** The spoken language in ISO 639-1, such as `en`. */
  language?: string | undefined;
  /** Languages that may be spoken, in ISO 639-1, for models that accept several. */
  languages?: string[] | undefined;
  /** Words that are likely to be spoken, for models that accept them. */
  keywords?: string[] | undefined;
  /** Text in the spoken language that guides the style, or that the speech continues. */
  prompt?: string | undefined;
  /** The form of the answer. Not every model supports every form. @default "json" */
  response_format?: "json" | "text" | "srt" | "verbose_json" | "vtt" | "diarized_json" | undefined;
  /** Sampling temperature, from 0 to 1. */
  temperature?: number | undefined;
  /** Further data to send. Log probabilities need `"json"`, and some models. */
  include?: "logprobs"[] | undefined;
  /** The units to give times for, with `"verbose_json"`. @default ["segment"] */
  timestamp_granularities?: ("word" | "segment")[] | undefined;
  /** Cuts the audio before it is transcribed: `"auto"` at pauses. @default null (not at all) */
  chunking_strategy?:
    | "auto"
    | { type: "server_vad"; prefix_padding_ms?: number; silence_duration_ms?: number; threshold?: number }
    | null
    | undefined;
  /** Names of up to four speakers to recognize, with a sample of each in `known_speaker_references`. */
  known_speaker_names?: string[] | undefined;
  /** Samples of the known speakers, as data URLs. */
  known_speaker_references?: string[] | undefined;
  /** Not accepted: use `streamTranscription()`. */
  stream?: never;
}

/** The cost of a transcription. */
export type TranscriptionUsage =
  | {
      type: "tokens";
      input_tokens: number;
      output_tokens: number;
      total_tokens: number;
      input_token_details?: { text_tokens?: number; audio_tokens?: number };
    }
  | { type: "duration"; seconds: number };

/** A transcription. */
export interface Transcription {
  /** The text. */
  text: string;
  /** Spoken languages, from models that detect them. */
  languages?: { code: string }[] | undefined;
  /** Log probabilities, if `include` requested them. */
  logprobs?: { token?: string; logprob?: number; bytes?: number[] }[] | undefined;
  /** The cost. */
  usage?: TranscriptionUsage | undefined;
}

/** A segment of speech. */
export interface TranscriptSegment {
  /** Number of the segment. */
  id: number;
  /** Seek offset of the segment. */
  seek: number;
  /** Start in seconds. */
  start: number;
  /** End in seconds. */
  end: number;
  /** The text. */
  text: string;
  /** Ids of the tokens. */
  tokens: number[];
  /** Temperature of the sampling. */
  temperature: number;
  /** Average log probability of the tokens. Below -1 the transcription probably failed. */
  avg_logprob: number;
  /** Compression ratio of the text. Above 2.4 the transcription probably failed. */
  compression_ratio: number;
  /** Probability that nobody speaks in the segment. */
  no_speech_prob: number;
}

/** A translation with times: the answer with `verbose_json`. */
export interface VerboseTranslation {
  /** Language of the text. */
  language: string;
  /** Duration of the audio in seconds. */
  duration: number;
  /** The text. */
  text: string;
  /** Segments of the text with their times. */
  segments?: TranscriptSegment[] | undefined;
}

/** A transcription with times: the answer with `verbose_json`. */
export interface VerboseTranscription extends VerboseTranslation {
  /** Words with their times in seconds, if `timestamp_granularities` requested them. */
  words?: { word: string; start: number; end: number }[] | undefined;
  /** The cost. */
  usage?: TranscriptionUsage | undefined;
}

/** A transcription by speakers: the answer with `diarized_json`. */
export interface DiarizedTranscription {
  /** The task. */
  task: "transcribe";
  /** Duration of the audio in seconds. */
  duration: number;
  /** The text. */
  text: string;
  /** Segments by speaker, with their times in seconds. */
  segments: {
    type: "transcript.text.segment";
    id: string;
    start: number;
    end: number;
    text: string;
    speaker: string;
  }[];
  /** The cost. */
  usage?: TranscriptionUsage | undefined;
}

/** A translation. */
export interface Translation {
  /** The text in English. */
  text: string;
}

/** One event of a streamed transcription. */
export interface TranscriptChunk {
  /** The new text; `""` if there is none. */
  readonly content: string;
  /** The event as sent. `transcript.text.segment` names the speaker, from models that tell speakers apart. */
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
