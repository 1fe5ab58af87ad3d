import { type Fields, fieldOf, fieldsOf, listOf, numberOf, objectOf, objectsIn, stringOf } from "../../wire/read.ts";
import { badRequest, missing, type Refusal } from "../apiErrors.ts";
import { findBodyFault } from "../bodyRules.ts";
import { jsonDraft, pageOf } from "../drafts.ts";
import type { FieldRules } from "../fieldRules.ts";
import { answerOf, type Kept, keptRoute, type Named, secondsOf } from "../objects.ts";
import type { Call, Route, Settings } from "../route.ts";
import * as fields from "../storedFields.ts";
import { textsOf } from "../tokens.ts";
import type { RecordedRequest } from "../types.ts";

const STORES = "vector_store";
const filesIn = (id: string): string => `${STORES} ${id} files`;
const batchesIn = (id: string): string => `${STORES} ${id} batches`;

const store: Named = { param: "id", noun: "Vector store", kind: () => STORES };
const file: Named = { param: "file", noun: "Vector store file", kind: ({ id = "" }) => filesIn(id) };
const batch: Named = { param: "batch", noun: "Vector store file batch", kind: ({ id = "" }) => batchesIn(id) };
const PATH = "/vector_stores/:id";

/** Returns a check of a body, and of the uploaded files that it names. */
function checked(rules: FieldRules) {
  return (request: RecordedRequest, settings: Settings): Refusal | undefined => {
    const fault = findBodyFault(request, settings, { fields: rules });
    const absent = namedFiles(request.body).find(({ id }) => !settings.files.get(id));
    return fault ?? (absent && badRequest(`No such File object: ${absent.id}`, null, null, 404));
  };
}

/** Returns the ids of the uploaded files that a body names, with the attributes and chunks of each. */
function namedFiles(body: unknown): { id: string; fields: Fields }[] {
  const ids = [...listOf(body, "file_ids"), fieldOf(body, "file_id") ?? []].flat();
  const shared = fieldsOf(body) ?? {};
  return [
    ...ids.map((id) => ({ id: String(id), fields: shared })),
    ...objectsIn(fieldOf(body, "files")).map((one) => ({ id: stringOf(one, "file_id") ?? "", fields: one })),
  ];
}

/** Adds the files that a request names. */
function addFiles(id: string, call: Call): Kept[] {
  const { request, settings } = call;
  return namedFiles(request.body).map((named) =>
    settings.objects.set(filesIn(id), {
      id: named.id,
      object: "vector_store.file",
      usage_bytes: settings.files.get(named.id)?.bytes ?? 0,
      created_at: secondsOf(call),
      vector_store_id: id,
      status: "completed",
      last_error: null,
      chunking_strategy: chunksOf(named.fields),
      attributes: named.fields["attributes"] ?? {},
    }),
  );
}

function chunksOf(given: Fields): unknown {
  const chunking = objectOf(given, "chunking_strategy");
  if (chunking?.["type"] === "static") return chunking;
  return { type: "static", static: { max_chunk_size_tokens: 800, chunk_overlap_tokens: 400 } };
}

function counts(completed: number): Fields {
  return { in_progress: 0, completed, failed: 0, cancelled: 0, total: completed };
}

/** Returns a vector store with the numbers of its files. */
function shown(found: Kept, { objects }: Settings): Kept {
  const files = [...objects.of(filesIn(found.id)).values()];
  const usage_bytes = files.reduce((sum, one) => sum + (numberOf(one, "usage_bytes") ?? 0), 0);
  return { ...found, usage_bytes, file_counts: counts(files.length) };
}

function textOf(id: string, { files }: Settings): string {
  return new TextDecoder().decode(files.content(id));
}

/** Returns `true` if the attributes of a file pass a filter. */
function passes(attributes: unknown, filter: unknown): boolean {
  const type = stringOf(filter, "type");
  const filters = listOf(filter, "filters");
  if (type === "and") return filters.every((one) => passes(attributes, one));
  if (type === "or") return filters.some((one) => passes(attributes, one));
  const own = fieldOf(attributes, stringOf(filter, "key") ?? "");
  const value = fieldOf(filter, "value");
  const isIn = [value].flat().includes(own);
  if (type === "eq" || type === "in") return isIn;
  if (type === "ne" || type === "nin") return !isIn;
  const [one, other] = [Number(own), Number(value)];
  return (
    (type === "gt" && one > other) ||
    (type === "gte" && one >= other) ||
    (type === "lt" && one < other) ||
    (type === "lte" && one <= other)
  );
}

/** Returns the part of a query's words that a text has. */
function scoreOf(text: string, queries: readonly string[]): number {
  const wanted =
    queries
      .join(" ")
      .toLowerCase()
      .match(/[\p{L}\p{N}]{3,}/gu) ?? [];
  const words = new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu));
  return wanted.length === 0 ? 0 : wanted.filter((word) => words.has(word)).length / wanted.length;
}

function search({ id }: Kept, { request, settings }: Call): Fields {
  const { body } = request;
  const queries = textsOf(fieldOf(body, "query"));
  const least = numberOf(objectOf(body, "ranking_options"), "score_threshold") ?? 0;
  const filter = objectOf(body, "filters");
  const found = [...settings.objects.of(filesIn(id)).values()]
    .filter(({ attributes }) => !filter || passes(attributes, filter))
    .map((one) => {
      const text = textOf(one.id, settings);
      return {
        file_id: one.id,
        filename: settings.files.get(one.id)?.filename ?? "",
        score: scoreOf(text, queries),
        attributes: one["attributes"],
        content: [{ type: "text", text }],
      };
    })
    .filter(({ score }) => score >= least)
    .sort((one, other) => other.score - one.score);
  const limit = numberOf(body, "max_num_results") ?? 10;
  return {
    object: "vector_store.search_results.page",
    search_query: queries,
    data: found.slice(0, limit),
    has_more: found.length > limit,
    next_page: null,
  };
}

