import { CACHE_OPTIONS, METADATA } from "./apiFields.ts";
import type { FieldRules, Kinds, Rule } from "./fieldRules.ts";

// The fields of requests about objects that the API keeps, by OpenAI's description as in apiFields.ts.

const EXPIRY: FieldRules = { anchor: "string! last_active_at", days: "integer! 1..365" };
const ATTRIBUTES: Rule = ["object|null ..16", "string|number|boolean"];
const CHUNKING: Kinds = {
  kinds: {
    auto: {},
    static: {
      static: ["object!", { max_chunk_size_tokens: "integer! 100..4096", chunk_overlap_tokens: "integer!" }],
    },
  },
};

/** `POST /conversations`. */
export const CONVERSATION_FIELDS: FieldRules = { metadata: METADATA, items: "array|null ..20" };
/** `POST /conversations/{conversation_id}`. */
export const CONVERSATION_UPDATE: FieldRules = { metadata: ["object|null!", "string ..512"] };
/** `POST /conversations/{conversation_id}/items`. */
export const CONVERSATION_ITEMS: FieldRules = { items: "array! ..20" };

/** `POST /responses/input_tokens`. */
export const TOKEN_COUNT_FIELDS: FieldRules = {
  model: "string|null",
  input: ["string|array|null ..10485760", "any"],
  instructions: "string|null",
  previous_response_id: "string|null",
  conversation: ["string|object|null", { id: "string!" }],
  tools: "array|null",
  tool_choice: "string|object|null none,auto,required",
  parallel_tool_calls: "boolean|null",
  reasoning: "object|null",
  text: "object|null",
  truncation: "string auto,disabled",
  personality: "string",
};

/** `POST /responses/compact`. */
export const COMPACT_FIELDS: FieldRules = {
  model: "string|null!",
  input: ["string|array|null ..10485760", "any"],
  instructions: "string|null",
  previous_response_id: "string|null",
  prompt_cache_key: "string|null ..64",
  prompt_cache_retention: "string|null in_memory,24h",
  prompt_cache_options: ["object|null", CACHE_OPTIONS],
  service_tier: "string|null auto,default,fast,flex,priority",
};

/** `POST /batches`. */
export const BATCH_FIELDS: FieldRules = {
  input_file_id: "string!",
  endpoint:
    "string! /v1/responses,/v1/chat/completions,/v1/embeddings,/v1/completions,/v1/moderations,/v1/images/generations,/v1/images/edits,/v1/videos",
  completion_window: "string! 24h",
  metadata: METADATA,
  output_expires_after: ["object", { anchor: "string! created_at", seconds: "integer! 3600..2592000" }],
};

/** `POST /vector_stores`. */
export const VECTOR_STORE_FIELDS: FieldRules = {
  name: "string",
  description: "string",
  file_ids: ["array ..500", "string"],
  chunking_strategy: ["object", CHUNKING],
  expires_after: ["object", EXPIRY],
  metadata: METADATA,
};
/** `POST /vector_stores/{vector_store_id}`. */
export const VECTOR_STORE_UPDATE: FieldRules = {
  name: "string|null",
  expires_after: ["object|null", EXPIRY],
  metadata: METADATA,
};
/** `POST /vector_stores/{vector_store_id}/search`. */
export const SEARCH_FIELDS: FieldRules = {
  query: ["string|array!", "string"],
  rewrite_query: "boolean",
  max_num_results: "integer 1..50",
  filters: [
    "object",
    { type: "string! eq,ne,gt,gte,lt,lte,in,nin,and,or", key: "string", value: "any", filters: "array" },
  ],
  ranking_options: ["object", { ranker: "string none,auto,default-2024-11-15", score_threshold: "number 0..1" }],
};

const FILE: FieldRules = { attributes: ATTRIBUTES, chunking_strategy: ["object", CHUNKING] };
/** `POST /vector_stores/{vector_store_id}/files`. */
export const STORE_FILE_FIELDS: FieldRules = { file_id: "string!", ...FILE };
/** `POST /vector_stores/{vector_store_id}/files/{file_id}`. */
export const STORE_FILE_UPDATE: FieldRules = { attributes: ["object|null! ..16", "string|number|boolean"] };
/** `POST /vector_stores/{vector_store_id}/file_batches`. */
export const FILE_BATCH_FIELDS: FieldRules = {
  file_ids: ["array 1..2000", "string"],
  files: ["array 1..2000", STORE_FILE_FIELDS],
  ...FILE,
};

const INCLUDE: Rule = ["array", "string item.input_audio_transcription.logprobs"];

/** `POST /realtime/client_secrets`. */
export const CLIENT_SECRET_FIELDS: FieldRules = {
  expires_after: ["object", { anchor: "string created_at", seconds: "integer 10..7200" }],
  session: [
    "object",
    {
      kinds: {
        realtime: {
          output_modalities: ["array", "string text,audio"],
          model: "string",
          instructions: "string",
          audio: "object",
          include: INCLUDE,
          tracing: "string|object|null auto",
          tools: ["array", "object"],
          tool_choice: "string|object none,auto,required",
          parallel_tool_calls: "boolean",
          reasoning: "object",
          max_output_tokens: "integer|string inf",
          truncation: "string|object auto,disabled",
          prompt: "object|null",
        },
        transcription: { audio: "object", include: INCLUDE },
      },
    },
  ],
};
