import { OPENAI, OPENAI_MODELS } from "../../src/http/openai.ts";
import { gemini, openrouter } from "../../src/providers/index.ts";
import { isSame } from "./compare.ts";
import type { Difference } from "./compare.ts";
import type { RecordedCall } from "./recording.ts";

/**
 * What fetchat does otherwise than the reference, and why. The test fails on a difference that is not here, and on one that is here
 * but no longer occurs; where each occurs is frozen in `places.txt`. The reference's answers are played without retries, so that
 * each recorded answer is given once; `host` and `content-length` are the platform's to write.
 */
export interface Deliberate {
  readonly name: string;
  readonly why: string;
  /** Whether a difference is this one. */
  covers(difference: Difference, context: Context): boolean;
}

/** Where a difference stands: its call, and what else differs there. */
export interface Context {
  readonly call: RecordedCall;
  /** The call that made the session, if this call is made on one. */
  readonly made: RecordedCall | undefined;
  readonly all: readonly Difference[];
}

interface Meaning {
  kind?: string;
  value?: unknown;
  ending?: string;
  how?: string;
  text?: string;
}

const REFUSED = "refused before anything is sent";
const MODELS = [
  OPENAI.model,
  ...Object.values(OPENAI_MODELS.models),
  ...Object.values(gemini.models ?? {}),
  ...Object.values(openrouter.models ?? {}),
  gemini.model,
  openrouter.model,
];

const meaning = (value: unknown): Meaning => (typeof value === "object" && value !== null ? value : {});
const argument = (call: RecordedCall, at: number): Record<string, unknown> =>
  meaning(call.args?.[at]) as Record<string, unknown>;
const given = (call: RecordedCall): string => JSON.stringify(call.args ?? []);
const outcome = ({ all }: Context): Difference | undefined => all.find(({ at }) => at === "outcome");
const kinds = (difference: Difference | undefined): string =>
  `${meaning(difference?.reference).kind ?? ""} -> ${meaning(difference?.ours).kind ?? ""}`;
const refused = (context: Context): boolean => kinds(outcome(context)).endsWith(`-> ${REFUSED}`);
const accepted = (context: Context): boolean => kinds(outcome(context)).startsWith(`${REFUSED} ->`);
const streamed = ({ call }: Context): boolean => given(call).includes("$callback") && call.response !== undefined;
const ending = (context: Context): string | undefined => meaning(outcome(context)?.ours).ending;
const textOf = (chunks: unknown): string =>
  (Array.isArray(chunks) ? (chunks as { content?: string; index?: number }[]) : [])
    .filter(({ index }) => index === 0)
    .map(({ content }) => content ?? "")
    .join("");
const sentAndOutcome = ({ at }: Difference): boolean => at === "request.sent" || at === "outcome";

/** A Lua function's own word of what it does not take. */
const refuses = (name: string, why: string, when: (call: RecordedCall) => boolean): Deliberate => ({
  name,
  why,
  covers: (difference, context) => sentAndOutcome(difference) && refused(context) && when(context.call),
});

const accepts = (name: string, why: string, when: (call: RecordedCall) => boolean): Deliberate => ({
  name,
  why,
  covers: (difference, context) => sentAndOutcome(difference) && accepted(context) && when(context.call),
});

