import type { Connection, RequestOptions } from "../http/connection.ts";
import { InputError } from "../errors.ts";
import { anObject, aString, readable, wrong } from "../options.ts";
import { defined, stringOf } from "../wire/read.ts";
import { checkCall, isListOf } from "./arguments.ts";
import { LIST, listPages } from "./list.ts";
import type { Deleted, Page } from "./list.ts";
import { anyCall, jsonCall, pathPart, requestObject, withId, withMethod } from "./request.ts";

/** Values of a file by which a search can filter: up to 16; names of up to 64 characters, texts of up to 512. */
export type FileAttributes = Record<string, string | number | boolean>;

/** The way in which a file is cut into chunks. */
export type ChunkingStrategy =
  { type: "auto" } | { type: "static"; static: { max_chunk_size_tokens: number; chunk_overlap_tokens: number } };

/** The way in which a file was cut into chunks. */
export type UsedChunkingStrategy = Extract<ChunkingStrategy, { type: "static" }> | { type: "other" };

/** The time of a vector store's deletion: 1 to 365 days after its last use. */
export interface VectorStoreExpiry {
  /** The event that the days are counted from. */
  anchor: "last_active_at";
  /** The days. */
  days: number;
}

/** Params that a new and a changed vector store have in common. */
export interface UpdateVectorStoreParams {
  /** Its name. */
  name?: string | null | undefined;
  /** The time of its deletion. */
  expires_after?: VectorStoreExpiry | null | undefined;
  /** Up to 16 notes of your own; names of up to 64 characters, values of up to 512. */
  metadata?: Record<string, string> | null | undefined;
}

/** Params of a new vector store. */
export interface CreateVectorStoreParams {
  /** Its name. */
  name?: string | undefined;
  /** Its purpose, in words. */
  description?: string | undefined;
  /** The ids of its first files, up to 500. */
  file_ids?: readonly string[] | undefined;
  /** The way in which the files are cut into chunks. Only with `file_ids`. @default { type: "auto" } */
  chunking_strategy?: ChunkingStrategy | undefined;
  /** The time of its deletion. */
  expires_after?: VectorStoreExpiry | undefined;
  /** Up to 16 notes of your own; names of up to 64 characters, values of up to 512. */
  metadata?: Record<string, string> | null | undefined;
}

/** Params of a list of vector stores. */
export interface VectorStoresParams {
  /** Items per page, 1 to 100. @default 20 */
  limit?: number | undefined;
  /** By the time of creation. @default "desc", the newest first */
  order?: "asc" | "desc" | undefined;
  /** The id of the item before the page. */
  after?: string | undefined;
  /** The id of the item after the page. */
  before?: string | undefined;
}

/** Params of a list of a vector store's files. */
export interface VectorStoreFilesParams extends VectorStoresParams {
  /** Only files in this state. */
  filter?: VectorStoreFileStatus | undefined;
}

/** The numbers of files by their state. */
export interface FileCounts {
  /** Files that are being processed. */
  in_progress: number;
  /** Files that can be searched. */
  completed: number;
  /** Files that failed. */
  failed: number;
  /** Files whose processing was cancelled. */
  cancelled: number;
  /** All files. */
  total: number;
}

/** Files that can be searched by their meaning. Times are Unix times in seconds. */
export interface VectorStore {
  /** The vector store's id. */
  id: string;
  /** The object type. */
  object: "vector_store";
  /** The time of its creation. */
  created_at: number;
  /** Its name. */
  name: string | null;
  /** Its size in bytes. */
  usage_bytes: number;
  /** The numbers of its files. */
  file_counts: FileCounts;
  /** The state. */
  status: "expired" | "in_progress" | "completed";
  /** The time of its deletion. */
  expires_after?: VectorStoreExpiry | null | undefined;
  /** The time of its deletion if it is not used before. */
  expires_at?: number | null | undefined;
  /** The time of its last use. */
  last_active_at: number | null;
  /** Your own notes. */
  metadata: Record<string, string> | null;
}

/** A comparison of one attribute of a file. */
export interface ComparisonFilter {
  /** The comparison: equal, not equal, greater, greater or equal, less, less or equal, in a list, not in a list. */
  type: "eq" | "ne" | "gt" | "gte" | "lt" | "lte" | "in" | "nin";
  /** The attribute's name. */
  key: string;
  /** The value to compare with. */
  value: string | number | boolean | readonly (string | number)[];
}

