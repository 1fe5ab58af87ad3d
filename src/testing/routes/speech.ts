import { stringOf } from "../../wire/read.ts";
import { SPEECH_FIELDS } from "../apiFields.ts";
import { findBodyFault } from "../bodyRules.ts";
import { toBase64 } from "../cassette/base64.ts";
import { eventsDraft } from "../drafts.ts";
import { paceOf } from "../pace.ts";
import { piece } from "../pieces.ts";
import type { Route } from "../route.ts";
import { tokenize } from "../tokens.ts";

const TYPES: Readonly<Record<string, string>> = {
  mp3: "audio/mpeg",
  opus: "audio/ogg",
  aac: "audio/aac",
  flac: "audio/flac",
  wav: "audio/wav",
  pcm: "audio/pcm",
};

/** `POST /audio/speech`, as audio or as events. It sends 20 ms of silence per token, as 24 kHz PCM in every format. */
export const createSpeech: Route = {
  method: "POST",
  path: "/audio/speech",
  check: (request, settings) => findBodyFault(request, settings, { fields: SPEECH_FIELDS }),
  answer: ({ request: { body }, reply, settings }) => {
    const format = stringOf(body, "response_format") ?? "mp3";
    const tokens = tokenize(stringOf(body, "input") ?? "");
    const pace = paceOf(reply, settings);
    const silence = new Uint8Array(960);
    if (stringOf(body, "stream_format") !== "sse") {
      const head = format === "wav" ? [piece(wavHead(tokens.length * silence.length))] : [];
      const headers = { "content-type": TYPES[format] ?? "application/octet-stream" };
      return {
        status: 200,
        headers,
        before: pace.firstToken,
        pieces: [...head, ...tokens.map(() => piece(silence, pace.perToken))],
      };
    }
    const audio = toBase64(silence);
    const usage = { input_tokens: tokens.length, output_tokens: tokens.length, total_tokens: 2 * tokens.length };
    const events = [...tokens.map(() => ({ type: "speech.audio.delta", audio })), { type: "speech.audio.done", usage }];
    return eventsDraft(events, pace);
  },
};

/**
 * Returns the header of a WAV file with 16 bits, one channel and 24 kHz.
 *
 * @param size the bytes of the samples
 */
function wavHead(size: number): Uint8Array {
  const head = new DataView(new ArrayBuffer(44));
  const words = [
    [0, 0x52494646],
    [8, 0x57415645],
    [12, 0x666d7420],
    [36, 0x64617461],
  ] as const;
  for (const [at, word] of words) head.setUint32(at, word);
  const numbers = [
    [4, 36 + size],
    [16, 16],
    [20, 0x00010001],
    [24, 24_000],
    [28, 48_000],
    [32, 0x00100002],
    [40, size],
  ] as const;
  for (const [at, number] of numbers) head.setUint32(at, number, true);
  return new Uint8Array(head.buffer);
}
