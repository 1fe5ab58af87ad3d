import type { Pieces } from "./case.ts";

/** A change of the source that breaks promises: the cases that it makes fail prove that they can fail. */
export interface Mutation {
  /** What the change does. */
  readonly name: string;
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  /** How the reply is cut where only that shows it; whole if not given. */
  readonly pieces?: Pieces | undefined;
  /** The names of the cases that are tried, where it would fail all too many that have a mutation of their own; all if not given. */
  readonly cases?: RegExp | undefined;
}

const sse = "src/sse/apiStream.ts";
const reader = "src/sse/eventReader.ts";
const fold = "src/chat/fold.ts";
const choice = "src/chat/choiceFold.ts";
const calls = "src/chat/calls.ts";

/** The most telling come first: a case is told of the first one that it fails for. */
export const mutations: readonly Mutation[] = [
  { name: "refuse a byte order mark", file: reader, find: "    const text = this.#decoder.decode(bytes", replace: '    if (bytes[0] === 0xef) throw new Error("a byte order mark");\n    const text = this.#decoder.decode(bytes' },
  { name: "split characters at the cuts of the body", file: reader, find: "this.#decoder.decode(bytes, { stream: true })", replace: "new TextDecoder().decode(bytes)", pieces: 7, cases: /character|ASCII/ },
  { name: "break lines at LF only", file: reader, find: 'if (this.#kind === "events") this.#feed(text);\n    else this.#begin(text, false);', replace: 'const lines = text.replaceAll("\\r", "");\n    if (this.#kind === "events") this.#feed(lines);\n    else this.#begin(lines, false);' },
  { name: "treat a comment as an error", file: reader, find: "onError: ({ type }) => {", replace: 'onComment: () => { throw new Error("a comment"); },\n      onError: ({ type }) => {' },
  { name: "treat an unknown field as an error", file: reader, find: "if (type === \"max-buffer-size-exceeded\" && !this.done) throw", replace: "throw" },
  { name: "take only the last line of an event's data", file: reader, find: "    if (this.done) return;\n    // The parser looks", replace: "    if (data.includes(\"\\n\")) data = data.slice(data.lastIndexOf(\"\\n\") + 1);\n    if (this.done) return;\n    // The parser looks" },
  { name: "lose a last event without its blank line", file: reader, find: 'else this.#feed("\\n\\n");', replace: "" },
  { name: "take events after [DONE]", file: reader, find: 'if (data === "[DONE]") this.done = true;', replace: 'if (data === "[DONE]") this.done = false;' },
  { name: "parse data that is no object", file: reader, find: 'else if (data.charCodeAt(0) === 123 || data.trimStart()[0] === "{") {', replace: "else if (data !== \"\") {" },
  { name: "refuse events above 1,000 characters", file: reader, find: "if (data.length > this.#limits.event)", replace: "if (data.length > 5_000)" },
  { name: "believe the content type", file: reader, find: 'if (DOCUMENT.test(first)) return "document";', replace: 'if (!(this.#exchange.response.headers.get("content-type") ?? "").includes("event-stream")) return "document";' },
  { name: "take a document for an event stream", file: reader, find: 'if (DOCUMENT.test(first)) return "document";', replace: "" },
  { name: "refuse what begins with blank lines", file: reader, find: "this.#document = this.#document.trimStart();", replace: "if (this.#document.trimStart() !== this.#document) throw new Error(\"blank\");" },
  { name: "skip broken JSON", file: reader, find: 'throw new APIError(`Received an event that is not JSON: ${body}`, { status: 200, code: "malformed_event", body });', replace: "return { body };" },
  { name: "skip error objects among the events", file: reader, find: 'if (event === "error" || findError(raw) !== undefined) throw this.#providerError(data);', replace: "" },
  { name: "skip error events of plain text", file: reader, find: 'else if (event === "error" || isErrorList(data)) throw this.#providerError(data);', replace: "" },
  { name: "refuse a whole completion", file: reader, find: "if (isObject && findError(body) === undefined && this.#sink.onWhole(body)) return;", replace: "" },
  { name: "skip errors that are bare strings", file: "src/http/errorBody.ts", find: 'if (value["error"] !== undefined && value["error"] !== null && value["error"] !== false) return value;', replace: 'if (isObject(value["error"])) return value;' },
  { name: "skip errors in vLLM's words", file: "src/http/errorBody.ts", find: 'return value["object"] === "error" || value["type"] === "error" ? { error: value } : undefined;', replace: "return undefined;" },
  { name: "drop numeric codes", file: "src/http/errorBody.ts", find: 'typeof code === "number" ? code : text(code)', replace: "text(code)" },
  { name: "drop codes", file: "src/http/errorBody.ts", find: 'code: details.code ?? (typeof code === "number" ? code : text(code)),', replace: "code: undefined," },
  { name: "forget the ending that a relay tells", file: "src/sse/failure.ts", find: "FAILED.includes(told) ? told as FailedEnding : \"provider_error\"", replace: '"provider_error"' },
  { name: "take a cut last line for the provider's fault", file: "src/sse/failure.ts", find: 'if (eof && error.code === "malformed_event")', replace: "if (false)" },
  { name: "take an error's finish reason for an ending", file: "src/chat/finish.ts", find: "return BROKEN.test(reason);", replace: "return false;" },
  { name: "know OpenAI's word for length only", file: "src/chat/finish.ts", find: "/length|max_tokens/i", replace: "/^length$/" },
  { name: "call every answer complete", file: "src/chat/finish.ts", find: 'if (LENGTH.test(reason)) return "length";', replace: 'return "complete";' },
  { name: "forget the content filter", file: "src/chat/finish.ts", find: 'if (FILTER.test(reason)) return "content_filter";', replace: "" },
  { name: "believe \"stop\" beside calls", file: "src/chat/finish.ts", find: "return hasCalls || CALLS.test(reason)", replace: "return CALLS.test(reason)" },
  { name: "refuse finish reasons that OpenAI does not send", file: "src/chat/finish.ts", find: "/^error$|insufficient_system_resource|malformed_function_call/i", replace: "/^(?!stop|length|content_filter|tool_calls|function_call)/" },
  { name: "wait for ever after the finish reason", file: sse, find: 'watch.enter(over ? "grace" : "idle");', replace: 'watch.enter("idle");\n    watch.enter = () => undefined;\n    watch.onStop = undefined;' },
  { name: "count keep-alives as life", file: sse, find: "watch.rest(this.#content);", replace: "watch.rest(true);" },
  { name: "never stall", file: sse, find: 'else this.#end({ ending: "stalled", cause: error });', replace: "" },
  { name: "call a stall truncated", file: sse, find: 'else this.#end({ ending: "stalled", cause: error });', replace: 'else this.#end({ ending: "truncated", cause: error });' },
  { name: "call a broken connection an error after the finish reason", file: sse, find: 'this.#end({ ending: "truncated", cause: new ConnectionError("The connection broke", { cause }) });', replace: 'this.#fail({ ending: "truncated", cause: new ConnectionError("The connection broke", { cause }) });' },
  { name: "call a broken connection the end", file: sse, find: 'this.#end({ ending: "truncated", cause: new ConnectionError("The connection broke", { cause }) });', replace: "this.#settle(undefined);" },
  { name: "keep the cause of a broken connection to itself", file: sse, find: 'new ConnectionError("The connection broke", { cause })', replace: "undefined" },
  { name: "invent an end where there is none", file: fold, find: "if (this.#unfinished > 0 || this.#choices.length === 0) return undefined;\n    return this.#first()?.ending();", replace: 'return this.#first()?.ending() ?? "complete";' },
  { name: "end when the first choice does", file: fold, find: "if (this.#unfinished > 0 || this.#choices.length === 0) return undefined;", replace: "if (this.#choices.length === 0) return undefined;" },
  { name: "mix the choices", file: fold, find: 'typeof given === "number" ? given : 0', replace: "0" },
  { name: "lose what has no choice index", file: fold, find: 'typeof given === "number" ? given : 0', replace: "given as number" },
  { name: "stumble over empty choices", file: fold, find: "if (!Array.isArray(choices) || choices.length === 0) out.push", replace: 'if (!Array.isArray(choices) || choices.length === 0) throw new Error("no choices");\n    else if (false) out.push' },
  { name: "drop usage", file: fold, find: 'if (key === "usage") this.#usage = (value as Usage | null | undefined) ?? this.#usage;', replace: 'if (key === "usage") continue;' },
  { name: "keep the first usage", file: fold, find: "this.#usage = (value as Usage | null | undefined) ?? this.#usage;", replace: "this.#usage ??= (value as Usage | null | undefined) ?? undefined;" },
  { name: "let __proto__ in", file: "src/chat/merge.ts", find: 'if (value === undefined || key === "__proto__") return;', replace: 'if (value === undefined) return;\n    if (key === "__proto__") Object.assign(Object.prototype, value);', cases: /__proto__/ },
  { name: "walk into nested fields", file: "src/chat/merge.ts", find: "  const had = Object.hasOwn(target, key) ? target[key] : undefined;\n  if (value === null) {", replace: "  const walk = (one: unknown): void => { if (Array.isArray(one)) one.forEach(walk); };\n  walk(value);\n  if (JSON.stringify(value)?.includes(\"[[[[\")) throw new RangeError(\"deep\");\n  const had = Object.hasOwn(target, key) ? target[key] : undefined;\n  if (value === null) {" },
  { name: "drop refusals", file: choice, find: "this.#refusal = (this.#refusal ?? \"\") + value;", replace: "this.#refusal = value;" },
  { name: "drop fields that a provider wants back", file: choice, find: "Object.assign(message, this.#extra);", replace: "" },
  { name: "double what comes under two names", file: choice, find: "if (this.#reasoningWas !== value) {", replace: "if (true) {" },
  { name: "know one name for reasoning", file: choice, find: 'new Set(["reasoning_content", "reasoning", "reasoning_text", "thinking"])', replace: 'new Set(["reasoning_text"])' },
  { name: "take content for text only", file: choice, find: "if (!Array.isArray(value)) return 0;", replace: "return 0;" },
  { name: "hand out cut calls", file: choice, find: 'this.calls?.list(ending !== "tool_calls") ?? []', replace: "this.calls?.list(false) ?? []" },
  { name: "drop all calls of a cut answer", file: choice, find: 'this.calls?.list(ending !== "tool_calls") ?? []', replace: '(ending === "tool_calls" ? this.calls?.list(false) : undefined) ?? []' },
  { name: "drop legacy calls", file: choice, find: "if (legacy) message.function_call = legacy;", replace: "" },
  { name: "begin a call with every fragment", file: calls, find: "const call = this.#find(delta) ?? this.#begin(delta);", replace: "const call = this.#begin(delta);" },
  { name: "have one call", file: calls, find: "const call = this.#find(delta) ?? this.#begin(delta);", replace: "const call = this.#calls[0] ?? this.#begin(delta);" },
  { name: "append to the last call, whatever the index", file: calls, find: 'if (typeof index === "number") {\n      const call', replace: "if (index === -1) {\n      const call" },
  { name: "go by the index alone", file: calls, find: "return call && id && call.id && id !== call.id && name ? undefined : call;", replace: "return call;" },
  { name: "append to the last call where there is no index", file: calls, find: "if (name && last && (name !== last.name || isWholeJSON(last.text))) return undefined;", replace: "" },
  { name: "append to the last call where there is an id alone", file: calls, find: "return call ?? (name || last?.id ? undefined : last);", replace: "return call ?? last;" },
  { name: "let null overwrite", file: calls, find: "if (id) call.id = id;", replace: "if (id !== undefined) call.id = String(id);" },
  { name: "append repeated names", file: calls, find: "name.startsWith(call.name) ? name : call.name + name", replace: "call.name + name" },
  { name: "leave calls without an id", file: calls, find: "call.id || `call_${place}`", replace: "call.id" },
  { name: "stumble over null for a function", file: calls, find: "textOf(fn?.arguments ?? custom?.input)", replace: "textOf((fn as { arguments?: string }).arguments ?? custom?.input)" },
  { name: "invent arguments", file: calls, find: "function: { name: call.name, arguments: call.text }", replace: 'function: { name: call.name, arguments: call.text || "{}" }' },
  { name: "drop the fields beside a call", file: calls, find: "{ ...call.extra, id, type: call.type as FunctionToolCall[\"type\"]", replace: '{ id, type: call.type as FunctionToolCall["type"]' },
  { name: "refuse high indices", file: calls, find: "    const call = this.#find(delta) ??", replace: "    if ((delta.index ?? 0) > 1_000) throw new RangeError(\"index\");\n    const call = this.#find(delta) ??" },
  { name: "ignore the abort", file: "src/http/watch.ts", find: 'else this.#signal?.addEventListener("abort", this.#onAbort);', replace: "" },
  { name: "leave the request running when the loop is left", file: sse, find: "if (!this.#eof) letGo(this.#exchange.controller, this.#reader);", replace: "" },
  { name: "send another key", file: "src/http/provider.ts", find: "authorization: `Bearer ${", replace: "authorization: `Bearer x${" },
  { name: "send a header that nobody asked for", file: "src/http/transport.ts", find: 'accept: call.accept ?? "application/json",', replace: 'accept: call.accept ?? "application/json",\n        "x-fetchat": "1",' },
  { name: "follow redirects", file: "src/http/transport.ts", find: 'redirect: "manual",', replace: "" },
  { name: "take errors for answers", file: "src/http/transport.ts", find: "if (response.ok || call.anyStatus) return exchange;", replace: "return exchange;" },
  { name: "never try again", file: "src/http/retry.ts", find: "attempts > maxRetries ||", replace: "attempts > 0 ||" },
  { name: "drop the last event", file: sse, find: "if (passedOn) this.#queue.list.push(eventFrame(data, event));", replace: "if (passedOn) this.#queue.list.push(eventFrame(data, event));\n    if (this.#protocol.over()) this.#queue.list.pop();" },
  { name: "send a session's last message alone", file: "src/chat/session.ts", find: "this.#client[streamed ? \"streamChat\" : \"chat\"](request,", replace: "this.#client[streamed ? \"streamChat\" : \"chat\"](request.slice(-1)," },
  { name: "give an empty first chunk again", file: sse, find: "if (!this.#queue.empty) return Promise.resolve({ done: false, value: this.#queue.shift() });", replace: "if (!this.#queue.empty) { const value = this.#queue.shift(); this.#queue.list.splice(0, 1); return Promise.resolve({ done: false, value }); }" },
  { name: "swallow failures", file: sse, find: "this.#error = error;\n    if (!error) this.#good = this.#protocol.ending();", replace: 'this.#good = "complete";' },
  { name: "drop all text", file: choice, find: "this.#textWas += value;", replace: "" },
  { name: "drop the message's text", file: choice, find: "this.content = this.content === undefined ? value : this.content + value;", replace: "this.content ??= value;" },
  { name: "leave out the text of a response", file: "src/responses/fold.ts", find: 'let content = isDelta && type === "response.output_text.delta" ? delta : "";', replace: 'let content = "";' },
  { name: "wait for the server to close after response.completed", file: "src/responses/fold.ts", find: "    this.done = true;\n", replace: "" },
  { name: "call a response without its end complete", file: "src/responses/fold.ts", find: "    return this.#ending;\n", replace: '    return this.#ending ?? "complete";\n' },
  { name: "take a failed response for an answer", file: "src/responses/ending.ts", find: 'if (status === "failed" || response.error) throw', replace: 'if (status === "nothing") throw' },
  { name: "never send a lost conversation again", file: "src/responses/history.ts", find: "if (id === undefined || !whole || !isLost(error, id)) throw error;", replace: "throw error;" },
  { name: "send nested tools to the Responses API", file: "src/responses/calls.ts", find: "  if (fn) return", replace: "  if (fn && false) return" },
];
