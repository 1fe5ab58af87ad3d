import type { Connection, RequestOptions } from "../http/connection.ts";
import { aString } from "../options.ts";
import { defined } from "../wire/read.ts";
import type { ResponseUsage } from "../wire/responses.ts";
import { checkCall } from "./arguments.ts";
import { listPages } from "./list.ts";
import type { Page } from "./list.ts";
import { anyCall, jsonCall, pathPart, requestObject, withId, withMethod } from "./request.ts";

/** The endpoints that a batch can call. */
export type BatchEndpoint =
  | "/v1/responses"
  | "/v1/chat/completions"
  | "/v1/embeddings"
  | "/v1/completions"
  | "/v1/moderations"
  | "/v1/images/generations"
  | "/v1/images/edits"
  | "/v1/videos"
  | (string & {});

/** One line of a batch's input file, as JSON. */
export interface BatchRequest {
  /** Your own id, which the line of its result repeats. */
  custom_id: string;
  /** The method. */
  method: "POST";
  /** The endpoint; the same in all lines. */
  url: BatchEndpoint;
  /** The body of the request. */
  body: object;
}

/** One line of a batch's output file or error file, as JSON. Lines come in any order. */
export interface BatchResult<T = unknown> {
  /** The id of the result. */
  id: string;
  /** The id that the request has. */
  custom_id: string;
  /** The response; null if there was none. */
  response: { status_code: number; request_id: string; body: T } | null;
  /** The error, if there was no response. */
  error: { code: string; message: string } | null;
}

/** Params of a batch. */
export interface CreateBatchParams {
  /** The endpoint that all requests of the batch call. */
  endpoint: BatchEndpoint;
  /** The time within which it ends. @default "24h", the only one */
  completion_window?: "24h" | (string & {}) | undefined;
  /** Up to 16 notes of your own; names of up to 64 characters, values of up to 512. */
  metadata?: Record<string, string> | null | undefined;
  /** Time of the deletion of output and errors: 3,600 to 2,592,000 seconds after their creation. */
  output_expires_after?: { anchor: "created_at"; seconds: number } | undefined;
}

/** Params of a list of batches. */
export interface BatchesParams {
  /** Batches per page, 1 to 100. @default 20 */
  limit?: number | undefined;
  /** The id of the batch before the page. */
  after?: string | undefined;
}

/** The state of a batch. It has ended with `"completed"`, `"failed"`, `"expired"` or `"cancelled"`. */
export type BatchStatus =
  "validating" | "failed" | "in_progress" | "finalizing" | "completed" | "expired" | "cancelling" | "cancelled";

/** A batch of requests. Times are Unix times in seconds. */
export interface Batch {
  /** The batch's id. */
  id: string;
  /** The object type. */
  object: "batch";
  /** The endpoint that its requests call. */
  endpoint: string;
  /** The model that answers. */
  model?: string | null | undefined;
  /** The faults of the input file, if it failed. */
  errors?: BatchErrors | null | undefined;
  /** The id of the file with the requests. */
  input_file_id: string;
  /** The time within which it ends. */
  completion_window: string;
  /** The state. */
  status: BatchStatus;
  /** The id of the file with the results, one {@link BatchResult} per line; only if there are any. */
  output_file_id?: string | null | undefined;
  /** The id of the file with the requests that failed, one {@link BatchResult} per line; only if there are any. */
  error_file_id?: string | null | undefined;
  /** The time of its creation. */
  created_at: number;
  /** The time when processing began. */
  in_progress_at?: number | null | undefined;
  /** The time when it expires. */
  expires_at?: number | null | undefined;
  /** The time when the last request was processed. */
  finalizing_at?: number | null | undefined;
  /** The time when it was complete. */
  completed_at?: number | null | undefined;
  /** The time when it failed. */
  failed_at?: number | null | undefined;
  /** The time when it expired. */
  expired_at?: number | null | undefined;
  /** The time when its cancellation began. */
  cancelling_at?: number | null | undefined;
  /** The time when it was cancelled. */
  cancelled_at?: number | null | undefined;
  /** The number of requests. */
  request_counts?: { total: number; completed: number; failed: number } | undefined;
  /** The tokens used, once it has ended. */
  usage?: ResponseUsage | null | undefined;
  /** Your own notes. */
  metadata?: Record<string, string> | null | undefined;
}

/** The faults of a batch's input file. */
export interface BatchErrors {
  /** The object type: `"list"`. */
  object?: string | undefined;
  /** The faults. */
  data?:
    | {
        code?: string | undefined;
        message?: string | undefined;
        param?: string | null | undefined;
        line?: number | null | undefined;
      }[]
    | undefined;
}

const BATCH = withId("a batch");

const pathOf = (id: unknown): string => `/batches/${pathPart("id", id)}`;

/**
 * Begins a batch: many requests at half the price, answered within a day. `POST /batches`,
 * https://platform.openai.com/docs/api-reference/batch/create
 *
 * @param input_file_id the id of an uploaded file with the purpose `"batch"`, which has one {@link BatchRequest} per line
 * @throws APIError, ConnectionError, TimeoutError, InputError, or the abort
 * @example
 * ```ts
 * const file = await uploadFile(client, new File([lines.join("\n")], "batch.jsonl"), { purpose: "batch" });
 * const { id } = await createBatch(client, file.id, { endpoint: "/v1/chat/completions" });
 * ```
 */
export async function createBatch(
  connection: Connection,
  input_file_id: string,
  params: CreateBatchParams,
  options?: RequestOptions,
): Promise<Batch> {
  checkCall(connection, params ?? null, options, { input: "input_file_id" });
  aString(input_file_id, "input_file_id");
  aString(params.endpoint, "params.endpoint");
  const body = { input_file_id, completion_window: "24h", ...defined(params) };
  return requestObject<Batch>(connection, jsonCall("/batches", body, options), BATCH);
}

/**
 * Returns a batch. `GET /batches/{batch_id}`, https://platform.openai.com/docs/api-reference/batch/retrieve
 *
 * @throws APIError (404 where there is none), ConnectionError, TimeoutError, InputError, or the abort
 */
export async function batch(connection: Connection, id: string, options?: RequestOptions): Promise<Batch> {
  checkCall(connection, undefined, options);
  return requestObject<Batch>(connection, anyCall(pathOf(id), undefined, options), BATCH);
}

/**
 * Lists batches, the newest first. `GET /batches`, https://platform.openai.com/docs/api-reference/batch/list
 *
 * @returns the first page; a loop over it gives the batches of all pages
 * @throws APIError, ConnectionError, TimeoutError, InputError, or the abort
 */
export async function batches(
  connection: Connection,
  params?: BatchesParams,
  options?: RequestOptions,
): Promise<Page<Batch>> {
  return listPages<Batch>(connection, "/batches", params, options);
}

/**
 * Cancels a batch. It is `"cancelling"` for up to 10 minutes; the results so far are then in its output file.
 * `POST /batches/{batch_id}/cancel`, https://platform.openai.com/docs/api-reference/batch/cancel
 *
 * @throws APIError (404 where there is none), ConnectionError, TimeoutError, InputError, or the abort
 */
export async function cancelBatch(connection: Connection, id: string, options?: RequestOptions): Promise<Batch> {
  checkCall(connection, undefined, options);
  const call = anyCall(`${pathOf(id)}/cancel`, undefined, withMethod("POST", options));
  return requestObject<Batch>(connection, call, BATCH);
}