function pageOfFiles(files: readonly Kept[], call: Call): Fields {
  const { filter } = call.request.query;
  return pageOf(
    files.filter(({ status }) => filter === undefined || status === filter),
    call.request,
    "20",
  );
}

function filesOf(found: Kept, { objects }: Settings): Kept[] {
  return listOf(found, "file_ids").flatMap(
    (id) => objects.of(filesIn(stringOf(found, "vector_store_id") ?? "")).get(String(id)) ?? [],
  );
}

function shownBatch({ file_ids: _, ...found }: Kept): Fields {
  return found;
}

/** The endpoints of vector stores, their files, and batches of files. Files are ready at once. A search compares words. */
export const vectorStores: readonly Route[] = [
  {
    method: "POST",
    path: "/vector_stores",
    check: checked(fields.VECTOR_STORE_FIELDS),
    answer: (call) => {
      const { objects } = call.settings;
      const { name = null, metadata = {}, expires_after } = fieldsOf(call.request.body) ?? {};
      const created_at = secondsOf(call);
      const days = numberOf(expires_after, "days");
      const made = objects.set(STORES, {
        id: objects.newId("vs_"),
        object: "vector_store",
        created_at,
        name,
        status: "completed",
        expires_after,
        expires_at: days === undefined ? null : created_at + days * 86_400,
        last_active_at: created_at,
        metadata,
      });
      addFiles(made.id, call);
      return answerOf(shown(made, call.settings));
    },
  },
  {
    method: "GET",
    path: "/vector_stores",
    answer: ({ request, settings }) => {
      const all = [...settings.objects.of(STORES).values()].map((one) => shown(one, settings));
      return jsonDraft(pageOf(all, request, "20"));
    },
  },
  keptRoute("GET", PATH, [store], (found, { settings }) => shown(found, settings)),
  keptRoute(
    "POST",
    PATH,
    [store],
    (found, { request, settings }) =>
      shown(settings.objects.set(STORES, { ...found, ...fieldsOf(request.body) }), settings),
    checked(fields.VECTOR_STORE_UPDATE),
  ),
  keptRoute("DELETE", PATH, [store], ({ id }, { settings }) => {
    settings.objects.of(STORES).delete(id);
    return { id, object: "vector_store.deleted", deleted: true };
  }),
  keptRoute("POST", `${PATH}/search`, [store], search, checked(fields.SEARCH_FIELDS)),
  keptRoute("GET", `${PATH}/files`, [store], ({ id }, call) =>
    pageOfFiles([...call.settings.objects.of(filesIn(id)).values()], call),
  ),
  keptRoute(
    "POST",
    `${PATH}/files`,
    [store],
    ({ id }, call) => ({ ...addFiles(id, call)[0], status: "in_progress" }),
    checked(fields.STORE_FILE_FIELDS),
  ),
  keptRoute("GET", `${PATH}/files/:file`, [store, file], (found) => found),
  keptRoute(
    "POST",
    `${PATH}/files/:file`,
    [store, file],
    (found, { request, settings, params }) =>
      settings.objects.set(filesIn(params["id"] ?? ""), { ...found, attributes: fieldOf(request.body, "attributes") }),
    checked(fields.STORE_FILE_UPDATE),
  ),
  keptRoute("DELETE", `${PATH}/files/:file`, [store, file], ({ id }, { params, settings }) => {
    settings.objects.of(filesIn(params["id"] ?? "")).delete(id);
    return { id, object: "vector_store.file.deleted", deleted: true };
  }),
  keptRoute("GET", `${PATH}/files/:file/content`, [store, file], ({ id }, { settings }) => ({
    object: "vector_store.file_content.page",
    data: [{ type: "text", text: textOf(id, settings) }],
    has_more: false,
    next_page: null,
  })),
  keptRoute(
    "POST",
    `${PATH}/file_batches`,
    [store],
    ({ id }, call) => {
      const { objects } = call.settings;
      const file_ids = addFiles(id, call).map((one) => one.id);
      const made = objects.set(batchesIn(id), {
        id: objects.newId("vsfb_"),
        object: "vector_store.file_batch",
        created_at: secondsOf(call),
        vector_store_id: id,
        status: "completed",
        file_counts: counts(file_ids.length),
        file_ids,
      });
      const file_counts = { ...counts(file_ids.length), in_progress: file_ids.length, completed: 0 };
      return { ...shownBatch(made), status: "in_progress", file_counts };
    },
    (request, settings) => checked(fields.FILE_BATCH_FIELDS)(request, settings) ?? findMissingFiles(request.body),
  ),
  keptRoute("GET", `${PATH}/file_batches/:batch`, [store, batch], shownBatch),
  keptRoute("POST", `${PATH}/file_batches/:batch/cancel`, [store, batch], shownBatch),
  keptRoute("GET", `${PATH}/file_batches/:batch/files`, [store, batch], (found, call) =>
    pageOfFiles(filesOf(found, call.settings), call),
  ),
];

function findMissingFiles(body: unknown): Refusal | undefined {
  return fieldOf(body, "file_ids") === undefined && fieldOf(body, "files") === undefined
    ? missing("file_ids")
    : undefined;
}
