import { settingsOf } from "../http/connection.ts";
import { APIError } from "../errors.ts";
import { decodeBase64 } from "../http/base64.ts";
import type { RequestOptions, Connection } from "../http/connection.ts";
import { aString } from "../options.ts";
import type { Stream } from "../stream/stream.ts";
import { TypedDecoder } from "../decode/typed.ts";
import { objectOf, stringOf } from "../wire/read.ts";
import { checkCall } from "./arguments.ts";
import { bodyOf } from "./body.ts";
import { openBody, openStream } from "./open.ts";
import { jsonCall } from "./request.ts";

/** The API's own fields of a speech request, sent as they are; any other field of the API may be given too. */
export interface SpeechParams {
  /** The model. @default the client's model for speech */
  model?: string | undefined;
  /** The voice. @default "alloy" */
  voice?:
    | "alloy"
    | "ash"
    | "ballad"
    | "coral"
    | "echo"
    | "fable"
    | "nova"
    | "onyx"
    | "sage"
    | "shimmer"
    | "verse"
    | "marin"
    | "cedar"
    | (string & {})
    | { id: string }
    | undefined;
  /** Instructions for the voice, up to 4,096 characters. The `tts-1` models ignore them. */
  instructions?: string | undefined;
  /** Format of the audio. The API's default is `mp3`. */
  response_format?: "mp3" | "opus" | "aac" | "flac" | "wav" | "pcm" | (string & {}) | undefined;
  /** Speed of the speech, from 0.25 to 4. */
  speed?: number | undefined;
  /** Not accepted: use `streamSpeech()`. */
  stream_format?: "audio" | undefined;
}

/** One event of streamed speech. */
export interface SpeechChunk {
  /** The next bytes of the audio; none in the last event. */
  readonly audio: Uint8Array<ArrayBuffer>;
  /** The event as sent. */
  readonly raw: { type: string; audio?: string; usage?: SpeechUsage };
}

/** Tokens used for speech. */
export interface SpeechUsage {
  /** Tokens of the text. */
  input_tokens: number;
  /** Tokens of the speech. */
  output_tokens: number;
  /** Tokens in total. */
  total_tokens: number;
}

/** The end of streamed speech. */
export interface SpeechEnd {
  /** Tokens used. */
  usage?: SpeechUsage | undefined;
}

/** Streamed speech. */
export type SpeechStream = Stream<SpeechChunk, SpeechEnd>;

const PATH = "/audio/speech";

const bodyFor = (connection: Connection, input: string, params: SpeechParams | undefined): object => ({
  voice: "alloy",
  ...bodyOf(connection, "speech", { input }, params),
});

/**
 * Turns a text into speech. `POST /audio/speech`, https://platform.openai.com/docs/api-reference/audio/createSpeech
 *
 * @returns a response whose body has not been read: `.body` is the audio as it is made, `.blob()` all of it
 * @throws APIError, ConnectionError, TimeoutError, InputError, or the abort; so does reading the body
 * @example
 * ```ts
 * const spoken = await speech(client, "Good morning, heron.", { model: "gpt-4o-mini-tts", voice: "coral" });
 * new Audio(URL.createObjectURL(await spoken.blob())).play();
 * ```
 */
export async function speech(
  connection: Connection,
  input: string,
  params?: SpeechParams,
  options?: RequestOptions,
): Promise<Response> {
  checkCall(connection, params, options, { input: "input", streams: "streamSpeech()" });
  aString(input, "input");
  return openBody(connection, jsonCall(PATH, bodyFor(connection, input, params), options, "input"));
}

/**
 * Turns a text into speech, as a stream of events that ends with the tokens used. Not with the `tts-1` models.
 *
 * @returns the stream, once the API has accepted the request
 * @throws APIError, ConnectionError, TimeoutError, InputError, or the abort
 * @example
 * ```ts
 * const stream = await streamSpeech(client, "Good morning, heron.", { model: "gpt-4o-mini-tts" });
 * for await (const { audio } of stream) player.write(audio);
 * ```
 */
export async function streamSpeech(
  connection: Connection,
  input: string,
  params?: SpeechParams,
  options?: RequestOptions,
): Promise<SpeechStream> {
  checkCall(connection, params, options, { input: "input", streams: true });
  aString(input, "input");
  const body = { ...bodyFor(connection, input, params), stream_format: "sse" };
  return openStream(
    connection,
    jsonCall(PATH, body, options, "input"),
    () =>
      new TypedDecoder<SpeechChunk, SpeechEnd>(
        {
          last: "speech.audio.done",
          chunk(event) {
            return { audio: audioOf(event), raw: { ...event, type: stringOf(event, "type") ?? "" } };
          },
          whole: () => [],
          result: ([last]) => ({ usage: objectOf(last, "usage") as SpeechUsage | undefined }),
        },
        settingsOf(connection).limits.answer,
      ),
  );
}

function audioOf(event: object): Uint8Array<ArrayBuffer> {
  try {
    return decodeBase64(stringOf(event, "audio") ?? "");
  } catch {
    throw new APIError("Expected audio in base64, received something else", {
      status: 200,
      code: "not_base64",
      body: event,
    });
  }
}