/** Filters of which all or any must hold. */
export interface CompoundFilter {
  /** `"and"` if all must hold, `"or"` if one must. */
  type: "and" | "or";
  /** The filters. */
  filters: readonly SearchFilter[];
}

/** A filter of the files that are searched. */
export type SearchFilter = ComparisonFilter | CompoundFilter;

/** Params of a search. */
export interface SearchParams {
  /** Lets the model rewrite the query for the search. @default false */
  rewrite_query?: boolean | undefined;
  /** The most results, 1 to 50. @default 10 */
  max_num_results?: number | undefined;
  /** Only files whose attributes pass. */
  filters?: SearchFilter | undefined;
  /** The order of the results. */
  ranking_options?:
    | {
        ranker?: "none" | "auto" | "default-2024-11-15" | (string & {}) | undefined;
        score_threshold?: number | undefined;
        [field: string]: unknown;
      }
    | undefined;
}

/** One result of a search. */
export interface SearchResult {
  /** The file's id. */
  file_id: string;
  /** The file's name. */
  filename: string;
  /** The likeness, from 0 to 1. */
  score: number;
  /** The file's attributes. */
  attributes: FileAttributes | null;
  /** The chunks of the file. */
  content: { type: "text"; text: string }[];
}

/** The results of a search, the best first. */
export interface SearchResults {
  /** The object type. */
  object: "vector_store.search_results.page";
  /** The queries that were searched for. */
  search_query: string[];
  /** The results. */
  data: SearchResult[];
  /** `true` if there are more results than were sent. */
  has_more: boolean;
  /** The token of the next page. The API has no param that takes it. */
  next_page: string | null;
}

/** The state of a file in a vector store. */
export type VectorStoreFileStatus = "in_progress" | "completed" | "failed" | "cancelled";

/** A file in a vector store. */
export interface VectorStoreFile {
  /** The file's id. */
  id: string;
  /** The object type. */
  object: "vector_store.file";
  /** Unix time at which it was added, in seconds. */
  created_at: number;
  /** Its size in the vector store, in bytes. */
  usage_bytes: number;
  /** The vector store's id. */
  vector_store_id: string;
  /** The state. It can be searched once it is `"completed"`. */
  status: VectorStoreFileStatus;
  /** The problem with the file, if it failed. */
  last_error: { code: "server_error" | "unsupported_file" | "invalid_file"; message: string } | null;
  /** The way in which it was cut into chunks. */
  chunking_strategy?: UsedChunkingStrategy | undefined;
  /** Its attributes. */
  attributes?: FileAttributes | null | undefined;
}

/** Params of a file that is added. */
export interface AddFileParams {
  /** Values to filter by in a search. */
  attributes?: FileAttributes | null | undefined;
  /** The way in which it is cut into chunks. @default { type: "auto" } */
  chunking_strategy?: ChunkingStrategy | undefined;
}

/** A file of a batch, with its own attributes. */
export interface FileToAdd extends AddFileParams {
  /** The id of the uploaded file. */
  file_id: string;
}

/** Params of a change of a file. */
export interface UpdateVectorStoreFileParams {
  /** The attributes in place of the present ones. */
  attributes: FileAttributes | null;
}

/** The text of a file in a vector store. */
export interface VectorStoreFileContent {
  /** The object type. */
  object: "vector_store.file_content.page";
  /** The text, in parts. */
  data: { type?: string | undefined; text?: string | undefined }[];
  /** `true` if there is more text than was sent. */
  has_more: boolean;
  /** The token of the next page. The API has no param that takes it. */
  next_page: string | null;
}

/** Files that are added to a vector store together. */
export interface VectorStoreFileBatch {
  /** The batch's id. */
  id: string;
  /** The object type: `"vector_store.file_batch"`, or `"vector_store.files_batch"`. */
  object: "vector_store.file_batch" | "vector_store.files_batch";
  /** Unix time of its creation, in seconds. */
  created_at: number;
  /** The vector store's id. */
  vector_store_id: string;
  /** The state. */
  status: VectorStoreFileStatus;
  /** The numbers of its files. */
  file_counts: FileCounts;
}

const STORE = withId("a vector store");
const FILE = withId("a file of a vector store");
const FILE_BATCH = withId("a batch of files");
const DELETED = withId("a deletion");

