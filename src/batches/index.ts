/**
 * Batches: many requests in one file, answered within a day. Functions that take a client or another connection.
 *
 * @example
 * ```ts
 * import { createClient } from "fetchat";
 * import { createBatch } from "fetchat/batches";
 * import { uploadFile } from "fetchat/media";
 *
 * const client = createClient({ apiKey: process.env.OPENAI_API_KEY });
 * const url = "/v1/chat/completions";
 * const lines = ["Oslo", "Rome"].map((city) => {
 *   const body = { model: client.model, messages: [{ role: "user", content: `Name a river near ${city}.` }] };
 *   return JSON.stringify({ custom_id: city, method: "POST", url, body });
 * });
 * const file = await uploadFile(client, new File([lines.join("\n")], "rivers.jsonl"), { purpose: "batch" });
 * const { id } = await createBatch(client, file.id, { endpoint: url });
 * ```
 *
 * @module
 */
export { batch, batches, cancelBatch, createBatch } from "../endpoints/batches.ts";
export type {
  Batch,
  BatchEndpoint,
  BatchErrors,
  BatchesParams,
  BatchRequest,
  BatchResult,
  BatchStatus,
  CreateBatchParams,
} from "../endpoints/batches.ts";
