import { createParser } from "eventsource-parser";
import { APIError } from "../errors.ts";
import { apiError, findError, parseMaybe, saysWhy, tooLarge } from "../http/errorBody.ts";
import { fieldsOf } from "../wire/read.ts";
import type { ConnectionSettings, Exchange } from "../http/connection.ts";

/** Takes what a body holds. */
export interface EventHandler {
  /** Takes one event with a JSON object as its data. */
  onEvent(raw: object, data: string, event: string | undefined): void;
  /** Takes a whole answer that came instead of a stream. @returns `false` if it is none */
  onDocument(raw: object): boolean;
}

/** The first characters of JSON and HTML, which are no event stream, whatever the content type says. */
const DOCUMENT = /[{[<"]/;
/** The beginning of every line of an event stream. The longest name has five letters. */
const FIELD = /^(:|data|event|id|retry)/;
const LONGEST_FIELD = 5;
/** Names of events that only show that the server is alive. Their data need not be JSON. */
const KEEP_ALIVE = /^(ping|keep-?alive|heartbeat)$/i;
/** Characters that the parser may hold back beyond an event's data: the beginnings of lines, and short other fields. */
const OTHER_FIELDS = 64;

/** Decodes pieces of whole characters. It keeps no state, so all streams share it. */
const WHOLE = new TextDecoder("utf-8", { ignoreBOM: true });

/** Reads the bytes of one response as server-sent events with JSON in them. Throws an APIError if the provider reports an error. */
export class EventReader {
  /** `true` once `[DONE]` has come. Anything after it is ignored. */
  done = false;
  #kind: "unknown" | "events" | "document" = "unknown";
  #document = "";
  /** Decodes characters that are split over two pieces. Made at the first one. */
  #decoder: TextDecoder | undefined;
  /** `true` while the decoder holds the beginning of a character. */
  #holds = false;
  /** The number of events so far, for errors. */
  #count = 0;
  readonly #feed: (text: string) => void;
  readonly #exchange: Exchange;
  readonly #limits: ConnectionSettings["limits"];
  readonly #handler: EventHandler;

  constructor(exchange: Exchange, limits: ConnectionSettings["limits"], handler: EventHandler) {
    this.#exchange = exchange;
    this.#limits = limits;
    this.#handler = handler;
    this.#feed = createParser({
      onEvent: ({ data, event }) => this.#take(data, event),
      onError: ({ type, field, value }) => {
        if (this.done) return;
        if (type === "max-buffer-size-exceeded") throw tooLarge("One event", limits.event);
        // llama.cpp reports an error in a field of its own.
        if (type === "unknown-field" && field === "error") throw this.#providerError(value ?? "");
      },
      maxBufferSize: limits.event + OTHER_FIELDS,
    }).feed;
  }

  /** Takes the next bytes. */
  feed(bytes: Uint8Array): void {
    if (this.done) return;
    const text = this.#decode(bytes);
    if (this.#kind === "events") this.#feed(text);
    else this.#begin(text, false);
  }

  /** Returns the error in an event that is no part of an answer; `undefined` if it reports none. */
  errorOf(data: string): APIError | undefined {
    return saysWhy(parseMaybe(data)) ? this.#providerError(data) : undefined;
  }

  /** Takes the end of the body. The last event may lack its blank line. */
  end(): void {
    if (this.done) return;
    const rest = this.#holds ? this.#decode() : "";
    if (this.#kind === "events") this.#feed(rest);
    else this.#begin(rest, true);
    if (this.#kind === "document") this.#takeDocument();
    else this.#feed("\n\n");
  }

  /** A piece that ends in ASCII ends with a whole character. */
  #decode(bytes?: Uint8Array): string {
    const held = this.#holds;
    this.#holds = bytes !== undefined && (bytes[bytes.length - 1] ?? 128) > 127;
    if (!held && !this.#holds) return WHOLE.decode(bytes);
    return (this.#decoder ??= new TextDecoder("utf-8", { ignoreBOM: true })).decode(bytes, { stream: this.#holds });
  }

  #begin(text: string, all: boolean): void {
    this.#document += text;
    if (this.#kind === "unknown") {
      this.#document = this.#document.trimStart();
      this.#kind = this.#kindOf(this.#document, all);
      if (this.#kind === "events") {
        const beginning = this.#document;
        this.#document = "";
        this.#feed(beginning);
      }
    }
    if (this.#document.length > this.#limits.answer) throw tooLarge("The answer", this.#limits.answer);
  }

  /** @param all `true` at the end of the body */
  #kindOf(head: string, all: boolean): "unknown" | "events" | "document" {
    const first = head[0];
    if (first === undefined) return "unknown";
    if (DOCUMENT.test(first)) return "document";
    const type = this.#exchange.response.headers.get("content-type") ?? "";
    if (type.includes("event-stream") || !/text|json|html|xml/.test(type)) return "events";
    if (head.length < LONGEST_FIELD && !all) return "unknown";
    return FIELD.test(head) ? "events" : "document";
  }

  #take(data: string, event: string | undefined): void {
    if (this.done) return;
    this.#count++;
    // The parser limits only what it holds back, so an event in one piece would pass.
    if (data.length > this.#limits.event) throw tooLarge("One event", this.#limits.event);
    const text = data.trim();
    if (text === "[DONE]") this.done = true;
    else if (event === "error") throw this.#providerError(data);
    else if (text !== "") {
      const parsed = parseMaybe(data);
      // Gemini wraps its errors in a list.
      const first = Array.isArray(parsed) ? (parsed as unknown[])[0] : parsed;
      if (findError(first) !== undefined) throw this.#providerError(data);
      const raw = fieldsOf(parsed);
      if (raw) this.#handler.onEvent(raw, data, event);
      else if (event === undefined || !KEEP_ALIVE.test(event)) throw this.#notAnObject(data);
    }
  }

  #takeDocument(): void {
    const body = parseMaybe(this.#exchange.redact(this.#document));
    const isObject = typeof body === "object" && body !== null;
    if (isObject && findError(body) === undefined && this.#handler.onDocument(body)) return;
    const { info } = this.#exchange;
    const { status, headers } = info;
    if (isObject) throw apiError(body, info);
    const type = headers.get("content-type") ?? "something else";
    throw new APIError(`Expected an event stream, received ${type} (${this.#document.length} characters)`, {
      status,
      headers,
      code: "not_a_stream",
      body,
    });
  }

  /** The message does not quote the text, which is the model's and may hold a key. */
  #notAnObject(data: string): APIError {
    const message = `Event ${this.#count} of the stream is no JSON object (${data.length} characters)`;
    return new APIError(message, { status: 200, code: "malformed_event", body: this.#exchange.redact(data) });
  }

  #providerError(data: string): APIError {
    const body = parseMaybe(this.#exchange.redact(data));
    return apiError(typeof body === "string" ? { message: body } : body, this.#exchange.info);
  }
}
