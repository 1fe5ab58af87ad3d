/**
 * Services that speak chat completions and the Responses API and keep the rules of both: a request that OpenAI would refuse is refused and
 * noted. They name no platform and no test runner.
 */
import { createClient, type OpenAI } from "../../src/index.ts";
import { faultOfRequest } from "./historyRules.ts";
import { inputFaults, unreadableIds } from "./responsesInput.ts";

type Fields = Record<string, unknown>;

/** A call that a model makes. */
export interface SpokenCall {
  /** The call's id; made by the service if it is left out. */
  readonly id?: string;
  readonly name: string;
  /** Arguments as text, or the input of a custom tool. */
  readonly text: string;
  readonly custom?: boolean;
  readonly namespace?: string;
}

/** One answer of a model, whichever API it goes over. */
export interface Spoken {
  readonly text?: string;
  readonly refusal?: string;
  readonly calls?: readonly SpokenCall[];
  /** Set if the answer ends before its end. */
  readonly cut?: "length" | "content_filter";
  /** The output over the Responses API, in place of what is made from the rest. */
  readonly output?: readonly Fields[];
  /** Fields of the message over chat completions besides the rest, such as a provider's own. */
  readonly extra?: Fields;
}

/** Reasons for which a service refuses what it gave before. */
export interface Moods {
  /** Whether a stored response is gone. */
  forgets?(): boolean;
  /** Whether encrypted reasoning is refused, even its own. */
  mistrusts?(): boolean;
  /** Whether a model refuses to be asked for encrypted reasoning. */
  hides?(model: string): boolean;
}

interface Stored {
  readonly owner: string;
  readonly output: readonly Fields[];
  readonly isCut: boolean;
  isGone: boolean;
}

/** Models that refuse `include: ["reasoning.encrypted_content"]`. */
const PLAIN_MODELS = /^gpt-(4o|4\.1|5-chat)/;
const ASKING = /^(function|custom_tool|computer|shell|apply_patch)_call$/;
/** Fields of chat completions that the Responses API does not know, and the other way round. */
const CHAT_ONLY =
  "messages max_tokens max_completion_tokens response_format functions function_call reasoning_effort verbosity logprobs".split(
    " ",
  );
const RESPONSES_ONLY =
  "input instructions include truncation previous_response_id reasoning text max_output_tokens".split(" ");

/** All services of a conversation, and what is wrong with the requests that they got. */
export class World {
  /** What would have been refused by a real service although nothing else was. */
  readonly faults: string[] = [];
  /** Bodies of requests in order. */
  readonly requests: { readonly service: string; readonly path: string; readonly body: Fields }[] = [];
  readonly #next: () => Spoken;
  readonly #moods: Moods;
  readonly #stored = new Map<string, Stored>();
  readonly #clients = new Map<string, OpenAI>();
  #count = 0;

  /** @param next gives the answer to the next request that is accepted */
  constructor(next: () => Spoken, moods: Moods = {}) {
    this.#next = next;
    this.#moods = moods;
  }

  /** Returns the client of a service with a key. */
  client(service: string, key: string): OpenAI {
    const owner = `${service} ${key}`;
    let client = this.#clients.get(owner);
    if (!client) {
      client = createClient({
        apiKey: key,
        baseURL: `https://${service}.test/v1`,
        maxRetries: 0,
        fetch: (url, init) => Promise.resolve(this.#fetch(service, owner, url, init)),
      });
      this.#clients.set(owner, client);
    }
    return client;
  }

  #fetch(service: string, owner: string, url: string, init: RequestInit): Response {
    const path = url.replace(/^https:\/\/[^/]+\/v1/, "");
    const body = JSON.parse(init.body as string) as Fields;
    this.requests.push({ service, path, body });
    const refused = path === "/responses" ? this.#refuseResponse(owner, body) : this.#refuseChat(body);
    if (refused)
      return Response.json({ error: { type: "invalid_request_error", ...refused.error } }, { status: refused.status });
    const spoken = this.#next();
    return path === "/responses" ? this.#respond(owner, spoken, body) : complete(spoken, body, ++this.#count);
  }

