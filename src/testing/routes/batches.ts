import { type Fields, fieldsOf, numberOf, objectOf, stringOf } from "../../wire/read.ts";
import { badRequest } from "../apiErrors.ts";
import { findBodyFault } from "../bodyRules.ts";
import { jsonDraft, pageOf, refusalDraft } from "../drafts.ts";
import { makeHexId } from "../ids.ts";
import { answerOf, type Kept, keptRoute, type Named, secondsOf } from "../objects.ts";
import type { Call, Route } from "../route.ts";
import { BATCH_FIELDS } from "../storedFields.ts";
import type { Draft } from "../types.ts";

const KIND = "batch";
const batch: Named = { param: "id", noun: "Batch", kind: () => KIND };
const DAY = 86_400;

/**
 * The endpoints of batches. A batch is a step further each time that a request asks for it: validating, in progress, completed. Its
 * requests get the default answers.
 */
export const batches: readonly Route[] = [
  {
    method: "POST",
    path: "/batches",
    check: (request, settings) => {
      const id = stringOf(request.body, "input_file_id") ?? "";
      return (
        findBodyFault(request, settings, { fields: BATCH_FIELDS }) ??
        (settings.files.get(id) ? undefined : badRequest(`No such File object: ${id}`, "input_file_id", null, 404))
      );
    },
    answer: (call) => {
      const { objects } = call.settings;
      const created_at = secondsOf(call);
      return answerOf(
        objects.set(KIND, {
          id: objects.newId("batch_"),
          object: "batch",
          errors: null,
          metadata: null,
          ...fieldsOf(call.request.body),
          status: "validating",
          output_file_id: null,
          error_file_id: null,
          created_at,
          expires_at: created_at + DAY,
          request_counts: { total: 0, completed: 0, failed: 0 },
        }),
      );
    },
  },
  {
    method: "GET",
    path: "/batches",
    answer: ({ request, settings }) => jsonDraft(pageOf([...settings.objects.of(KIND).values()], request, "20")),
  },
  keptRoute("GET", "/batches/:id", [batch], (found, call) => call.settings.objects.set(KIND, nextState(found, call))),
  keptRoute("POST", "/batches/:id/cancel", [batch], (found, call) =>
    ["validating", "in_progress"].includes(String(found["status"]))
      ? call.settings.objects.set(KIND, { ...found, status: "cancelling", cancelling_at: secondsOf(call) })
      : badRequest(`Cannot cancel a batch with status '${String(found["status"])}'.`, null, null, 409),
  ),
];

function nextState(found: Kept, call: Call): Kept {
  const now = secondsOf(call);
  if (found["status"] === "cancelling") return { ...found, status: "cancelled", cancelled_at: now };
  if (found["status"] === "in_progress") return { ...found, ...finished(found, call), completed_at: now };
  if (found["status"] !== "validating") return found;
  const lines = linesOf(found, call);
  const data = lines.flatMap((line, at) => faultOf(line, found, at + 1));
  if (lines.length === 0)
    data.push({ code: "empty_file", message: "The input file is empty.", param: null, line: null });
  if (data.length > 0) return { ...found, status: "failed", failed_at: now, errors: { object: "list", data } };
  const request_counts = { total: lines.length, completed: 0, failed: 0 };
  return { ...found, status: "in_progress", in_progress_at: now, request_counts };
}

function linesOf(found: Kept, { settings }: Call): string[] {
  const text = new TextDecoder().decode(settings.files.content(stringOf(found, "input_file_id") ?? ""));
  return text.split("\n").filter((line) => line.trim() !== "");
}

function requestIn(line: string): Fields | undefined {
  try {
    return fieldsOf(JSON.parse(line));
  } catch {
    return undefined;
  }
}

function faultOf(line: string, found: Kept, at: number): object[] {
  const fault = (code: string, message: string, param: string | null): object[] => [{ code, message, param, line: at }];
  const request = requestIn(line);
  if (!request) return fault("invalid_json_line", "This line is not parseable as valid JSON.", null);
  if (stringOf(request, "custom_id") === undefined)
    return fault("missing_required_parameter", "Missing required parameter: 'custom_id'.", "custom_id");
  if (request["method"] !== "POST") return fault("invalid_method", "Only POST is supported.", "method");
  if (request["url"] !== found["endpoint"])
    return fault("mismatched_endpoint", "The url of the request does not match the endpoint of the batch.", "url");
  return fieldsOf(request["body"])
    ? []
    : fault("missing_required_parameter", "Missing required parameter: 'body'.", "body");
}

/** Runs the requests of a batch. */
function finished(found: Kept, call: Call): Fields {
  const results = linesOf(found, call).map((line, at) => resultOf(requestIn(line) ?? {}, call, at));
  const isGood = (result: Fields): boolean => numberOf(objectOf(result, "response"), "status_code") === 200;
  const good = results.filter(isGood);
  const bad = results.filter((result) => !isGood(result));
  return {
    status: "completed",
    finalizing_at: secondsOf(call),
    output_file_id: store(good, `${found.id}_output.jsonl`, call),
    error_file_id: store(bad, `${found.id}_error.jsonl`, call),
    request_counts: { total: results.length, completed: good.length, failed: bad.length },
  };
}

function resultOf(request: Fields, call: Call, at: number): Fields {
  const number = call.request.number * 1000 + at;
  const path = stringOf(request, "url") ?? "";
  const answer = call.settings.ask({ ...call.request, number, method: "POST", path, query: {}, body: request["body"] });
  const draft = "error" in answer ? refusalDraft(answer) : answer;
  return {
    id: makeHexId("batch_req_", 24, number),
    custom_id: request["custom_id"],
    response: { status_code: draft.status, request_id: makeHexId("req_", 32, number), body: bodyOf(draft) },
    error: null,
  };
}

function bodyOf({ pieces }: Draft): unknown {
  const decoder = new TextDecoder();
  const text = [...pieces]
    .map((one) => (one.kind === "bytes" ? decoder.decode(one.bytes, { stream: true }) : ""))
    .join("");
  return requestIn(text) ?? text;
}

/** Stores results as a file. @returns its id, or null without any */
function store(results: readonly Fields[], filename: string, { settings }: Call): string | null {
  if (results.length === 0) return null;
  const bytes = new TextEncoder().encode(results.map((result) => `${JSON.stringify(result)}\n`).join(""));
  const file = { filename, type: "application/jsonl", size: bytes.length, sha256: "", bytes };
  return settings.files.add(file, "batch_output", settings.now(), 0).id;
}
