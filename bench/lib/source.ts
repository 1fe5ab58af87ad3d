import { type FetchLike, MODEL } from "./adapter.ts";

const encoder = new TextEncoder();

/** One event of a streamed chat, as OpenAI writes it. */
export function eventOf(content: string, finish: string | null = null): string {
  const choice = { index: 0, delta: finish === null ? { content } : {}, logprobs: null, finish_reason: finish };
  const chunk = {
    id: "chatcmpl-9x8y7z6w5v4u3t2s1r0q",
    object: "chat.completion.chunk",
    created: 1_795_000_000,
    model: MODEL,
    service_tier: "default",
    system_fingerprint: "fp_44709d6fcb",
    choices: [choice],
  };
  return `data: ${JSON.stringify(chunk)}\n\n`;
}

/** The events of a streamed answer of so many deltas: a role first, the finish reason and `[DONE]` last. */
export function eventsOf(deltas: number, content: (at: number) => string = word): string[] {
  const events = Array.from({ length: deltas }, (_, at) => eventOf(content(at)));
  const role = eventOf("").replace('"content":""', '"role":"assistant","content":"","refusal":null');
  return [role, ...events, eventOf("", "stop"), "data: [DONE]\n\n"];
}

const WORDS = [" the", " river", " runs", " from", " mountains", ",", " past", " cities", " é", "."];

/** A token's worth of text. */
export function word(at: number): string {
  return WORDS[at % WORDS.length]!;
}

/** One piece of body for each event. */
export function perEvent(events: readonly string[]): Uint8Array[] {
  return events.map((event) => encoder.encode(event));
}

/** The same bytes in pieces of so many. */
export function inPieces(events: readonly string[], size: number): Uint8Array[] {
  const all = encoder.encode(events.join(""));
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < all.length; at += size) pieces.push(all.slice(at, at + size));
  return pieces;
}

const HEADERS = { "content-type": "text/event-stream; charset=utf-8" };

/** A fetch that answers at once with these pieces, one a read. Nothing leaves the process. */
export function fetchOf(pieces: readonly Uint8Array[]): FetchLike {
  return async (_input, init) => {
    let at = 0;
    return answer(init, {
      pull(controller) {
        const piece = pieces[at++];
        if (piece) controller.enqueue(piece);
        else controller.close();
      },
    });
  };
}

/** A response with such a body; its end comes early where the request is aborted. */
export function answer(init: RequestInit | undefined, source: UnderlyingDefaultSource<Uint8Array>): Response {
  const body = new ReadableStream<Uint8Array>({
    ...source,
    start(controller) {
      init?.signal?.addEventListener(
        "abort",
        () => {
          try {
            controller.error(init.signal?.reason);
          } catch {
            // Closed already.
          }
        },
        { once: true },
      );
      return source.start?.(controller);
    },
  });
  return new Response(body, { headers: HEADERS });
}

/** A whole completion, as JSON. */
export const COMPLETION: string = JSON.stringify({
  id: "chatcmpl-9x8y7z6w5v4u3t2s1r0q",
  object: "chat.completion",
  created: 1_795_000_000,
  model: MODEL,
  choices: [
    {
      index: 0,
      message: {
        role: "assistant",
        content: "The Rhine, the Danube and the Loire. ".repeat(8),
        refusal: null,
        annotations: [],
      },
      logprobs: null,
      finish_reason: "stop",
    },
  ],
  usage: { prompt_tokens: 12, completion_tokens: 96, total_tokens: 108 },
  service_tier: "default",
});
