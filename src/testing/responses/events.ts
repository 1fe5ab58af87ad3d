import { tokenize, tokenizeJson } from "../tokens.ts";
import { isRecord } from "../contentRules.ts";
import { type Fields, listOf } from "../../wire/read.ts";

/** One event. An event that carries a token is sent after the pace's delay. */
export interface TimedEvent {
  readonly event: Event & { readonly sequence_number: number };
  readonly isToken: boolean;
}

type Event = Fields & { readonly type: string };

/** Returns the events of a streamed response in the API's order, each with its number. */
export function eventsOf(response: Fields): TimedEvent[] {
  const status = String(response["status"]);
  const began = { ...response, status: "in_progress", output: [], usage: null, error: null, incomplete_details: null };
  const events: Event[] = [
    { type: "response.created", response: began },
    { type: "response.in_progress", response: began },
    ...recordsOf(response, "output").flatMap(itemEvents),
    { type: `response.${status}`, response },
  ];
  return events.map((event, sequence_number) => ({
    event: { ...event, sequence_number },
    isToken: event.type.endsWith(".delta"),
  }));
}

function itemEvents(item: Fields, output_index: number): Event[] {
  const { type } = item;
  const place = { output_index, item_id: item["id"] };
  const empty = type === "message" ? { content: [] } : type === "reasoning" ? { summary: [] } : { arguments: "" };
  return [
    {
      type: "response.output_item.added",
      output_index,
      item: { ...item, ...empty, ...(item["status"] !== undefined && { status: "in_progress" }) },
    },
    ...(type === "function_call" ? callEvents(item, place) : []),
    ...recordsOf(item, "content").flatMap((part, content_index) => partEvents(part, { ...place, content_index })),
    ...recordsOf(item, "summary").flatMap((part, summary_index) => summaryEvents(part, { ...place, summary_index })),
    { type: "response.output_item.done", output_index, item },
  ];
}

function recordsOf(value: Fields, key: string): Fields[] {
  return listOf(value, key).filter(isRecord);
}

function callEvents(item: Fields, place: object): Event[] {
  const text = String(item["arguments"]);
  return [
    ...tokenizeJson(text).map((delta) => ({ type: "response.function_call_arguments.delta", ...place, delta })),
    ...(item["status"] === "completed"
      ? [{ type: "response.function_call_arguments.done", ...place, arguments: text }]
      : []),
  ];
}

function partEvents(part: Fields, place: object): Event[] {
  const name = part["type"] === "refusal" ? "refusal" : "text";
  const text = String(part[name]);
  const kind = String(part["type"]);
  const logprobs = name === "text" ? { logprobs: [] } : {};
  return [
    { type: "response.content_part.added", ...place, part: { ...part, [name]: "" } },
    ...tokenize(text).map((delta) => ({ type: `response.${kind}.delta`, ...place, delta, ...logprobs })),
    { type: `response.${kind}.done`, ...place, [name]: text, ...logprobs },
    { type: "response.content_part.done", ...place, part },
  ];
}

function summaryEvents(part: Fields, place: object): Event[] {
  const text = String(part["text"]);
  const event = "response.reasoning_summary";
  return [
    { type: `${event}_part.added`, ...place, part: { type: "summary_text", text: "" } },
    ...tokenize(text).map((delta) => ({ type: `${event}_text.delta`, ...place, delta })),
    { type: `${event}_text.done`, ...place, text },
    { type: `${event}_part.done`, ...place, part },
  ];
}
