import { badRequest, type Refusal } from "../apiErrors.ts";
import { jsonDraft, streamDraft } from "../drafts.ts";
import { rateLimitHeaders } from "../headers.ts";
import { makeHexId } from "../ids.ts";
import { resolvePace } from "../pace.ts";
import { eventText, piece } from "../pieces.ts";
import { answerTo, fieldsOf, inputItems, outputOf, statusOf, usageOf } from "../responses/answer.ts";
import { eventsOf } from "../responses/events.ts";
import { findResponseFault } from "../responses/rules.ts";
import { type Fields, memoryOf, type Stored } from "../responses/store.ts";
import type { Call, Route } from "../route.ts";
import type { Draft } from "../types.ts";

/** `POST /responses`, streamed and whole. A scripted `finishReason` may also be `failed` or `cancelled`. */
export const createResponse: Route = {
  method: "POST",
  path: "/responses",
  check: (request, settings) => findResponseFault(request.body, settings),
  answer: (call) => respond(call, fieldsOf(call.request.body)),
};

function respond(call: Call, body: Fields): Draft {
  const { request, settings, reply } = call;
  const input = inputItems(body, request.number);
  const previous = memoryOf(settings).get(String(body["previous_response_id"]));
  const history = [...previous?.history ?? [], ...input];
  const answer = answerTo(call, body, history);
  const response = responseOf(call, body, { output: outputOf(answer, body, request.number), usage: reply.usage ?? usageOf(history, answer), ...statusOf(answer) });
  const output = response["output"] as Fields[];
  if (body["store"] !== false) memoryOf(settings).set(String(response["id"]), { response, input, history: [...history, ...output] });
  const pace = resolvePace(reply.pace ?? settings.pace);
  const headers = rateLimitHeaders(request.number, 1);
  const events = eventsOf(response);
  if (body["background"] === true && body["stream"] !== true) return { ...jsonDraft({ ...response, status: "queued", output: [], usage: null }), before: pace.firstToken };
  if (body["stream"] !== true) {
    const tokens = events.filter(({ isToken }) => isToken).length;
    return { ...jsonDraft(response, 200, headers), before: pace.firstToken + tokens * pace.perToken };
  }
  const first = events.findIndex(({ isToken }) => isToken);
  const pieces = events.map(({ event, isToken }, at) => piece(eventText(event, event.type), isToken && at !== first ? pace.perToken : 0));
  return { ...streamDraft(pieces, headers), before: pace.firstToken };
}

function responseOf({ request, settings }: Call, body: Fields, told: Fields): Fields {
  const { output, usage, status, error = null, incomplete_details = null } = told;
  const given = (name: string, otherwise: unknown): Fields => ({ [name]: body[name] ?? otherwise });
  const created_at = Math.floor(settings.now() / 1000);
  return {
    id: makeHexId("resp_", 48, request.number),
    object: "response",
    created_at,
    status,
    completed_at: status === "completed" ? created_at : null,
    error,
    incomplete_details,
    ...given("background", false),
    ...given("instructions", null),
    ...given("max_output_tokens", null),
    ...given("model", "gpt-5-mini"),
    output,
    ...given("parallel_tool_calls", true),
    ...given("previous_response_id", null),
    ...given("reasoning", { effort: null, summary: null }),
    ...given("store", true),
    ...given("temperature", 1),
    ...given("text", { format: { type: "text" } }),
    ...given("tool_choice", "auto"),
    ...given("tools", []),
    ...given("top_p", 1),
    ...given("truncation", "disabled"),
    usage,
    ...given("user", null),
    ...given("metadata", {}),
  };
}

/** `GET /responses/{id}`. */
export const getResponse: Route = stored("GET", "/responses/:id", ({ response }) => response);

/** `DELETE /responses/{id}`: later responses cannot go on from it. */
export const deleteResponse: Route = stored("DELETE", "/responses/:id", (_stored, id, call) => {
  memoryOf(call.settings).delete(id);
  return { id, object: "response", deleted: true };
});

/** `POST /responses/{id}/cancel`. */
export const cancelResponse: Route = stored("POST", "/responses/:id/cancel", ({ response, ...rest }, id, call) => {
  if (response["background"] !== true) return badRequest("Cannot cancel a synchronous response.", null, null);
  const cancelled = { ...response, status: "cancelled", completed_at: null };
  memoryOf(call.settings).set(id, { ...rest, response: cancelled });
  return cancelled;
});

/** `GET /responses/{id}/input_items`: by pages, the last items first. */
export const listInputItems: Route = stored("GET", "/responses/:id/input_items", ({ input }, _id, { request }) => {
  const { limit = "20", order = "desc", after } = request.query;
  const items = order === "asc" ? input : [...input].reverse();
  const start = after === undefined ? 0 : items.findIndex(({ id }) => id === after) + 1;
  const data = items.slice(start, start + Number(limit));
  return { object: "list", data, first_id: data[0]?.["id"] ?? null, last_id: data.at(-1)?.["id"] ?? null, has_more: start + data.length < items.length };
});

/** A route of one stored response. */
function stored(method: string, path: string, answer: (stored: Stored, id: string, call: Call) => Fields | Refusal): Route {
  return {
    method,
    path,
    answer: (call) => {
      const id = call.params["id"] ?? "";
      const found = memoryOf(call.settings).get(id);
      if (!found) return badRequest(`Response with id '${id}' not found.`, null, null, 404);
      const told = answer(found, id, call);
      return isRefusal(told) ? told : jsonDraft(told);
    },
  };
}

function isRefusal(told: Fields | Refusal): told is Refusal {
  return typeof told["status"] === "number" && "error" in told;
}
