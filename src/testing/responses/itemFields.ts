import { FLAT_GRAMMAR } from "../apiFields.ts";
import type { FieldRules, Kinds, Rule } from "../fieldRules.ts";

// The fields by OpenAI's description of its API, as in apiFields.ts. Where the description requires an id that the API
// does not, or lacks a field that the API sends, these lists follow the API.

const CALL_ID = "string! 1..64";
const STATUS = "string|null in_progress,completed,incomplete";
const ID = "string|null";
const CALLER = "object|null";
const CACHE: FieldRules = { prompt_cache_breakpoint: "object" };

/** The content parts of messages from users, developers and tools. */
export const INPUT_PARTS: Kinds = {
  kinds: {
    input_text: { text: "string!", ...CACHE },
    input_image: { image_url: "string|null", file_id: ID, detail: "string|null low,high,auto,original", ...CACHE },
    input_file: {
      file_id: ID,
      filename: "string",
      file_data: "string|null",
      file_url: "string",
      detail: "string auto,low,high",
      ...CACHE,
    },
  },
};

/** The content parts of an answer. */
export const OUTPUT_PARTS: Kinds = {
  kinds: {
    output_text: { text: "string!", annotations: "array", logprobs: "array" },
    refusal: { refusal: "string!" },
  },
};

const OUTPUT: Rule = ["string|array!", INPUT_PARTS];

/** The fields of each type of input item. */
export const ITEMS: Readonly<Record<string, FieldRules>> = {
  message: {
    role: "string! assistant,system,developer,user",
    content: "string|array!",
    id: ID,
    status: STATUS,
    phase: "string|null commentary,final_answer",
  },
  item_reference: { id: "string!" },
  reasoning: {
    id: ID,
    summary: ["array!", { type: "string! summary_text", text: "string!" }],
    content: ["array|null", { type: "string! reasoning_text", text: "string!" }],
    encrypted_content: "string|null",
    status: STATUS,
  },
  function_call: {
    id: ID,
    call_id: CALL_ID,
    name: "string!",
    arguments: "string!",
    namespace: "string|null",
    caller: CALLER,
    status: STATUS,
  },
  function_call_output: {
    id: ID,
    call_id: CALL_ID,
    output: OUTPUT,
    name: "string|null 1..128",
    namespace: "string|null 1..64",
    caller: CALLER,
    status: STATUS,
  },
  custom_tool_call: {
    id: ID,
    call_id: CALL_ID,
    name: "string!",
    input: "string!",
    namespace: "string|null",
    caller: CALLER,
    status: STATUS,
  },
  custom_tool_call_output: { id: ID, call_id: CALL_ID, output: OUTPUT, caller: CALLER, status: STATUS },
  file_search_call: { id: ID, status: "string", queries: "array!", results: "array|null" },
  web_search_call: { id: ID, status: "string", action: "object" },
  code_interpreter_call: {
    id: ID,
    status: "string",
    container_id: "string",
    code: "string|null",
    outputs: "array|null",
  },
  image_generation_call: { id: ID, status: "string", result: "string|null" },
  computer_call: {
    id: ID,
    call_id: CALL_ID,
    action: "object",
    actions: "array",
    pending_safety_checks: "array",
    status: "string",
  },
  computer_call_output: {
    id: ID,
    call_id: CALL_ID,
    output: "object!",
    acknowledged_safety_checks: "array|null",
    status: STATUS,
  },
  mcp_list_tools: { id: ID, server_label: "string!", tools: "array!", error: "string|object|null" },
  mcp_approval_request: { id: ID, server_label: "string!", name: "string!", arguments: "string!" },
  mcp_approval_response: {
    id: ID,
    approval_request_id: "string!",
    approve: "boolean!",
    reason: "string|null",
  },
  mcp_call: {
    id: ID,
    server_label: "string!",
    name: "string!",
    arguments: "string!",
    output: "string|null",
    error: "string|object|null",
    status: "string",
    approval_request_id: "string|null",
  },
  local_shell_call: { id: ID, call_id: CALL_ID, action: "object!", status: "string" },
  local_shell_call_output: { id: ID, output: "string!", status: STATUS },
  shell_call: {
    id: ID,
    call_id: CALL_ID,
    action: "object!",
    environment: "object|null",
    caller: CALLER,
    status: STATUS,
  },
  shell_call_output: {
    id: ID,
    call_id: CALL_ID,
    output: "array!",
    max_output_length: "integer|null",
    caller: CALLER,
    status: STATUS,
  },
  apply_patch_call: { id: ID, call_id: CALL_ID, operation: "object!", caller: CALLER, status: "string" },
  apply_patch_call_output: {
    id: ID,
    call_id: CALL_ID,
    output: "string|null ..10485760",
    caller: CALLER,
    status: "string! completed,failed",
  },
  tool_search_call: {
    id: ID,
    call_id: "string|null 1..64",
    execution: "string server,client",
    arguments: "any!",
    status: STATUS,
  },
  tool_search_output: {
    id: ID,
    call_id: "string|null 1..64",
    execution: "string server,client",
    tools: "array!",
    status: STATUS,
  },
  additional_tools: { id: ID, role: "string! developer", tools: "array!" },
  program: { id: "string!", call_id: CALL_ID, code: "string! ..10485760", fingerprint: "string! ..10485760" },
  program_output: {
    id: "string!",
    call_id: CALL_ID,
    result: "string! ..10485760",
    status: "string! completed,incomplete",
  },
  compaction: { id: ID, encrypted_content: "string! ..20971520" },
  compaction_trigger: {},
  // Newer than the description, which does not list its fields.
  configuration_update: { "*": "any" },
};

const CALLERS: Rule = ["array|null", "string direct,programmatic"];

const OPEN: FieldRules = { "*": "any" };

const FUNCTION: FieldRules = {
  name: "string!",
  description: "string|null",
  parameters: "object|null",
  output_schema: "object|null",
  strict: "boolean|null",
  defer_loading: "boolean",
  allowed_callers: CALLERS,
};

const CUSTOM: FieldRules = {
  name: "string!",
  description: "string",
  format: ["object", FLAT_GRAMMAR],
  defer_loading: "boolean",
  allowed_callers: CALLERS,
};

/**
 * The tools of a request. Hosted tools gain fields often, so only tools that a program declares refuse unknown ones.
 */
export const TOOLS: Kinds = {
  kinds: {
    function: FUNCTION,
    custom: CUSTOM,
    namespace: {
      name: "string! 1..",
      description: "string!",
      tools: ["array!", { kinds: { function: FUNCTION, custom: CUSTOM } }],
    },
    file_search: { vector_store_ids: ["array!", "string"], ...OPEN },
    web_search: OPEN,
    web_search_2025_08_26: OPEN,
    web_search_preview: OPEN,
    web_search_preview_2025_03_11: OPEN,
    code_interpreter: { container: "string|object!", ...OPEN },
    image_generation: OPEN,
    mcp: { server_label: "string!", ...OPEN },
    computer: OPEN,
    computer_use_preview: OPEN,
    local_shell: OPEN,
    shell: OPEN,
    apply_patch: OPEN,
    programmatic_tool_calling: OPEN,
    tool_search: OPEN,
  },
};
