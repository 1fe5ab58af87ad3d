import { type FetchLike, MODEL } from "./adapter.ts";

const encoder = new TextEncoder();

/** Returns one token of text. 12 of 100 contain characters that JSON escapes, as prose with Markdown and code does. */
export function word(at: number): string {
  return WORDS[(at * 37) % WORDS.length] ?? "";
}

const PLAIN = " the river runs from snow in high mountains past old cities and small towns to sea é 世 of a is".split(
  /(?= )/,
);
const ESCAPED = ["\n", "\n\n", ' "Rhine', '",', "\n- ", "\t", "\\", '":', "\n```", ' {"', '"}', "\n\n#"];
const WORDS = Array.from({ length: 100 }, (_, at) => {
  const escaped = at % 25 < 3 ? ESCAPED[Math.floor(at / 25) * 3 + (at % 25)] : undefined;
  return escaped ?? PLAIN[at % PLAIN.length] ?? "";
});

/** Returns padding of varying length, as OpenAI adds it to hide the sizes of tokens. */
function padding(at: number): string {
  return "k3XvP0aQz9LmRt7Y".slice(0, (at * 7) % 16);
}

let events = 0;

function chunkOf(delta: object, finish: string | null = null): string {
  const chunk = {
    id: "chatcmpl-9x8y7z6w5v4u3t2s1r0q",
    object: "chat.completion.chunk",
    created: 1_795_000_000,
    model: MODEL,
    service_tier: "default",
    system_fingerprint: "fp_44709d6fcb",
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
    usage: null,
    obfuscation: padding(events++),
  };
  return eventText(chunk);
}

function eventText(data: object): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}

/** Returns one event of a streamed chat in OpenAI's format. */
export function eventOf(content: string, finish: string | null = null): string {
  return chunkOf(finish === null ? { content } : {}, finish);
}

const ROLE = { role: "assistant", content: "", refusal: null };

/** Returns the events of a streamed answer: the role first, the finish reason and `[DONE]` last. */
export function eventsOf(deltas: number, content: (at: number) => string = word): string[] {
  const texts = Array.from({ length: deltas }, (_, at) => eventOf(content(at)));
  return [chunkOf(ROLE), ...texts, eventOf("", "stop"), "data: [DONE]\n\n"];
}

/** Returns the events of a streamed tool call. */
export function callEventsOf(deltas: number): string[] {
  const fragment = (text: string): string => chunkOf({ tool_calls: [{ index: 0, function: { arguments: text } }] });
  const call = { index: 0, id: "call_Q9x8y7z6w5v4u3t2", type: "function", function: { name: "write", arguments: "" } };
  const texts = Array.from({ length: deltas - 2 }, (_, at) => fragment(JSON.stringify(word(at)).slice(1, -1)));
  return [
    chunkOf({ ...ROLE, content: null, tool_calls: [call] }),
    fragment('{"text":"'),
    ...texts,
    fragment('"}'),
    chunkOf({}, "tool_calls"),
    "data: [DONE]\n\n",
  ];
}

/** Returns the events of a streamed response in the format of OpenAI's Responses API. */
export function responseEventsOf(deltas: number): string[] {
  let sequence = 0;
  const event = (type: string, fields: object): string =>
    `event: ${type}\n${eventText({ type, sequence_number: sequence++, ...fields })}`;
  const place = { item_id: "msg_68af4030baa48193b0b43b4c2a176a1a", output_index: 0 };
  const part = { ...place, content_index: 0 };
  const texts = Array.from({ length: deltas }, (_, at) => word(at));
  const text = texts.join("");
  const content = { type: "output_text", annotations: [], logprobs: [], text };
  const item = { id: place.item_id, type: "message", status: "completed", content: [content], role: "assistant" };
  const response = { id: "resp_68af4030592c81938ec0a5fbab4a3e9f", object: "response", created_at: 1_795_000_000 };
  const base = { ...response, status: "in_progress", model: MODEL, output: [] as object[], error: null, usage: null };
  const usage = { input_tokens: 12, output_tokens: deltas, total_tokens: deltas + 12 };
  return [
    event("response.created", { response: base }),
    event("response.in_progress", { response: base }),
    event("response.output_item.added", { output_index: 0, item: { ...item, status: "in_progress", content: [] } }),
    event("response.content_part.added", { ...part, part: { ...content, text: "" } }),
    ...texts.map((delta, at) =>
      event("response.output_text.delta", { ...part, delta, logprobs: [], obfuscation: padding(at) }),
    ),
    event("response.output_text.done", { ...part, text, logprobs: [] }),
    event("response.content_part.done", { ...part, part: content }),
    event("response.output_item.done", { output_index: 0, item }),
    event("response.completed", { response: { ...base, status: "completed", output: [item], usage } }),
  ];
}

/** Returns one chunk per event. */
export function perEvent(events: readonly string[]): Uint8Array[] {
  return events.map((event) => encoder.encode(event));
}

/** Returns the same bytes in chunks of one size. */
export function inPieces(events: readonly string[], size: number): Uint8Array[] {
  const all = encoder.encode(events.join(""));
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < all.length; at += size) pieces.push(all.slice(at, at + size));
  return pieces;
}

const HEADERS = { "content-type": "text/event-stream; charset=utf-8" };

/** Returns a fetch that answers at once with these chunks, one per read, without a network. */
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

/** Returns a response with such a body, which ends when the request is aborted. */
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
            // Already closed.
          }
        },
        { once: true },
      );
      return source.start?.(controller);
    },
  });
  return new Response(body, { headers: HEADERS });
}

/** A whole completion as JSON. */
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
