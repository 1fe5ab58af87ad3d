import { defined } from "../wire/read.ts";
import type { Upload } from "../http/upload.ts";
import type { RequestOptions, Connection } from "../http/connection.ts";
import { aString } from "../options.ts";
import { checkCall, UPLOAD_OPTIONS } from "./arguments.ts";

import { listPages } from "./list.ts";
import type { Deleted, Page } from "./list.ts";
import { openBody, requestForm } from "./open.ts";
import type { UploadOptions } from "./open.ts";
import { anyCall, ask, pathPart, withMethod } from "./request.ts";

/** A file at the API. */
export interface FileObject {
  /** The file's id. */
  id: string;
  /** The object type. */
  object: "file";
  /** Size in bytes. */
  bytes: number;
  /** Unix time of the upload, in seconds. */
  created_at: number;
  /** Unix time of its deletion, in seconds. */
  expires_at?: number | null | undefined;
  /** Its name. */
  filename: string;
  /** The purpose of the file. */
  purpose: string;
  /** Processing state: `"uploaded"`, `"processed"` or `"error"`. Deprecated by OpenAI. */
  status?: string | undefined;
  /** The problem with the file. Deprecated by OpenAI. */
  status_details?: string | null | undefined;
}

/** Params of a list of files. */
export interface FilesParams {
  /** Lists only files with this purpose. */
  purpose?: string | undefined;
  /** Files per page, 1 to 10,000. @default 10,000 */
  limit?: number | undefined;
  /** By the time of upload. The API's default is `"desc"`, the newest first. */
  order?: "asc" | "desc" | undefined;
  /** The id of the file before the page. */
  after?: string | undefined;
}

/** Params of an upload. */
export interface UploadFileParams {
  /** The purpose of the file. */
  purpose: "assistants" | "batch" | "fine-tune" | "vision" | "user_data" | "evals" | (string & {});
  /** Time of the deletion: 3,600 to 2,592,000 seconds after the upload. @default never; 30 days for batches */
  expires_after?: { anchor: "created_at"; seconds: number } | undefined;
}

const pathOf = (id: unknown): string => `/files/${pathPart("id", id)}`;

/**
 * Lists files. `GET /files`, https://platform.openai.com/docs/api-reference/files/list
 *
 * @returns the first page; a loop over it gives the files of all pages
 * @throws APIError, ConnectionError, TimeoutError, InputError, or the abort
 * @example
 * ```ts
 * for await (const one of await files(client, { purpose: "user_data" })) console.log(one.id, one.filename, one.bytes);
 * ```
 */
export async function files(
  connection: Connection,
  params?: FilesParams,
  options?: RequestOptions,
): Promise<Page<FileObject>> {
  return listPages<FileObject>(connection, "/files", params, options);
}

/**
 * Returns the data of a file, without its content. `GET /files/{file_id}`, https://platform.openai.com/docs/api-reference/files/retrieve
 *
 * @throws APIError (404 where there is none), ConnectionError, TimeoutError, InputError, or the abort
 * @example
 * ```ts
 * const { filename, bytes } = await file(client, "file-abc123");
 * ```
 */
export async function file(connection: Connection, id: string, options?: RequestOptions): Promise<FileObject> {
  checkCall(connection, undefined, options);
  return ask<FileObject>(connection, anyCall(pathOf(id), undefined, options));
}

/**
 * Deletes a file. `DELETE /files/{file_id}`, https://platform.openai.com/docs/api-reference/files/delete
 *
 * @throws APIError (404 where there is none), ConnectionError, TimeoutError, InputError, or the abort
 * @example
 * ```ts
 * await deleteFile(client, "file-abc123");
 * ```
 */
export async function deleteFile(connection: Connection, id: string, options?: RequestOptions): Promise<Deleted> {
  checkCall(connection, undefined, options);
  return ask<Deleted>(connection, anyCall(pathOf(id), undefined, withMethod("DELETE", options)));
}

/**
 * Downloads a file. `GET /files/{file_id}/content`, https://platform.openai.com/docs/api-reference/files/retrieve-contents
 *
 * @returns a response whose body has not been read: `.text()`, `.blob()`, or `.body` as a stream
 * @throws APIError (404 where there is none), ConnectionError, TimeoutError, InputError, or the abort; so does reading the body
 * @example
 * ```ts
 * const content = await fileContent(client, "file-abc123");
 * for (const line of (await content.text()).split("\n")) console.log(line);
 * ```
 */
export async function fileContent(connection: Connection, id: string, options?: RequestOptions): Promise<Response> {
  checkCall(connection, undefined, options);
  return openBody(connection, { path: `${pathOf(id)}/content`, options });
}

/**
 * Uploads a file. `POST /files`, https://platform.openai.com/docs/api-reference/files/create
 *
 * A stream is sent as it arrives, without holding it in memory, and is never retried; anything else is sent again in a retry. The time limit of the
 * whole (10 minutes) covers the upload: raise `timeout` for a big one.
 *
 * @param upload a Blob or File, bytes, a response, an object with `stream()` or `body`, or a stream
 * @param params with the `purpose`
 * @param options `filename` names bytes and streams: the API goes by the name's ending
 * @throws InputError before anything is sent, for what is no file, or a stream that the platform cannot send; what the stream fails with;
 *   APIError, ConnectionError, TimeoutError, or the abort
 * @example
 * ```ts
 * const uploaded = await uploadFile(client, bytes, { purpose: "user_data" }, { filename: "rivers.pdf" });
 * console.log(uploaded.id);
 * ```
 */
export async function uploadFile(
  connection: Connection,
  upload: Upload,
  params: UploadFileParams,
  options?: UploadOptions,
): Promise<FileObject> {
  checkCall(connection, params ?? null, options, { rules: UPLOAD_OPTIONS, input: "file" });
  aString(params.purpose, "params.purpose");
  const form = { path: "/files", files: { file: upload }, fields: defined(params), options };
  return requestForm(connection, form, { expected: "a file", test: ({ id }) => typeof id === "string" });
}
