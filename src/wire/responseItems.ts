// The wire of the Responses API, as OpenAI's reference describes it (https://platform.openai.com/docs/api-reference/responses),
// hand-selected. Whatever is not listed passes all the same.

/** Text for the model. */
export interface InputText {
  /** The part's kind. */
  type: "input_text";
  /** The text. */
  text: string;
}

/** An image for the model, by URL, data URL or file id. */
export interface InputImage {
  /** The part's kind. */
  type: "input_image";
  /** The URL or data URL. */
  image_url?: string | null | undefined;
  /** The id of an uploaded file, instead of the URL. */
  file_id?: string | null | undefined;
  /** The detail at which the model looks at the image. @default "auto" */
  detail?: "auto" | "low" | "high" | "original" | undefined;
}

/** A file for the model, by id, by URL, or in base64 with its name. */
export interface InputFile {
  /** The part's kind. */
  type: "input_file";
  /** The id of an uploaded file. */
  file_id?: string | null | undefined;
  /** The file's URL, instead of the id. */
  file_url?: string | undefined;
  /** The file's data URL, instead of the id. */
  file_data?: string | undefined;
  /** The file's name, with `file_data`. */
  filename?: string | undefined;
}

/** A part of a message to the model. */
export type InputContent = InputText | InputImage | InputFile;

/** A source of an output text: a web page, a file, or a file in a container. */
export type ResponseAnnotation =
  | { type: "url_citation"; url: string; title: string; start_index: number; end_index: number }
  | { type: "file_citation"; file_id: string; filename: string; index: number }
  | {
      type: "container_file_citation";
      container_id: string;
      file_id: string;
      filename: string;
      start_index: number;
      end_index: number;
    }
  | { type: "file_path"; file_id: string; index: number };

/** The action of a web search: it searched, opened a page, or looked for a text on a page. */
export type WebSearchAction =
  | {
      type: "search";
      query?: string | undefined;
      queries?: string[] | undefined;
      sources?: { type: "url" | (string & {}); url?: string | undefined }[] | undefined;
    }
  | { type: "open_page"; url?: string | null | undefined }
  | { type: "find_in_page"; url: string; pattern: string };

/** A web search by the provider. */
export interface WebSearchCall {
  /** Kind of the item. */
  type: "web_search_call";
  /** The item's id. */
  id: string;
  /** The status: `"in_progress"`, `"searching"`, `"completed"` or `"failed"`. */
  status: string;
  /** The action. It has `sources` with `include: ["web_search_call.action.sources"]`. */
  action?: WebSearchAction | undefined;
  /** The results, with `include: ["web_search_call.results"]`. */
  results?: unknown;
}

/** Text of the model's output. */
export interface OutputText {
  /** The part's kind. */
  type: "output_text";
  /** The text. */
  text: string;
  /** Sources that the text refers to. */
  annotations: ResponseAnnotation[];
  /** Log probabilities, if `include` requested `message.output_text.logprobs`. */
  logprobs?: unknown[] | undefined;
}

/** A refusal in the model's output. */
export interface OutputRefusal {
  /** The part's kind. */
  type: "refusal";
  /** The model's explanation. */
  refusal: string;
}

/** A message to the model, or an earlier one of the model. */
export interface InputMessage {
  /** The item's kind; optional for a message. */
  type?: "message" | undefined;
  /** The speaker's role. Developer and system rank above the user. */
  role: "user" | "assistant" | "system" | "developer";
  /** Text or parts. */
  content: string | (InputContent | OutputText | OutputRefusal)[];
  /** The phase of a message by the model. */
  phase?: MessagePhase | null | undefined;
}

/** A message of the model's output. */
export interface OutputMessage {
  /** The item's kind. */
  type: "message";
  /** The item's id. */
  id: string;
  /** The speaker's role. */
  role: "assistant";
  /** The status. */
  status: ItemStatus;
  /** The message's parts. */
  content: (OutputText | OutputRefusal)[];
  /** The message's phase: commentary or the final answer. It goes back with the message. */
  phase?: MessagePhase | null | undefined;
}

/** The phase of a message by the model: commentary or the final answer. */
export type MessagePhase = "commentary" | "final_answer";

/** The caller of a tool: the model itself, or a program that the model wrote. */
export type ToolCaller = { type: "direct" } | { type: "program"; caller_id: string };