  #refuseChat(body: Fields): Refusal | undefined {
    const fault =
      faultOfRequest(body["messages"]) ??
      faultOfIds(body["messages"] as Fields[]) ??
      faultOfFields(body, RESPONSES_ONLY);
    return fault === undefined ? undefined : this.#fault(fault);
  }

  #refuseResponse(owner: string, body: Fields): Refusal | undefined {
    const { input, model, include, previous_response_id: id } = body;
    const fault = faultOfFields(body, CHAT_ONLY) ?? faultOfTools(body["tools"]);
    if (fault !== undefined) return this.#fault(fault);
    if (asksForReasoning(include)) {
      if (PLAIN_MODELS.test(String(model))) return this.#fault(`include asked of ${String(model)}`);
      if (this.#moods.hides?.(String(model)))
        return refuse(400, "Encrypted content is not supported with this model.", { param: "include" });
    }
    const before = typeof id === "string" ? this.#stored.get(id) : undefined;
    if (before?.owner === owner && this.#moods.forgets?.()) before.isGone = true;
    if (id !== undefined && (!before || before.owner !== owner || before.isGone))
      return refuse(404, `Previous response with id '${typeof id === "string" ? id : ""}' not found.`, {
        param: "previous_response_id",
        code: "previous_response_not_found",
      });
    if (before && (before.isCut || before.output.at(-1)?.["type"] === "reasoning"))
      return this.#fault("goes on from a cut response");
    const faults = inputFaults(input, before && { open: openIn(before.output) });
    if (faults[0] !== undefined) return this.#fault(faults.join("; "));
    const items = Array.isArray(input) ? (input as Fields[]) : [];
    return this.#refuseItems(owner, items);
  }

  #refuseItems(owner: string, items: readonly Fields[]): Refusal | undefined {
    const [service = ""] = owner.split(" ");
    const ids = new Set(items.map((item) => item["id"]));
    for (const [at, item] of items.entries()) {
      const { type, id, encrypted_content: secret, content } = item;
      if (typeof secret === "string") {
        if (!secret.startsWith(`gAAAA.${service}.`))
          return this.#fault(`encrypted content of another service: ${secret}`);
        if (!secret.startsWith(`gAAAA.${owner.replace(" ", ".")}.`) || this.#moods.mistrusts?.())
          return refuse(400, `The encrypted content ${secret.slice(0, 6)}... could not be verified.`, {
            code: "invalid_encrypted_content",
            param: `input[${at}]`,
          });
      } else if (type === "reasoning" && !(Array.isArray(content) && content.length > 0)) {
        const isKnown = [...this.#stored.values()].some(
          (one) => one.owner === owner && !one.isGone && one.output.some((had) => had["id"] === id),
        );
        if (!isKnown) return refuse(404, `Item with id '${String(id)}' not found.`, { param: "input" });
      }
    }
    for (const { output } of this.#stored.values())
      for (const unread of unreadableIds(output))
        if (ids.has(unread) && !items.some(({ type, id }) => type === "reasoning" && id === reasonOf(output, unread)))
          return this.#fault(`${unread} without its reasoning`);
    return undefined;
  }

  #fault(words: string): Refusal {
    this.faults.push(words);
    return refuse(400, words);
  }

  #respond(owner: string, spoken: Spoken, body: Fields): Response {
    const at = ++this.#count;
    const isEncrypted = asksForReasoning(body["include"]);
    const output = outputOf(spoken, at).map((item) => bound(item, owner, at, isEncrypted));
    const id = `resp_${at}`;
    const isStored = body["store"] !== false;
    const isCut = spoken.cut !== undefined && output.some(({ type }) => ASKING.test(String(type)));
    this.#stored.set(id, { owner, output, isCut, isGone: !isStored });
    const status = spoken.cut === undefined ? "completed" : "incomplete";
    const reason = spoken.cut === "length" ? "max_output_tokens" : "content_filter";
    const response = {
      id,
      object: "response",
      created_at: at,
      status,
      error: null,
      incomplete_details: spoken.cut === undefined ? null : { reason },
      model: body["model"],
      output,
      store: isStored,
      usage: { input_tokens: 3, output_tokens: 2, total_tokens: 5 },
    };
    return body["stream"] === true ? streamOf(responseEvents(response)) : Response.json(response);
  }
}