/** Every deliberate difference, in order: the first that covers a difference counts. */
export const DIFFERENCES: readonly Deliberate[] = [
  {
    name: "default model",
    why: "the reference's defaults (gpt-3.5-turbo, gpt-4.1, text-davinci-003, text-embedding-ada-002, gemini-2.5-flash, none for moderations) are retired or about to be",
    covers: ({ at, ours }, { call }) =>
      at === "request.body.model" && MODELS.includes(ours) && !given(call).includes(`"${ours as string}"`),
  },
  {
    name: "accept of a stream",
    why: "a stream is asked for as what it is, text/event-stream; the reference asked for application/json",
    covers: ({ at, ours }) => at === "request.headers.accept" && ours === "text/event-stream",
  },
  {
    name: "usage of a stream",
    why: "streams ask for their usage; the reference never had any",
    covers: ({ at, reference, ours }) =>
      at === "request.body.stream_options" &&
      reference === undefined &&
      JSON.stringify(ours) === '{"include_usage":true}',
  },
  {
    name: "content-type without content",
    why: "a request without a body names no type of one",
    covers: ({ at, reference, ours }, { call }) =>
      at === "request.headers.content-type" &&
      reference === "application/json" &&
      ours === undefined &&
      (call.request?.body === undefined || call.call === "thread_messages"),
  },
  {
    name: "errors are thrown",
    why: "an error status throws an APIError with status and body; the reference returned them, to be forgotten",
    covers: ({ at, reference, ours }) => at === "outcome.how" && reference === "returned" && ours === "thrown",
  },
  {
    name: "bad answers are thrown",
    why: "an answer that is no completion throws; the reference returned nil and a text about its own validator",
    covers: ({ at, ours }) => at === "outcome.how" && ours === "thrown",
  },
  {
    name: "empty lists stay lists",
    why: "a bug of the reference: lua-cjson writes every empty table as {}, so that [] is refused by the API",
    covers: ({ at, reference, ours }) =>
      at.startsWith("request.body.") && JSON.stringify(reference) === "{}" && JSON.stringify(ours) === "[]",
  },
  {
    name: "whole numbers",
    why: "a bug of the reference: lua-cjson writes 14 digits of a number",
    covers: ({ at, reference, ours }) =>
      at.startsWith("request.body.") &&
      typeof reference === "number" &&
      Number(Number(ours).toPrecision(14)) === reference,
  },
  refuses(
    "a completion without a model",
    "OpenAI has no model for it any more; the reference names one that was shut down",
    (call) => call.call === "completion" && argument(call, 1)["model"] === undefined,
  ),
  {
    name: "tools on a model that refuses them with reasoning",
    why: "the default model takes function tools on this endpoint only with the effort none",
    covers: ({ at, ours }) => at === "request.body.reasoning_effort" && ours === "none",
  },
  refuses(
    "a stream by its flag",
    "no flag changes what a method gives: streamCompletion(), streamResponse() or onChunk; the reference gave the raw text of the events",
    (call) => argument(call, 1)["stream"] === true,
  ),
  refuses(
    "an empty key",
    'no service takes it, so it is refused where the client is made; the reference sent "Bearer "',
    (call) => call.client?.apiKey === "",
  ),
  refuses(
    "missing input",
    "what the API would refuse is refused before it is sent: no prompt",
    (call) => call.args?.length === 0 || (call.args?.[0] as { $nil?: boolean } | null)?.$nil === true,
  ),
  refuses(
    "messages that say nothing",
    "content is required, a request needs a message: the API refuses both",
    (call) => call.on === "client" && /^\[\[\]\]$|^\[\[\{"role": ?"user"(,"content":null)?\}\]\]$/.test(given(call)),
  ),
  accepts("an image by a bare string", "some servers take the URL itself; head refused it", (call) =>
    given(call).includes('"image_url":"'),
  ),
  {
    name: "annotations that are no list",
    why: "an empty object, as some encoders write an empty list, would be refused when it goes back",
    covers: ({ at, ours }) => at.endsWith(".annotations") && ours === undefined,
  },
  refuses(
    "a key over plain http",
    "a key is not sent over plain http to another machine, unless allowPlainHTTP says so",
    (call) => call.request?.url.startsWith("http://") === true,
  ),
  refuses(
    "an endpoint that a provider lacks",
    "asked before it is sent: Gemini has no Responses API",
    (call) => call.request?.url.startsWith(gemini.baseURL) === true && call.call === "create_response",
  ),
  refuses(
    "an empty input",
    "an empty list goes out as an object in the reference; there is nothing to answer",
    (call) => call.on === "session" && given(call) === "[[]]",
  ),
  refuses(
    "lists that are none",
    "messages that are no list, and tools that are no declarations, were taken without a word",
    (call) => call.call === "new_chat_session",
  ),
  accepts(
    "newer messages",
    "developer messages, input_audio parts and, since v1.4.3, tool results are messages of the API",
    (call) => /"role":"(developer|tool)"|"input_audio"/.test(given(call)),
  ),
  accepts(
    "newer input items",
    "developer messages, answers, images by id, reasoning items and results of any kind are input items of the API",
    (call) => call.on === "session",
  ),
  accepts("strict functions", "declarations are open: strict is a field of the API", (call) =>
    given(call).includes('"strict":true'),
  ),
  accepts(
    "no messages to append, or to begin with",
    "an empty list is a list: nothing is appended",
    (call) => call.call === "append_message" || given(call) === '[{"messages":[]}]',
  ),
  accepts(
    "fetch instead of an HTTP module",
    "http_provider is the fetch option; an unknown option changes nothing",
    (call) => call.client?.config?.["http_provider"] !== undefined,
  ),
  {
    name: "no names of Lua's",
    why: "what the module and the class export, and which HTTP module is chosen, has no counterpart: see docs/from-lua-openai.md",
    covers: ({ at }) => at === "other",
  },
  {
    name: "ids are escaped",
    why: "a bug of the reference: an id with a slash, a question mark or a blank broke the request line",
    covers: ({ at, reference, ours }) =>
      at === "request.url" && typeof reference === "string" && decodeURIComponent(String(ours)) === reference,
  },
  {
    name: "assistants are reached by request()",
    why: "the beta v1 is retired: the header is the caller's; thread_messages sent it as a body by mistake",
    covers: ({ at }, { call }) =>
      /^(assistants|threads|thread_messages|delete_thread)$/.test(call.call ?? "") &&
      ["request.headers.openai-beta", "request.body"].includes(at),
  },
  {
    name: "every param is sent",
    why: "a session's params go out as given; the reference sent a few and dropped the others without a word",
    covers: ({ at, reference, ours }, { call, made }) => {
      const name = at.slice("request.body.".length);
      const params = { ...argument(made ?? {}, 0), ...argument(call, 1) };
      return reference === undefined && Object.hasOwn(params, name) && isSame(params[name], ours);
    },
  },
  {
    name: "a cut stream is no success",
    why: "a stream without a finish reason is truncated, with all that had arrived in partial; the reference called it a whole answer",
    covers: ({ at }, context) => at === "outcome" && ending(context) === "truncated",
  },
  {
    name: "an error in a stream is an error",
    why: "an error object or broken JSON between the events ends the stream as provider_error; the reference passed over both",
    covers: ({ at }, context) => ["outcome", "chunks"].includes(at) && ending(context) === "provider_error",
  },
  {
    name: "a callback means a stream",
    why: "onChunk streams by itself; the reference ignored a callback without the flag, or failed after sending",
    covers: ({ at, ours }, context) =>
      (at === "request.body.stream" && ours === true) ||
      (at === "chunks" && !streamText(context.call).includes("data:") && (context.call.response?.status ?? 0) < 400) ||
      (at === "outcome" && kinds(outcome(context)) === "unparsed -> value" && streamed(context)),
  },
  {
    name: "an error status has no chunks",
    why: "the body of an error status is an error's, also where it looks like events; the reference gave them out first",
    covers: ({ at, ours }, { call }) => at === "chunks" && (call.response?.status ?? 0) >= 400 && isSame([], ours),
  },
  {
    name: "events after [DONE]",
    why: "[DONE] is the end; what the reference's newer parser still took came after it",
    covers: ({ at, reference, ours }, { call }) =>
      at === "chunks" && streamText(call).includes("[DONE]") && isCut(reference, ours),
  },
  {
    name: "indented lines",
    why: "in server-sent events a line that begins with a tab names another field than data; the reference trimmed it",
    covers: ({ at, ours, reference }, { call }) =>
      at === "chunks" && /^[ \t]+data:/m.test(streamText(call)) && isCut(reference, ours),
  },
  {
    name: "the first choice is the session's",
    why: "a history takes one answer; the reference mixed the choices' texts into one",
    covers: ({ at, reference, ours }) =>
      at === "chunks" &&
      (reference as { index?: number }[]).some(({ index }) => typeof index === "number" && index !== 0) &&
      textOf(reference) === textOf(ours),
  },
  {
    name: "server-sent events as they are specified",
    why: "data without a blank, in several lines, after a byte order mark, with lone carriage returns or without a last line end is data; the reference lost it",
    covers: ({ at, reference, ours }, context) =>
      at === "chunks" &&
      streamed(context) &&
      (isCut(ours, reference) || (textOf(ours) !== textOf(reference) && textOf(ours).endsWith(textOf(reference)))),
  },
  {
    name: "every event is a chunk",
    why: 'chunks without text are given out too, with content "": role, finish reason, usage and tool calls are in raw',
    covers: ({ at, reference, ours }, context) =>
      at === "chunks" && streamed(context) && textOf(reference) === textOf(ours),
  },
  {
    name: "a stream gives the completion",
    why: "with onChunk a call gives the assembled answer; the reference gave the raw text of the events",
    covers: ({ at, reference }, { call }) =>
      at === "outcome.value" && call.on === "client" && String(reference).includes("data:"),
  },
  {
    name: "more answers are answers",
    why: "answers without usage, with a refusal, with tool calls (v1.4.3), without a role, with reasoning or images are answers; the reference refused them",
    covers: ({ at }, context) => at === "outcome" && kinds(outcome(context)) === "unparsed -> value",
  },
  {
    name: "a failed response is an error",
    why: "a response with status failed throws, and the session stays where it was; the reference called it a success",
    covers: ({ at }, context) =>
      at === "outcome" &&
      context.call.on === "session" &&
      (context.call.response?.body as { status?: unknown } | undefined)?.status === "failed" &&
      kinds(outcome(context)) === "value -> unparsed",
  },
  {
    name: "a response has an output",
    why: "an answer that is no whole response throws; the reference gave any JSON as it came",
    covers: ({ at }, context) =>
      at === "outcome" &&
      context.call.call === "cancel_response" &&
      (context.call.response?.body as { output?: unknown } | undefined)?.output === undefined &&
      kinds(outcome(context)) === "value -> unparsed",
  },
  {
    name: "an answer of these chunks",
    why: "where the chunks differ for one of the reasons above, the answer and the history have their text",
    covers: ({ at, ours }, { all }) =>
      /^(outcome\.value|history\.\d+\.content)$/.test(at) &&
      all.some((one) => one.at === "chunks" && textOf(one.ours) === ours),
  },
  {
    name: "streamed tool calls",
    why: "calls are assembled; v1.4.3 lost them and gave an empty text",
    covers: ({ at }, { all }) =>
      (at === "outcome.value" || at.startsWith("history.")) &&
      all.some(
        ({ at, reference, ours }) =>
          at === "outcome.value" &&
          reference === "" &&
          Array.isArray((ours as { tool_calls?: unknown } | null)?.tool_calls),
      ),
  },
  {
    name: "no text is an empty text",
    why: 'an answer without text is ""; the reference\'s head gave its inner message',
    covers: ({ at, reference, ours }) =>
      at === "outcome.value" && JSON.stringify(reference) === '{"role":"assistant"}' && ours === "",
  },
  {
    name: "a message's empty fields",
    why: "fields that say nothing, such as refusal: null, are dropped; content is null beside calls, as the API has it",
    covers: ({ at, reference, ours }) =>
      /^(outcome\.value|history\.\d+)\.(refusal|content)$/.test(at) && reference == null && ours == null,
  },
  {
    name: "each call gets its result",
    why: "of two calls one was answered: the API refuses that, so the other gets a result that says so",
    covers: ({ at, ours }) =>
      ["request.body.messages", "history"].includes(at) &&
      (ours as { tool_call_id?: string }[]).some(({ tool_call_id }) => tool_call_id === "call_2"),
  },
  {
    name: "a text is a message",
    why: "a session's text is a message of its history, and goes out as one; the reference sent the bare text, which says the same",
    covers: ({ at, reference, ours }) =>
      at === "request.body.input" && isSame([{ role: "user", content: reference }], ours),
  },
  {
    name: "an image has its detail",
    why: "an image of the history goes out with the detail that the API assumes where none is given",
    covers: ({ at, reference, ours }) =>
      /^request\.body\.input\.\d+\.content\.\d+\.detail$/.test(at) && reference === undefined && ours === "auto",
  },
  {
    name: "messages are paragraphs",
    why: "several messages of one answer are joined by a blank line; the reference ran them together",
    covers: ({ at, reference, ours }) =>
      at === "outcome.value.text" && String(ours).includes("\n\n") && String(ours).replaceAll("\n\n", "") === reference,
  },
  {
    name: "a list is a list",
    why: "one input item goes out as a list of one; the reference sent the bare object, which the API refuses",
    covers: ({ at, reference, ours }) => at === "request.body.input" && isSame([reference], ours),
  },
  {
    name: "a history of whole messages",
    why: "answers are appended when they are whole, and only then; all of what is appended at once, or none; what was refused was not said",
    covers: ({ at, reference, ours }, context) =>
      at === "history" &&
      (outcome(context) !== undefined || context.call.outcome?.raised !== undefined || endsEmpty(reference, ours)),
  },
  {
    name: "a session goes with its responses",
    why: "where fetchat takes an answer that the reference refused, or refuses one that it took, the id and the history go accordingly",
    covers: ({ at }, context) => at.startsWith("session.") && outcome(context) !== undefined,
  },
];

/** Whether one text of chunks is the other's beginning, and shorter. */
function isCut(whole: unknown, cut: unknown): boolean {
  return textOf(whole) !== textOf(cut) && textOf(whole).startsWith(textOf(cut));
}

/** Whether a history of the reference's differs only by an answer at its end that says nothing. */
function endsEmpty(reference: unknown, ours: unknown): boolean {
  const messages = reference as { role: string; content?: string }[];
  const last = messages.at(-1);
  return (
    last?.role === "assistant" && !last.content && Object.keys(last).length <= 2 && isSame(messages.slice(0, -1), ours)
  );
}

/** The whole text of a streamed answer. */
function streamText({ response }: RecordedCall): string {
  return (response?.chunks ?? []).map((piece) => (typeof piece === "string" ? piece : "")).join("");
}