/** The status of an item. */
export type ItemStatus = "in_progress" | "completed" | "incomplete";

/** A function call by the model. `arguments` is JSON text as the model wrote it. */
export interface FunctionCallItem {
  /** The item's kind. */
  type: "function_call";
  /** The item's id. The result repeats `call_id`, not this one. */
  id?: string | undefined;
  /** The id that the result repeats. */
  call_id: string;
  /** The function's name. */
  name: string;
  /** JSON text as the model wrote it. */
  arguments: string;
  /** The namespace of the function. A function of the same name outside of it is another one. */
  namespace?: string | undefined;
  /** The caller. It goes back with the result. */
  caller?: ToolCaller | null | undefined;
  /** The status: `"in_progress"` also while a program waits for the result. */
  status?: ItemStatus | undefined;
}

/** The result of a function call. */
export interface FunctionCallOutput {
  /** The item's kind. */
  type: "function_call_output";
  /** The call's `call_id`. */
  call_id: string;
  /** The result, for the model to read. */
  output: string | InputContent[];
  /** The caller. A session copies it from the call. */
  caller?: ToolCaller | null | undefined;
}

/** A call of a custom tool, with free text as its input. */
export interface CustomToolCallItem {
  /** The item's kind. */
  type: "custom_tool_call";
  /** The item's id. The result repeats `call_id`, not this one. */
  id?: string | undefined;
  /** The id that the result repeats. */
  call_id: string;
  /** The tool's name. */
  name: string;
  /** Free text as the model wrote it. */
  input: string;
  /** The namespace of the tool. A tool of the same name outside of it is another one. */
  namespace?: string | undefined;
  /** The caller. It goes back with the result. */
  caller?: ToolCaller | null | undefined;
}

/** The result of a custom tool's call. */
export interface CustomToolCallOutput {
  /** The item's kind. */
  type: "custom_tool_call_output";
  /** The call's `call_id`. */
  call_id: string;
  /** The result, for the model to read. */
  output: string | InputContent[];
  /** The caller. A session copies it from the call. */
  caller?: ToolCaller | null | undefined;
}

/** The model's reasoning: a summary, the text itself (some providers), or encrypted for later requests. */
export interface ReasoningItem {
  /** The item's kind. */
  type: "reasoning";
  /** The item's id. */
  id: string;
  /** The summary, in pieces; empty unless `reasoning.summary` requested one. */
  summary: { type: "summary_text"; text: string }[];
  /** The text of the reasoning, if the provider shows it. */
  content?: { type: "reasoning_text"; text: string }[] | undefined;
  /** The reasoning, encrypted for the provider. Later requests need it if the provider stores nothing. */
  encrypted_content?: string | null | undefined;
  /** The status. */
  status?: ItemStatus | undefined;
}

/** An image that the model generated, in base64. */
export interface ImageGenerationCall {
  /** The item's kind. */
  type: "image_generation_call";
  /** The item's id. */
  id: string;
  /** The status: `"in_progress"`, `"generating"`, `"completed"` or `"failed"`. */
  status: string;
  /** The image; null until it is complete. */
  result: string | null;
}

/** An item of another known kind. Unknown kinds pass too. */
export interface OtherItem {
  /** The item's kind. */
  type:
    | "file_search_call"
    | "code_interpreter_call"
    | "computer_call"
    | "computer_call_output"
    | "local_shell_call"
    | "local_shell_call_output"
    | "shell_call"
    | "shell_call_output"
    | "apply_patch_call"
    | "apply_patch_call_output"
    | "mcp_call"
    | "mcp_list_tools"
    | "mcp_approval_request"
    | "mcp_approval_response"
    | "program"
    | "program_output"
    | "tool_search_call"
    | "tool_search_output"
    | "additional_tools"
    | "compaction"
    | "compaction_trigger"
    | "configuration_update"
    | "item_reference";
  /** The fields of its kind. */
  [field: string]: unknown;
}

/** An item of a response's output. */
export type OutputItem =
  | OutputMessage
  | FunctionCallItem
  | CustomToolCallItem
  | ReasoningItem
  | ImageGenerationCall
  | WebSearchCall
  | OtherItem;

/** An item of a request's input: a message, the result of a call, or an item of an earlier output. */
export type InputItem = InputMessage | FunctionCallOutput | CustomToolCallOutput | OutputItem;
