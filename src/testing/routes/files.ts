import { badRequest, type Refusal } from "../apiErrors.ts";
import { isRecord } from "../contentRules.ts";
import { jsonDraft } from "../drafts.ts";
import { findFieldFault } from "../fieldRules.ts";
import type { StoredFile } from "../fileStore.ts";
import type { UploadedFile } from "../multipart.ts";
import { piece } from "../pieces.ts";
import type { Call, Route } from "../route.ts";

const PURPOSES = ["assistants", "batch", "fine-tune", "vision", "user_data", "evals"];

/** `POST /files`: an upload, whose size and hash are kept, and its content up to 1 MiB. */
export const uploadFile: Route = {
  method: "POST",
  path: "/files",
  check: (request) => findFieldFault(request, { file: "file!", purpose: "string!" }) ?? findFieldFault(request, { purpose: PURPOSES }),
  answer: ({ request, settings }) => {
    const { file, purpose, expires_after } = request.body as { file: UploadedFile; purpose: string; expires_after?: unknown };
    const seconds = isRecord(expires_after) ? Number(expires_after["seconds"]) : 0;
    return jsonDraft(settings.files.add(file, purpose, settings.now(), seconds));
  },
};

/** `GET /files`: those that were uploaded, page by page. */
export const listFiles: Route = {
  method: "GET",
  path: "/files",
  answer: ({ request, settings }) => {
    const { purpose, after, order = "desc", limit = "10000" } = request.query;
    const all = settings.files.list().filter((file) => purpose === undefined || file.purpose === purpose);
    const sorted = order === "asc" ? all : all.toReversed();
    const from = after === undefined ? 0 : sorted.findIndex((file) => file.id === after) + 1;
    const data = sorted.slice(from, from + Number(limit));
    const has_more = from + data.length < sorted.length;
    return jsonDraft({ object: "list", data, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null, has_more });
  },
};

/** `GET /files/{file_id}`. */
export const getFile: Route = {
  method: "GET",
  path: "/files/:file_id",
  answer: (call) => {
    const file = fileOf(call);
    return "error" in file ? file : jsonDraft(file);
  },
};

/** `DELETE /files/{file_id}`. */
export const deleteFile: Route = {
  method: "DELETE",
  path: "/files/:file_id",
  answer: (call) => {
    const file = fileOf(call);
    if ("error" in file) return file;
    call.settings.files.delete(file.id);
    return jsonDraft({ object: "file", deleted: true, id: file.id });
  },
};

/** `GET /files/{file_id}/content`. */
export const getFileContent: Route = {
  method: "GET",
  path: "/files/:file_id/content",
  answer: (call) => {
    const file = fileOf(call);
    if ("error" in file) return file;
    const content = call.settings.files.content(file.id);
    if (content === undefined) return badRequest("The stand-in keeps no more than 1 MiB of a file", "file_id", "too_large", 400);
    const headers = { "content-type": "application/octet-stream", "content-disposition": `attachment; filename="${encodeURIComponent(file.filename)}"` };
    return { status: 200, headers, before: 0, pieces: [piece(content)] };
  },
};

function fileOf({ params, settings }: Call): StoredFile | Refusal {
  const id = params["file_id"] ?? "";
  return settings.files.get(id) ?? badRequest(`No such File object: ${id}`, "id", null, 404);
}
