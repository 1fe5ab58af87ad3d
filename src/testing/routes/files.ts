import { objectOf, stringOf } from "../../wire/read.ts";
import { badRequest, type Refusal } from "../apiErrors.ts";
import { FILE_FIELDS } from "../apiFields.ts";
import { findBodyFault } from "../bodyRules.ts";
import { jsonDraft, pageOf } from "../drafts.ts";
import type { StoredFile } from "../fileStore.ts";
import { fileOf } from "../forms.ts";
import { piece } from "../pieces.ts";
import type { Route, Settings } from "../route.ts";
import type { Draft } from "../types.ts";

/** `POST /files`: an upload. */
export const uploadFile: Route = {
  method: "POST",
  path: "/files",
  check: (request, settings) => findBodyFault(request, settings, { fields: FILE_FIELDS, isForm: true }),
  answer: ({ request: { body }, settings }) => {
    const seconds = Number(stringOf(objectOf(body, "expires_after"), "seconds") ?? 0);
    return jsonDraft(
      settings.files.add(fileOf(body, "file"), stringOf(body, "purpose") ?? "", settings.now(), seconds),
    );
  },
};

/** `GET /files`: the uploaded files, page by page. */
export const listFiles: Route = {
  method: "GET",
  path: "/files",
  answer: ({ request, settings }) => {
    const { purpose } = request.query;
    const all = settings.files.list().filter((file) => purpose === undefined || file.purpose === purpose);
    return jsonDraft(pageOf(all, request, "10000"));
  },
};

/** `GET /files/{file_id}`. */
export const getFile: Route = stored("GET", "/files/:file_id", (file) => jsonDraft(file));

/** `DELETE /files/{file_id}`. */
export const deleteFile: Route = stored("DELETE", "/files/:file_id", ({ id }, { files }) => {
  files.delete(id);
  return jsonDraft({ object: "file", deleted: true, id });
});

/** `GET /files/{file_id}/content`. */
export const getFileContent: Route = stored("GET", "/files/:file_id/content", ({ id, filename }, { files }) => {
  const headers = {
    "content-type": "application/octet-stream",
    "content-disposition": `attachment; filename="${encodeURIComponent(filename)}"`,
  };
  return { status: 200, headers, before: 0, pieces: [piece(files.content(id) ?? "")] };
});

/** Creates a route for one stored file. */
function stored(
  method: string,
  path: string,
  answer: (file: StoredFile, settings: Settings) => Draft | Refusal,
): Route {
  return {
    method,
    path,
    answer: ({ params, settings }) => {
      const id = params["file_id"] ?? "";
      const file = settings.files.get(id);
      return file ? answer(file, settings) : badRequest(`No such File object: ${id}`, "id", null, 404);
    },
  };
}