const pathOf = (id: unknown): string => `/vector_stores/${pathPart("id", id)}`;
const filePath = (id: unknown, fileId: unknown): string => `${pathOf(id)}/files/${pathPart("fileId", fileId)}`;
const batchPath = (id: unknown, batchId: unknown): string =>
  `${pathOf(id)}/file_batches/${pathPart("batchId", batchId)}`;

/**
 * Creates a vector store: files that the tool `file_search` and {@link searchVectorStore} search by their meaning. `POST /vector_stores`,
 * https://platform.openai.com/docs/api-reference/vector-stores/create
 *
 * @throws APIError, ConnectionError, TimeoutError, InputError, or the abort
 * @example
 * ```ts
 * const store = await createVectorStore(client, { name: "Rivers", expires_after: { anchor: "last_active_at", days: 7 } });
 * await addVectorStoreFile(client, store.id, file.id);
 * ```
 */
export async function createVectorStore(
  connection: Connection,
  params?: CreateVectorStoreParams,
  options?: RequestOptions,
): Promise<VectorStore> {
  checkCall(connection, params, options);
  return requestObject<VectorStore>(connection, jsonCall("/vector_stores", defined(params), options), STORE);
}

/**
 * Returns a vector store. `GET /vector_stores/{vector_store_id}`,
 * https://platform.openai.com/docs/api-reference/vector-stores/retrieve
 *
 * @throws APIError (404 where there is none), ConnectionError, TimeoutError, InputError, or the abort
 */
export async function vectorStore(connection: Connection, id: string, options?: RequestOptions): Promise<VectorStore> {
  checkCall(connection, undefined, options);
  return requestObject<VectorStore>(connection, anyCall(pathOf(id), undefined, options), STORE);
}

/**
 * Lists vector stores. `GET /vector_stores`, https://platform.openai.com/docs/api-reference/vector-stores/list
 *
 * @returns the first page; a loop over it gives the vector stores of all pages
 * @throws APIError, ConnectionError, TimeoutError, InputError, or the abort
 */
export async function vectorStores(
  connection: Connection,
  params?: VectorStoresParams,
  options?: RequestOptions,
): Promise<Page<VectorStore>> {
  return listPages<VectorStore>(connection, "/vector_stores", params, options);
}

/**
 * Changes a vector store. `POST /vector_stores/{vector_store_id}`,
 * https://platform.openai.com/docs/api-reference/vector-stores/modify
 *
 * @throws APIError (404 where there is none), ConnectionError, TimeoutError, InputError, or the abort
 */
export async function updateVectorStore(
  connection: Connection,
  id: string,
  params: UpdateVectorStoreParams,
  options?: RequestOptions,
): Promise<VectorStore> {
  checkCall(connection, params ?? null, options);
  return requestObject<VectorStore>(connection, jsonCall(pathOf(id), params, options), STORE);
}

/**
 * Deletes a vector store. The files in it are not deleted. `DELETE /vector_stores/{vector_store_id}`,
 * https://platform.openai.com/docs/api-reference/vector-stores/delete
 *
 * @throws APIError (404 where there is none), ConnectionError, TimeoutError, InputError, or the abort
 */
export async function deleteVectorStore(
  connection: Connection,
  id: string,
  options?: RequestOptions,
): Promise<Deleted> {
  checkCall(connection, undefined, options);
  return requestObject<Deleted>(connection, anyCall(pathOf(id), undefined, withMethod("DELETE", options)), DELETED);
}

/**
 * Searches the files of a vector store. `POST /vector_stores/{vector_store_id}/search`,
 * https://platform.openai.com/docs/api-reference/vector-stores/search
 *
 * @param query the question, or several
 * @throws APIError (404 where there is none), ConnectionError, TimeoutError, InputError, or the abort
 * @example
 * ```ts
 * const { data } = await searchVectorStore(client, store.id, "Which river is the longest?");
 * console.log(data[0]?.filename, data[0]?.content[0]?.text);
 * ```
 */
export async function searchVectorStore(
  connection: Connection,
  id: string,
  query: string | readonly string[],
  params?: SearchParams,
  options?: RequestOptions,
): Promise<SearchResults> {
  checkCall(connection, params, options, { input: "query" });
  const isText = (one: unknown): boolean => typeof one === "string";
  if (!readable("query", () => isText(query) || isListOf(query, isText)))
    throw wrong("query", "a string, or a list of strings", query);
  const call = jsonCall(`${pathOf(id)}/search`, { query, ...defined(params) }, options, "query");
  return requestObject<SearchResults>(connection, call, { ...LIST, expected: "the results of a search" });
}