interface Refusal {
  readonly status: number;
  readonly error: Fields;
}

const refuse = (status: number, message: string, fields: Fields = {}): Refusal => ({
  status,
  error: { message, param: null, code: null, ...fields },
});

function asksForReasoning(include: unknown): boolean {
  return Array.isArray(include) && include.includes("reasoning.encrypted_content");
}

function faultOfFields(body: Fields, wrong: readonly string[]): string | undefined {
  const found = wrong.find((name) => Object.hasOwn(body, name));
  return found === undefined ? undefined : `${found}: of the other API`;
}

function faultOfTools(tools: unknown): string | undefined {
  if (tools === undefined) return undefined;
  if (!Array.isArray(tools) || tools.length === 0) return "tools: no list, or an empty one";
  const isFine = ({ type, name, strict, custom }: Fields): boolean =>
    type === "function"
      ? typeof name === "string" && typeof strict === "boolean"
      : type !== "custom" || (typeof name === "string" && custom === undefined);
  return (tools as Fields[]).every(isFine) ? undefined : "tools: a declaration of chat completions";
}

/** OpenAI takes ids of calls up to 40 characters. */
function faultOfIds(messages: readonly Fields[]): string | undefined {
  const calls = messages.flatMap(({ tool_calls }) => (Array.isArray(tool_calls) ? (tool_calls as Fields[]) : []));
  return calls.some(({ id }) => String(id).length > 40) ? "an id of more than 40 characters" : undefined;
}

function openIn(output: readonly Fields[]): string[] {
  const answered = output.filter(({ type }) => String(type).endsWith("_output")).map(({ call_id }) => call_id);
  return output
    .filter(({ type, call_id }) => ASKING.test(String(type)) && !answered.includes(call_id))
    .map(({ call_id }) => String(call_id));
}

/** The reasoning that led to an item of an output. */
function reasonOf(output: readonly Fields[], id: string): unknown {
  const at = output.findIndex((item) => item["id"] === id);
  return output.slice(0, at + 1).findLast(({ type }) => type === "reasoning")?.["id"];
}

/** Binds encrypted content to who asked, and leaves it out where nobody asked for it. */
function bound(item: Fields, owner: string, at: number, isEncrypted: boolean): Fields {
  if (item["type"] === "compaction") return { ...item, encrypted_content: `gAAAA.${owner.replace(" ", ".")}.${at}` };
  if (item["type"] !== "reasoning" || item["encrypted_content"] == null) return item;
  const { encrypted_content: _, ...rest } = item;
  return isEncrypted ? { ...rest, encrypted_content: `gAAAA.${owner.replace(" ", ".")}.${at}` } : rest;
}

/** Returns an answer as output items. */
export function outputOf({ output, text, refusal, calls = [], cut }: Spoken, at: number): Fields[] {
  if (output) return structuredClone(output) as Fields[];
  const message = { id: `msg_${at}`, type: "message", role: "assistant", status: cut ? "incomplete" : "completed" };
  const said = text
    ? [{ ...message, content: [{ type: "output_text", text, annotations: [], logprobs: [] }] }]
    : refusal
      ? [{ ...message, content: [{ type: "refusal", refusal }] }]
      : [];
  const called = calls.map(({ id = `call_${at}`, name, text: written, custom, namespace }, place): Fields => {
    const common = { call_id: id, name, status: cut ? "incomplete" : "completed", ...(namespace && { namespace }) };
    return custom
      ? { id: `ctc_${at}_${place}`, type: "custom_tool_call", ...common, input: written }
      : { id: `fc_${at}_${place}`, type: "function_call", ...common, arguments: written };
  });
  return [...said, ...called];
}

