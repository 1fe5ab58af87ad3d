import { answer, chunk, delta, DONE, event, finish, jsonReply, completion, ROLE, USAGE } from "../wire.ts";
import type { Scenario } from "./scenario.ts";

const HTML = "<!DOCTYPE html><html><head><title>Bad gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>";
const call = (delta_: object): string => event(chunk({ tool_calls: [delta_] }));
const cutCall = call({ index: 0, id: "call_1", type: "function", function: { name: "get_weather", arguments: '{"city": "Os' } });

/** How an answer may end: well, badly, or not at all. */
export const endings: Scenario[] = [
  { name: "an answer that reached its limit of tokens", reply: { body: [delta("Hel"), finish("length"), DONE] }, ending: "length", text: "Hel" },
  { name: "an answer that a filter stopped", reply: { body: [delta("Hel"), finish("content_filter"), DONE] }, ending: "content_filter", text: "Hel" },
  { name: "a refusal", reply: { body: [event(chunk({ refusal: "I'm " })), event(chunk({ refusal: "sorry" })), finish(), DONE] }, ending: "complete", text: "", refusal: "I'm sorry" },
  { name: "an empty answer that is finished", reply: { body: [ROLE, finish(), DONE] }, ending: "complete", text: "" },
  { name: "a body that ends without a finish reason", hostile: true, reply: { body: [ROLE, delta("Hel"), delta("lo")] }, ending: "truncated", text: "Hello" },
  { name: "[DONE] without a finish reason", hostile: true, reply: { body: [delta("Hello"), DONE] }, ending: "truncated", text: "Hello" },
  { name: "a body that ends in the middle of an event", hostile: true, reply: { body: [delta("Hello"), delta(" world").slice(0, 40)] }, ending: "truncated", text: "Hello" },
  { name: "a body that ends in the middle of a character", hostile: true, reply: { body: [delta("Hello"), { bytes: [...new TextEncoder().encode(delta("é"))].slice(0, -20) }] }, ending: "truncated", text: "Hello" },
  { name: "a body with nothing in it", hostile: true, reply: { body: [] }, ending: "truncated", text: "" },
  { name: "a body of comments alone", hostile: true, reply: { body: [": hello\n\n", ": bye\n\n"] }, ending: "truncated", text: "" },
  { name: "a connection that breaks in the middle", hostile: true, reply: { body: [delta("Hel"), { reset: true }] }, ending: "truncated", text: "Hel" },
  { name: "a connection that breaks after the finish reason", hostile: true, reply: { body: [...answer("Hello").slice(0, -2), { reset: true }] }, ending: "complete", text: "Hello" },
  { name: "a socket that stays open after [DONE]", hostile: true, reply: { body: [...answer("Hello"), { hang: true }] }, ending: "complete", text: "Hello", tokens: 5 },
  { name: "a socket that stays open after the finish reason", hostile: true, reply: { body: [delta("Hello"), finish(), { hang: true }] }, ending: "complete", text: "Hello" },
  { name: "a socket that stays open after usage", hostile: true, reply: { body: [delta("Hello"), finish(), USAGE, { hang: true }] }, ending: "complete", text: "Hello", tokens: 5 },
  { name: "keep-alives without end after the finish reason", hostile: true, reply: { body: [delta("Hello"), finish(), { repeat: ": keep-alive\n\n", every: 20 }] }, ending: "complete", text: "Hello" },
  { name: "silence after the first tokens", hostile: true, reply: { body: [ROLE, delta("Hel"), { hang: true }] }, ending: "stalled", text: "Hel" },
  { name: "silence dressed in keep-alives", hostile: true, reply: { body: [delta("Hel"), { repeat: ": keep-alive\n\n", every: 20 }] }, ending: "stalled", text: "Hel" },
  { name: "silence dressed in empty deltas", hostile: true, reply: { body: [delta("Hel"), { repeat: delta(""), every: 20 }] }, ending: "stalled", text: "Hel" },
  { name: "headers and nothing else", hostile: true, reply: { body: [{ hang: true }] }, ending: "stalled", text: "" },
  { name: "keep-alives and nothing else", hostile: true, reply: { body: [{ repeat: ": keep-alive\n\n", every: 20 }] }, ending: "stalled", text: "" },
  { name: "an error object in the middle", hostile: true, reply: { body: [delta("Hel"), event({ error: { message: "Too busy", type: "server_error", code: "overloaded" } })] }, ending: "provider_error", text: "Hel", code: "overloaded", message: /Too busy/ },
  { name: "an error event in the middle, with a numeric code", hostile: true, reply: { body: [delta("Hel"), `event: error\n${event({ error: { message: "Gone wrong", code: 502 } })}`] }, ending: "provider_error", text: "Hel", code: 502, message: /Gone wrong/ },
  { name: "an error that is a bare string", hostile: true, reply: { body: [delta("Hel"), event({ error: "Rate limited" })] }, ending: "provider_error", text: "Hel", message: /Rate limited/ },
  { name: "an error event whose data is plain text", hostile: true, reply: { body: [delta("Hel"), "event: error\ndata: upstream connect error\n\n"] }, ending: "provider_error", text: "Hel", message: /upstream connect error/ },
  { name: "an error beside empty choices, then [DONE]", hostile: true, reply: { body: [delta("Hel"), event({ ...chunk({}), error: { message: "Provider lost", code: 500 } }), DONE] }, ending: "provider_error", text: "Hel", code: 500, message: /Provider lost/ },
  { name: "an error as vLLM words it", hostile: true, reply: { body: [delta("Hel"), event({ object: "error", message: "Out of memory", type: "InternalServerError", code: 500 })] }, ending: "provider_error", text: "Hel", code: 500, message: /Out of memory/ },
  { name: "a finish reason that tells of an error", hostile: true, reply: { body: [delta("Hel"), finish("error"), DONE] }, ending: "provider_error", text: "Hel", message: /error/ },
  { name: "a finish reason that tells of missing resources", hostile: true, reply: { body: [delta("Hel"), finish("insufficient_system_resource"), DONE] }, ending: "provider_error", text: "Hel" },
  { name: "one event of broken JSON among good ones", hostile: true, reply: { body: [delta("Hel"), 'data: {"choices":[{"index":0,"delta":{"content":"lo"}\n\n', delta(" world"), finish(), DONE] }, ending: "provider_error", text: "Hel", code: "malformed_event" },
  { name: "a page of HTML at status 200", hostile: true, reply: { headers: { "content-type": "text/html" }, body: [HTML] }, ending: "provider_error", text: "", message: /502 Bad Gateway|DOCTYPE/ },
  { name: "a page of HTML that calls itself an event stream", hostile: true, reply: { body: [HTML] }, ending: "provider_error", text: "" },
  { name: "a JSON error at status 200", hostile: true, reply: jsonReply({ error: { message: "Quota exceeded", type: "insufficient_quota", code: "insufficient_quota" } }), ending: "provider_error", text: "", code: "insufficient_quota", message: /Quota exceeded/ },
  { name: "a JSON error that calls itself an event stream", hostile: true, reply: { body: [JSON.stringify({ error: { message: "Quota exceeded", code: "insufficient_quota" } }, null, 2)] }, ending: "provider_error", text: "", code: "insufficient_quota" },
  { name: "a whole completion instead of a stream", hostile: true, reply: completion("Hello world"), ending: "complete", text: "Hello world", tokens: 5 },
  { name: "a call whose arguments are cut by the end of the body", hostile: true, reply: { body: [ROLE, cutCall] }, ending: "truncated", text: "", calls: [] },
  { name: "a call whose arguments are cut by the limit of tokens", hostile: true, reply: { body: [cutCall, finish("length"), DONE] }, ending: "length", text: "", calls: [] },
  { name: "a call whose arguments are cut, beside one that is whole", hostile: true, reply: { body: [call({ index: 0, id: "call_1", type: "function", function: { name: "now", arguments: "{}" } }), call({ index: 1, id: "call_2", type: "function", function: { name: "get_weather", arguments: '{"ci' } }), finish("length"), DONE] }, ending: "length", text: "", calls: [["now", "{}"]] },
  { name: "the failure that a relay made of fetchat tells", hostile: true, reply: { body: [delta("Hel"), `event: error\n${event({ error: { message: "The connection broke", type: "stream_error", param: null, code: null, ending: "truncated" } })}`] }, ending: "truncated", text: "Hel" },
];