/**
 * Adds an uploaded file to a vector store. It can be searched once its status is `"completed"`. `POST /vector_stores/{vector_store_id}/files`,
 * https://platform.openai.com/docs/api-reference/vector-stores-files/createFile
 *
 * @param file_id the id of a file that was uploaded with the purpose `"assistants"` or `"user_data"`
 * @throws APIError (404 where there is none), ConnectionError, TimeoutError, InputError, or the abort
 */
export async function addVectorStoreFile(
  connection: Connection,
  id: string,
  file_id: string,
  params?: AddFileParams,
  options?: RequestOptions,
): Promise<VectorStoreFile> {
  checkCall(connection, params, options, { input: "file_id" });
  aString(file_id, "file_id");
  const call = jsonCall(`${pathOf(id)}/files`, { file_id, ...defined(params) }, options);
  return requestObject<VectorStoreFile>(connection, call, FILE);
}

/**
 * Returns a file of a vector store, with its status. `GET /vector_stores/{vector_store_id}/files/{file_id}`,
 * https://platform.openai.com/docs/api-reference/vector-stores-files/getFile
 *
 * @throws APIError (404 where there is none), ConnectionError, TimeoutError, InputError, or the abort
 */
export async function vectorStoreFile(
  connection: Connection,
  id: string,
  fileId: string,
  options?: RequestOptions,
): Promise<VectorStoreFile> {
  checkCall(connection, undefined, options);
  return requestObject<VectorStoreFile>(connection, anyCall(filePath(id, fileId), undefined, options), FILE);
}

/**
 * Lists the files of a vector store. `GET /vector_stores/{vector_store_id}/files`,
 * https://platform.openai.com/docs/api-reference/vector-stores-files/listFiles
 *
 * @returns the first page; a loop over it gives the files of all pages
 * @throws APIError (404 where there is none), ConnectionError, TimeoutError, InputError, or the abort
 */
export async function vectorStoreFiles(
  connection: Connection,
  id: string,
  params?: VectorStoreFilesParams,
  options?: RequestOptions,
): Promise<Page<VectorStoreFile>> {
  return listPages<VectorStoreFile>(connection, `${pathOf(id)}/files`, params, options);
}

/**
 * Replaces the attributes of a file in a vector store. `POST /vector_stores/{vector_store_id}/files/{file_id}`,
 * https://platform.openai.com/docs/api-reference/vector-stores-files/updateAttributes
 *
 * @throws APIError (404 where there is none), ConnectionError, TimeoutError, InputError, or the abort
 */
export async function updateVectorStoreFile(
  connection: Connection,
  id: string,
  fileId: string,
  params: UpdateVectorStoreFileParams,
  options?: RequestOptions,
): Promise<VectorStoreFile> {
  checkCall(connection, params ?? null, options);
  if (params.attributes !== null) anObject(params.attributes, "params.attributes");
  return requestObject<VectorStoreFile>(connection, jsonCall(filePath(id, fileId), params, options), FILE);
}

/**
 * Returns the text that was read from a file. `GET /vector_stores/{vector_store_id}/files/{file_id}/content`,
 * https://platform.openai.com/docs/api-reference/vector-stores-files/getContent
 *
 * @throws APIError (404 where there is none), ConnectionError, TimeoutError, InputError, or the abort
 */
export async function vectorStoreFileContent(
  connection: Connection,
  id: string,
  fileId: string,
  options?: RequestOptions,
): Promise<VectorStoreFileContent> {
  checkCall(connection, undefined, options);
  const call = anyCall(`${filePath(id, fileId)}/content`, undefined, options);
  return requestObject<VectorStoreFileContent>(connection, call, { ...LIST, expected: "the text of a file" });
}

/**
 * Removes a file from a vector store. The file itself is not deleted. `DELETE /vector_stores/{vector_store_id}/files/{file_id}`,
 * https://platform.openai.com/docs/api-reference/vector-stores-files/deleteFile
 *
 * @throws APIError (404 where there is none), ConnectionError, TimeoutError, InputError, or the abort
 */