/** Returns an answer as a message of chat completions. */
function messageOf({ output, text, refusal, calls = [], extra }: Spoken, at: number): Fields {
  const said = output ? told(output) : { content: text || null, refusal: refusal || null };
  const made = output ? callsIn(output) : calls;
  const tool_calls = made.map(({ id = `call_${at}`, name, text: written, custom }) =>
    custom
      ? { id, type: "custom", custom: { name, input: written } }
      : { id, type: "function", function: { name, arguments: written } },
  );
  return { role: "assistant", ...said, ...(tool_calls.length > 0 && { tool_calls }), ...extra };
}

function told(output: readonly Fields[]): Fields {
  const messages = output.filter(({ type }) => type === "message").map(({ content }) => content as Fields[]);
  const join = (field: string): string =>
    messages
      .map((parts) => parts.map((part) => (typeof part[field] === "string" ? part[field] : "")).join(""))
      .filter((text) => text !== "")
      .join("\n\n");
  return { content: join("text") || null, refusal: join("refusal") || null };
}

function callsIn(output: readonly Fields[]): SpokenCall[] {
  return output.flatMap(({ type, call_id, name, arguments: text, input }): SpokenCall[] => {
    const common = { id: String(call_id), name: String(name) };
    if (type === "function_call") return [{ ...common, text: String(text) }];
    return type === "custom_tool_call" ? [{ ...common, text: String(input), custom: true }] : [];
  });
}

function complete(spoken: Spoken, body: Fields, at: number): Response {
  const message = messageOf(spoken, at);
  const isCalling = message["tool_calls"] !== undefined;
  const finish_reason = spoken.cut ?? (isCalling ? "tool_calls" : "stop");
  const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
  const common = { id: `chatcmpl_${at}`, created: at, model: body["model"] };
  if (body["stream"] !== true)
    return Response.json({
      ...common,
      object: "chat.completion",
      choices: [{ index: 0, message, finish_reason }],
      usage,
    });
  const { tool_calls, ...rest } = message;
  const calls = (tool_calls as Fields[] | undefined)?.map((call, index) => ({ index, ...call }));
  const choice = (delta: Fields, reason: string | null): Fields => ({
    ...common,
    object: "chat.completion.chunk",
    choices: [{ index: 0, delta, finish_reason: reason }],
  });
  return streamOf(
    [
      choice(rest, null),
      ...(calls ? [choice({ tool_calls: calls }, null)] : []),
      choice({}, finish_reason),
      { ...common, choices: [], usage },
    ],
    true,
  );
}

function responseEvents(response: Fields): Fields[] {
  const output = response["output"] as Fields[];
  const begun = { ...response, status: "in_progress", output: [], usage: null };
  return [
    { type: "response.created", response: begun },
    ...output.flatMap((item, output_index) => [
      { type: "response.output_item.added", output_index, item: withoutText(item) },
      ...deltasOf(item, output_index),
      { type: "response.output_item.done", output_index, item },
    ]),
    { type: `response.${String(response["status"])}`, response },
  ].map((event, sequence_number) => ({ ...event, sequence_number }));
}

function withoutText(item: Fields): Fields {
  if (item["type"] === "message") return { ...item, content: [], status: "in_progress" };
  if (item["type"] === "function_call") return { ...item, arguments: "", status: "in_progress" };
  return item;
}

function deltasOf(item: Fields, output_index: number): Fields[] {
  const at = { item_id: item["id"], output_index };
  if (item["type"] === "function_call")
    return [{ type: "response.function_call_arguments.delta", ...at, delta: item["arguments"] }];
  if (item["type"] !== "message") return [];
  return (item["content"] as Fields[]).flatMap((part, content_index) =>
    typeof part["text"] === "string" && part["text"] !== ""
      ? [{ type: "response.output_text.delta", ...at, content_index, delta: part["text"] }]
      : [],
  );
}

function streamOf(events: readonly Fields[], isChat = false): Response {
  const text =
    events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("") + (isChat ? "data: [DONE]\n\n" : "");
  return new Response(text, { headers: { "content-type": "text/event-stream" } });
}
