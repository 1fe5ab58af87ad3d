import { answer, chunk, delta, DONE, event, finish, ROLE, USAGE } from "../wire.ts";
import type { Scenario } from "./scenario.ts";

const json = (content: string): string => JSON.stringify(chunk({ content }));
const good = { ending: "complete", text: "Hello world" } as const;
const rest = [delta(" world"), finish(), DONE].join("");
const long = "0123456789abcdef".repeat(65_536);

/** Formats of the same answer. All are valid event streams or the API's own text. */
export const framing: Scenario[] = [
  { name: "an answer as OpenAI writes it", reply: { body: answer("Hello", " world") }, ...good, tokens: 5 },
  {
    name: "characters of several bytes, which any cut may split",
    reply: { body: answer("Grüße ", "你好 ", "👩‍👩‍👧‍👦", " naïve") },
    ending: "complete",
    text: "Grüße 你好 👩‍👩‍👧‍👦 naïve",
  },
  {
    name: "lines that end in CRLF",
    reply: { body: answer("Hello", " world").map((text) => text.replaceAll("\n", "\r\n")) },
    ...good,
    tokens: 5,
  },
  {
    name: "lines that end in CR alone",
    reply: { body: answer("Hello", " world").map((text) => text.replaceAll("\n", "\r")) },
    ...good,
    tokens: 5,
  },
  {
    name: "line ends of all kinds, mixed",
    reply: {
      body: [
        `data: ${json("Hello")}\r\n\n`,
        `data: ${json(" world")}\n\r\n`,
        `data: ${JSON.stringify(chunk({}, "stop"))}\r\r`,
        "data: [DONE]\n\n",
      ],
    },
    ...good,
  },
  {
    name: "a byte order mark before the first event",
    reply: { body: ["\uFEFF", ...answer("Hello", " world")] },
    ...good,
    tokens: 5,
  },
  {
    name: "data without a space after its colon",
    reply: { body: answer("Hello", " world").map((text) => text.replaceAll("data: ", "data:")) },
    ...good,
    tokens: 5,
  },
  {
    name: "one event's data in several lines",
    reply: {
      body: [
        `data: {"id":"x","choices":[{"index":0,\ndata: "delta":{"content":"Hello"},\ndata: "finish_reason":null}]}\n\n`,
        rest,
      ],
    },
    ...good,
  },
  {
    name: "comments and keep-alives between events",
    reply: { body: [": OPENROUTER PROCESSING\n\n", delta("Hello"), ":\n\n", ": keep-alive\n", rest] },
    ...good,
  },
  {
    name: "event, id and retry fields",
    reply: {
      body: [`id: 1\nevent: message\nretry: 3000\n${delta("Hello")}`, `id: 2\n${delta(" world")}`, finish(), DONE],
    },
    ...good,
  },
  { name: "fields that nobody knows", reply: { body: [`x-trace: 1\nnonsense\n${delta("Hello")}`, rest] }, ...good },
  {
    name: "a last event without its blank line",
    reply: { body: [ROLE, delta("Hello"), delta(" world"), finish().trimEnd()] },
    ...good,
  },
  {
    name: "a last event [DONE] without any line end",
    reply: { body: [delta("Hello"), delta(" world"), finish(), "data: [DONE]"] },
    ...good,
  },
  { name: "no [DONE] after the finish reason", reply: { body: [delta("Hello"), delta(" world"), finish()] }, ...good },
  {
    name: "events after [DONE], which do not count",
    hostile: true,
    reply: { body: [delta("Hello"), rest, delta(" and more"), event({ error: { message: "late" } })] },
    ...good,
  },
  {
    name: "events without content: empty data, and a named ping",
    hostile: true,
    reply: { body: ["event: ping\ndata: 1\n\n", delta("Hello"), "data: \n\n", rest] },
    ...good,
  },
  {
    name: "one event of a million characters",
    reply: { body: [delta(long), finish(), DONE] },
    ending: "complete",
    text: long,
    streams: ["whole", 16384],
  },
  {
    name: "another content type than an event stream's",
    hostile: true,
    reply: { headers: { "content-type": "text/plain" }, body: answer("Hello", " world") },
    ...good,
    tokens: 5,
  },
  {
    name: "no content type at all",
    hostile: true,
    reply: { headers: { "content-type": "" }, body: answer("Hello", " world") },
    ...good,
    tokens: 5,
  },
  {
    name: "empty lines before the first event",
    reply: { body: ["\n\n\r\n", ...answer("Hello", " world")] },
    ...good,
    tokens: 5,
  },
  {
    name: "usage in its own chunk, with empty choices",
    reply: { body: [delta("Hello"), delta(" world"), finish(), USAGE, DONE] },
    ...good,
    tokens: 5,
  },
  {
    name: "a first chunk with empty choices, as Azure sends it",
    reply: {
      body: [event({ ...chunk({}), choices: [], prompt_filter_results: [{ prompt_index: 0 }] }), delta("Hello"), rest],
    },
    ...good,
  },
];
