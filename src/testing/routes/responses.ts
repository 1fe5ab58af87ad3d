import { badRequest, type Refusal } from "../apiErrors.ts";
import { isRecord } from "../contentRules.ts";
import { jsonDraft, pageOf, streamDraft } from "../drafts.ts";
import { rateLimitHeaders } from "../headers.ts";
import { makeHexId } from "../ids.ts";
import { answerOf } from "../objects.ts";
import { type Beat, paceOf } from "../pace.ts";
import { eventText, piece } from "../pieces.ts";
import { answerTo, historyOf, outputOf, statusOf, usageOf } from "../responses/answer.ts";
import { appendItems, conversationId } from "../responses/conversation.ts";
import { eventsOf, type TimedEvent } from "../responses/events.ts";
import { findResponseFault } from "../responses/rules.ts";
import type { Stored } from "../responses/store.ts";
import { type Fields, fieldsOf, listOf } from "../../wire/read.ts";
import type { Call, Route } from "../route.ts";
import { words } from "../tokens.ts";
import type { Draft } from "../types.ts";

/** `POST /responses`, streamed and whole. A scripted `finishReason` may also be `failed` or `cancelled`. */
export const createResponse: Route = {
  method: "POST",
  path: "/responses",
  check: (request, settings) => findResponseFault(request.body, settings),
  answer: (call) => respond(call, fieldsOf(call.request.body) ?? {}),
};

function respond(call: Call, body: Fields): Draft {
  const { request, settings, reply } = call;
  const { input, history } = historyOf(body, request.number, settings);
  const conversation = conversationId(body);
  const answer = answerTo(call, body, history);
  const response = responseOf(call, body, {
    output: outputOf(answer, body, request.number),
    usage: reply.usage ?? usageOf(history, answer),
    ...statusOf(answer),
    ...(conversation !== undefined && { conversation: { id: conversation } }),
  });
  const output = listOf(response, "output").filter(isRecord);
  if (body["store"] !== false)
    settings.responses.set(String(response["id"]), { response, input, history: [...history, ...output] });
  if (conversation !== undefined) appendItems(settings, conversation, [...input, ...output]);
  const pace = paceOf(reply, settings);
  const headers = rateLimitHeaders(request.number, 1);
  const events = eventsOf(response);
  if (body["background"] === true && body["stream"] !== true)
    return { ...jsonDraft({ ...response, status: "queued", output: [], usage: null }), before: pace.firstToken };
  if (body["stream"] !== true) {
    const tokens = events.filter(({ isToken }) => isToken).length;
    return { ...jsonDraft(response, 200, headers), before: pace.firstToken + tokens * pace.perToken };
  }
  return streamOf(events, pace, headers);
}

function streamOf(events: readonly TimedEvent[], pace: Beat, headers: Record<string, string>): Draft {
  const first = events.findIndex(({ isToken }) => isToken);
  const pieces = events.map(({ event, isToken }, at) =>
    piece(eventText(event, event.type), isToken && at !== first ? pace.perToken : 0),
  );
  return { ...streamDraft(pieces, headers), before: pace.firstToken };
}

function responseOf({ request, settings }: Call, body: Fields, result: Fields): Fields {
  const { output, usage, status, error = null, incomplete_details = null } = result;
  const created_at = Math.floor(settings.now() / 1000);
  const response: Record<string, unknown> = {
    id: makeHexId("resp_", 48, request.number),
    object: "response",
    created_at,
    status,
    completed_at: status === "completed" ? created_at : null,
    error,
    incomplete_details,
    background: false,
    instructions: null,
    max_output_tokens: null,
    model: "gpt-6-luna",
    output,
    parallel_tool_calls: true,
    previous_response_id: null,
    reasoning: { effort: null, summary: null },
    store: true,
    temperature: 1,
    text: { format: { type: "text" } },
    tool_choice: "auto",
    tools: [],
    top_p: 1,
    truncation: "disabled",
    usage,
    user: null,
    metadata: {},
  };
  if (result["conversation"] !== undefined) response["conversation"] = result["conversation"];
  for (const name of GIVEN) response[name] = body[name] ?? response[name];
  return response;
}

/** The fields that a response repeats from its request. */
const GIVEN = words(`
  background instructions max_output_tokens model parallel_tool_calls previous_response_id reasoning store temperature text tool_choice tools
  top_p truncation user metadata`);

const wholeResponse: Route = stored("GET", "/responses/:id", ({ response }) => response);

/** `GET /responses/{id}`. With `stream=true` it sends the events again, from the one after `starting_after`. */
export const getResponse: Route = {
  ...wholeResponse,
  answer(call) {
    const { request, reply, settings } = call;
    const found = settings.responses.get(call.params["id"] ?? "");
    if (!found || request.query["stream"] !== "true") return wholeResponse.answer(call);
    const after = Number(request.query["starting_after"] ?? -1);
    const events = eventsOf(found.response).filter(({ event }) => event.sequence_number > after);
    return streamOf(events, paceOf(reply, settings), rateLimitHeaders(request.number, 1));
  },
};

/** `DELETE /responses/{id}`. Later responses cannot continue from it. */
export const deleteResponse: Route = stored("DELETE", "/responses/:id", (_stored, id, call) => {
  call.settings.responses.delete(id);
  return { id, object: "response", deleted: true };
});

/** `POST /responses/{id}/cancel`. */
export const cancelResponse: Route = stored("POST", "/responses/:id/cancel", ({ response, ...rest }, id, call) => {
  if (response["background"] !== true) return badRequest("Cannot cancel a synchronous response.", null, null);
  const cancelled = { ...response, status: "cancelled", completed_at: null };
  call.settings.responses.set(id, { ...rest, response: cancelled });
  return cancelled;
});

/** `GET /responses/{id}/input_items`, page by page, the last items first. */
export const listInputItems: Route = stored("GET", "/responses/:id/input_items", ({ input }, _id, { request }) =>
  pageOf(input, request, "20"),
);

/** Creates a route for one stored response. */
function stored(
  method: string,
  path: string,
  answer: (stored: Stored, id: string, call: Call) => Fields | Refusal,
): Route {
  return {
    method,
    path,
    answer: (call) => {
      const id = call.params["id"] ?? "";
      const found = call.settings.responses.get(id);
      if (!found) return badRequest(`Response with id '${id}' not found.`, null, null, 404);
      return answerOf(answer(found, id, call));
    },
  };
}
