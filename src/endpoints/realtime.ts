import type { Connection, RequestOptions } from "../http/connection.ts";
import { anObject } from "../options.ts";
import type { JSONSchema } from "../wire/params.ts";
import { defined } from "../wire/read.ts";
import { checkCall } from "./arguments.ts";
import { jsonCall, requestObject } from "./request.ts";

/** A model of the Realtime API. */
export type RealtimeModel =
  "gpt-realtime-2.1" | "gpt-realtime-2.1-mini" | "gpt-realtime-2" | "gpt-realtime-1.5" | "gpt-realtime" | (string & {});

/** The format of audio. */
export type RealtimeAudioFormat = { type: "audio/pcm"; rate?: 24000 } | { type: "audio/pcmu" } | { type: "audio/pcma" };

/** The audio that the user sends. */
export interface RealtimeAudioInput {
  /** The format. */
  format?: RealtimeAudioFormat | undefined;
  /** Transcribes the audio with a model of its own. */
  transcription?:
    | {
        model?: string | undefined;
        language?: string | undefined;
        prompt?: string | undefined;
        [field: string]: unknown;
      }
    | null
    | undefined;
  /** Filters noise: near or far from the microphone. */
  noise_reduction?: { type: "near_field" | "far_field" } | null | undefined;
  /** Recognizes the end of the user's turn; null if the page says when it ends. */
  turn_detection?: { type: "server_vad" | "semantic_vad"; [field: string]: unknown } | null | undefined;
}

/** A session in which a model listens and speaks. */
export interface RealtimeSession {
  /** The kind of session. */
  type: "realtime";
  /** The model. */
  model?: RealtimeModel | undefined;
  /** Instructions that rank above the user's words. */
  instructions?: string | undefined;
  /** The kinds of answers. @default ["audio"] */
  output_modalities?: readonly ("text" | "audio")[] | undefined;
  /** The audio in both directions. */
  audio?:
    | {
        input?: RealtimeAudioInput | undefined;
        output?:
          | {
              format?: RealtimeAudioFormat | undefined;
              voice?: string | { id: string } | undefined;
              speed?: number | undefined;
            }
          | undefined;
      }
    | undefined;
  /** Functions, and servers of the Model Context Protocol. */
  tools?:
    | readonly (
        | { type: "function"; name: string; description?: string | undefined; parameters?: JSONSchema | undefined }
        | { type: "mcp"; server_label: string; [field: string]: unknown }
      )[]
    | undefined;
  /** The tools that the model may or must call. */
  tool_choice?: "none" | "auto" | "required" | { type: string; [field: string]: unknown } | undefined;
  /** Allows several calls in one answer. */
  parallel_tool_calls?: boolean | undefined;
  /** Effort of the reasoning. */
  reasoning?: { effort?: string | undefined } | undefined;
  /** Limit on the tokens of an answer. @default "inf" */
  max_output_tokens?: number | "inf" | undefined;
  /** Additional contents of events. */
  include?: readonly "item.input_audio_transcription.logprobs"[] | undefined;
  /** Handling of a conversation that is too long. @default "auto" */
  truncation?: "auto" | "disabled" | { type: string; [field: string]: unknown } | undefined;
  /** A stored prompt and its variables. */
  prompt?: unknown;
  /** Writes a trace. @default null */
  tracing?: "auto" | { [field: string]: unknown } | null | undefined;
}

/** A session that transcribes audio. */
export interface TranscriptionSession {
  /** The kind of session. */
  type: "transcription";
  /** The audio. */
  audio?: { input?: RealtimeAudioInput | undefined } | undefined;
  /** Additional contents of events. */
  include?: readonly "item.input_audio_transcription.logprobs"[] | undefined;
}

/** Params of an ephemeral key. */
export interface ClientSecretParams {
  /** The session that the key opens. The page cannot give the key more than this. */
  session?: RealtimeSession | TranscriptionSession | undefined;
  /** The time until which the key opens sessions: 10 to 7,200 seconds after its creation. @default 600 seconds */
  expires_after?: { anchor?: "created_at" | undefined; seconds?: number | undefined } | undefined;
}

/** An ephemeral key. */
export interface ClientSecret {
  /** The key, `ek_…`. */
  value: string;
  /** Unix time until which it opens sessions, in seconds. A session that is open goes on. */
  expires_at: number;
  /** The session that it opens, with all defaults. */
  session: { type: "realtime" | "transcription"; id?: string | undefined; [field: string]: unknown };
}

/**
 * Creates an ephemeral key, with which a page opens a session of the Realtime API without your key. `POST /realtime/client_secrets`,
 * https://platform.openai.com/docs/api-reference/realtime-sessions/create-realtime-client-secret
 *
 * @throws APIError, ConnectionError, TimeoutError, InputError, or the abort
 * @example
 * ```ts
 * const { value, expires_at } = await createClientSecret(client, {
 *   session: { type: "realtime", model: "gpt-realtime-2.1", instructions: "You are a friendly guide." },
 * });
 * return Response.json({ value, expires_at });
 * ```
 */
export async function createClientSecret(
  connection: Connection,
  params?: ClientSecretParams,
  options?: RequestOptions,
): Promise<ClientSecret> {
  const sessionModel = { model: "model among the fields of params.session" };
  checkCall(connection, params, options, { elsewhere: sessionModel });
  if (params?.session !== undefined) anObject(params.session, "params.session");
  return requestObject<ClientSecret>(connection, jsonCall("/realtime/client_secrets", defined(params), options), {
    expected: "an ephemeral key",
    test: ({ value }) => typeof value === "string",
  });
}