export async function removeVectorStoreFile(
  connection: Connection,
  id: string,
  fileId: string,
  options?: RequestOptions,
): Promise<Deleted> {
  checkCall(connection, undefined, options);
  const call = anyCall(filePath(id, fileId), undefined, withMethod("DELETE", options));
  return requestObject<Deleted>(connection, call, DELETED);
}

/**
 * Adds many files to a vector store. `POST /vector_stores/{vector_store_id}/file_batches`,
 * https://platform.openai.com/docs/api-reference/vector-stores-file-batches/createBatch
 *
 * @param files the ids of up to 2,000 files, or objects with an id and the file's own attributes
 * @param params attributes and chunks of all files; only with ids
 * @throws APIError (404 where there is none), ConnectionError, TimeoutError, InputError, or the abort
 * @example
 * ```ts
 * const added = await createVectorStoreFileBatch(client, store.id, [
 *   { file_id: "file-1", attributes: { year: 2025 } },
 *   { file_id: "file-2", attributes: { year: 2026 } },
 * ]);
 * ```
 */
export async function createVectorStoreFileBatch(
  connection: Connection,
  id: string,
  files: readonly string[] | readonly FileToAdd[],
  params?: AddFileParams,
  options?: RequestOptions,
): Promise<VectorStoreFileBatch> {
  const elsewhere = { file_ids: FILES_BEFORE };
  checkCall(connection, params, options, { input: "files", elsewhere });
  const body = { ...filesBody(files), ...defined(params) };
  const call = jsonCall(`${pathOf(id)}/file_batches`, body, options, "file_ids", "files");
  return requestObject<VectorStoreFileBatch>(connection, call, FILE_BATCH);
}

const FILES_BEFORE = "the ids in the argument before params";

/** Returns the field of the body that a list of files is for. */
function filesBody(files: unknown): object {
  return readable("files", () => {
    if (isListOf(files, (one) => typeof one === "string")) return { file_ids: files };
    if (isListOf(files, (one) => stringOf(one, "file_id") !== undefined)) return { files };
    const expected = "a list of ids, or of objects with a file_id";
    if (Array.isArray(files) && files.length === 0) throw new InputError("files", expected, "an empty list");
    throw wrong("files", expected, files);
  });
}

/**
 * Returns a batch of files, with its status. `GET /vector_stores/{vector_store_id}/file_batches/{batch_id}`,
 * https://platform.openai.com/docs/api-reference/vector-stores-file-batches/getBatch
 *
 * @throws APIError (404 where there is none), ConnectionError, TimeoutError, InputError, or the abort
 */
export async function vectorStoreFileBatch(
  connection: Connection,
  id: string,
  batchId: string,
  options?: RequestOptions,
): Promise<VectorStoreFileBatch> {
  checkCall(connection, undefined, options);
  return requestObject<VectorStoreFileBatch>(
    connection,
    anyCall(batchPath(id, batchId), undefined, options),
    FILE_BATCH,
  );
}

/**
 * Cancels a batch of files. Files that were processed stay. `POST /vector_stores/{vector_store_id}/file_batches/{batch_id}/cancel`,
 * https://platform.openai.com/docs/api-reference/vector-stores-file-batches/cancelBatch
 *
 * @throws APIError (404 where there is none), ConnectionError, TimeoutError, InputError, or the abort
 */
export async function cancelVectorStoreFileBatch(
  connection: Connection,
  id: string,
  batchId: string,
  options?: RequestOptions,
): Promise<VectorStoreFileBatch> {
  checkCall(connection, undefined, options);
  const call = anyCall(`${batchPath(id, batchId)}/cancel`, undefined, withMethod("POST", options));
  return requestObject<VectorStoreFileBatch>(connection, call, FILE_BATCH);
}

/**
 * Lists the files of a batch. `GET /vector_stores/{vector_store_id}/file_batches/{batch_id}/files`,
 * https://platform.openai.com/docs/api-reference/vector-stores-file-batches/listBatchFiles
 *
 * @returns the first page; a loop over it gives the files of all pages
 * @throws APIError (404 where there is none), ConnectionError, TimeoutError, InputError, or the abort
 */
export async function vectorStoreFileBatchFiles(
  connection: Connection,
  id: string,
  batchId: string,
  params?: VectorStoreFilesParams,
  options?: RequestOptions,
): Promise<Page<VectorStoreFile>> {
  return listPages<VectorStoreFile>(connection, `${batchPath(id, batchId)}/files`, params, options);
}
