import type { Mutation } from "./mutations.ts";

const endpoints = "src/endpoints";
const fold = "src/responses/fold.ts";
const history = "src/responses/history.ts";
const ending = "src/responses/ending.ts";
const turn = "src/responses/turn.ts";

/** Changes of the endpoints, of the Responses API and of what is known of providers. */
export const endpointMutations: readonly Mutation[] = [
  { name: "ask for completions elsewhere", file: `${endpoints}/completion.ts`, find: "return request<Completion>(transport, PATH,", replace: "return request<Completion>(transport, `/engines${PATH}`," },
  { name: "ask for the models instead of one", file: `${endpoints}/models.ts`, find: '`/models/${pathPart("id", id)}`', replace: '`/models?id=${pathPart("id", id)}`' },
  { name: "cut a file at its first kilobyte", file: "src/http/form.ts", find: "body.append(name, value as Blob, nameOf(value, filename));", replace: "body.append(name, (value as Blob).slice(0, 1024), nameOf(value, filename));" },
  { name: "have one try for a form", file: "src/http/transport.ts", find: "call.body instanceof ReadableStream ? 0 : retries", replace: "typeof call.body !== \"string\" && call.body != null ? 0 : retries" },
  { name: "read a file's object for its content", file: `${endpoints}/files.ts`, find: "`${pathOf(id)}/content`", replace: "pathOf(id)" },
  { name: "forget which partial image it is", file: `${endpoints}/imageFold.ts`, find: "partialIndex: raw.partial_image_index", replace: "partialIndex: undefined" },
  { name: "say the whole transcript again at its end", file: `${endpoints}/transcription.ts`, find: 'raw.type === "transcript.text.done" && text === ""', replace: 'raw.type === "transcript.text.done"' },
  { name: "forget a provider's query", file: "src/http/provider.ts", find: "const queries = [query, provider.query && new URLSearchParams(provider.query).toString()]", replace: "const queries = [query]" },
  { name: "delete by asking", file: `${endpoints}/responses.ts`, find: 'pathOf(id), undefined, { ...options, method: "DELETE" }', replace: 'pathOf(id), undefined, { ...options, method: "GET" }' },
  { name: "forget what was said in the background", file: `${endpoints}/responses.ts`, find: "...(input === undefined ? {} : { input }), ...defined(params) });", replace: "...(input === undefined ? {} : { input }), ...defined(params), background: undefined });" },
  { name: "wait for [DONE] after a response", file: fold, find: "    this.done = true;\n", replace: "" },
  { name: "take a silent response for a living one", file: "src/http/watch.ts", find: "this.#since = performance.now() - this.#waited;", replace: "this.#since = performance.now();", cases: /response that falls silent|silence/ },
  { name: "hand out a response's cut calls", file: "src/responses/itemFold.ts", find: "!isCall(item) || (done && isWholeCall(item, false))", replace: "true" },
  { name: "take a failed response for a whole one", file: ending, find: 'if (status === "failed" || response.error) throw', replace: "if (false) throw" },
  { name: "call every cut response one of its limit", file: ending, find: 'incomplete_details?.reason === "content_filter" ? "content_filter" : "length"', replace: '"length"' },
  { name: "see no calls in a response", file: ending, find: 'openItems(response).length > 0 ? "tool_calls" : "complete"', replace: '"complete"' },
  { name: "give up where an id is lost", file: history, find: "if (id === undefined || !whole || !isLost(error, id)) throw error;", replace: "throw error;" },
  { name: "send all items with an id", file: history, find: "{ ...known, id, at: items.length } : known;", replace: "{ ...known, id } : known;" },
  { name: "go on from no id", file: history, find: "...(id === undefined ? undefined : { previous_response_id: id })", replace: "" },
  { name: "tell of a tool's result twice", file: turn, find: "if (!told.has(id)) items.push", replace: "items.push" },
  { name: "end a response's turn at its first step", file: turn, find: "if (runnable.length === 0) return", replace: "if (runnable.length >= 0) return" },
  { name: "say a response's text again at its end", file: fold, find: 'return text.startsWith(this.#text) ? text.slice(this.#text.length) : "";', replace: "return text;" },
  { name: "keep a response's reasoning to itself", file: fold, find: "this.#reasoning += reasoning;\n    out.push({ type: type as ResponseEvent[\"type\"], content, reasoning,", replace: "out.push({ type: type as ResponseEvent[\"type\"], content, reasoning: \"\"," },
];
