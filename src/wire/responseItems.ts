// The wire of the Responses API, as OpenAI's reference describes it (https://platform.openai.com/docs/api-reference/responses),
// hand-selected. Whatever is not listed passes all the same.

/** Text that is given to the model. */
export interface InputText {
  /** Tells parts apart. */
  type: "input_text";
  /** The text. */
  text: string;
}

/** An image that is given to the model, by URL, data URL or file id. */
export interface InputImage {
  /** Tells parts apart. */
  type: "input_image";
  /** Where it is: a URL or a data URL. */
  image_url?: string | null | undefined;
  /** The id of an uploaded file, instead. */
  file_id?: string | null | undefined;
  /** How closely to look at it. The API's default is `"auto"`. */
  detail?: "auto" | "low" | "high" | "original" | undefined;
}

/** A file that is given to the model, by id, by URL, or as base64 with its name. */
export interface InputFile {
  /** Tells parts apart. */
  type: "input_file";
  /** The id of an uploaded file. */
  file_id?: string | null | undefined;
  /** Where it is, instead. */
  file_url?: string | undefined;
  /** What is in it, instead: base64, as a data URL. */
  file_data?: string | undefined;
  /** Its name, with `file_data`. */
  filename?: string | undefined;
}

/** What a message to the model may consist of. */
export type InputContent = InputText | InputImage | InputFile;

/** A source that an output text refers to: a web page, a file, or a file of a container. */
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

/** What a web search did: it searched, opened a page, or looked for a text on a page. */
export type WebSearchAction =
  | {
      type: "search";
      query?: string | undefined;
      queries?: string[] | undefined;
      sources?: { type: "url" | (string & {}); url?: string | undefined }[] | undefined;
    }
  | { type: "open_page"; url?: string | null | undefined }
  | { type: "find_in_page"; url: string; pattern: string };

/** A web search that the provider made. */
export interface WebSearchCall {
  /** Kind of the item. */
  type: "web_search_call";
  /** The item's id. */
  id: string;
  /** How far it has come: `"in_progress"`, `"searching"`, `"completed"` or `"failed"`. */
  status: string;
  /** What the search did. `sources` comes with `include: ["web_search_call.action.sources"]`. */
  action?: WebSearchAction | undefined;
  /** What it found, with `include: ["web_search_call.results"]`. */
  results?: unknown;
}

/** Text that the model gave. */
export interface OutputText {
  /** Tells parts apart. */
  type: "output_text";
  /** The text. */
  text: string;
  /** Sources that the text refers to. */
  annotations: ResponseAnnotation[];
  /** Log probabilities, where `include` asked for `message.output_text.logprobs`. */
  logprobs?: unknown[] | undefined;
}

/** A refusal that the model gave. */
export interface OutputRefusal {
  /** Tells parts apart. */
  type: "refusal";
  /** The model's words. */
  refusal: string;
}

/** A message to the model, or one that it gave earlier. */
export interface InputMessage {
  /** Tells items apart; may be left out of a message. */
  type?: "message" | undefined;
  /** Who speaks. Developer and system rank above the user. */
  role: "user" | "assistant" | "system" | "developer";
  /** Text, or parts. */
  content: string | (InputContent | OutputText | OutputRefusal)[];
  /** What a message of the model's is. */
  phase?: MessagePhase | null | undefined;
}

/** A message that the model gave. */
export interface OutputMessage {
  /** Tells items apart. */
  type: "message";
  /** The item's id. */
  id: string;
  /** Who speaks. */
  role: "assistant";
  /** How far it has come. */
  status: ItemStatus;
  /** What it says. */
  content: (OutputText | OutputRefusal)[];
  /** What the message is: a word on the way, or the answer. It goes back with the message. */
  phase?: MessagePhase | null | undefined;
}

/** What a message of the model's is: a word on the way, or the answer. */
export type MessagePhase = "commentary" | "final_answer";

/** Who made a call: the model itself, or a program that the model wrote. */
export type ToolCaller = { type: "direct" } | { type: "program"; caller_id: string };

/** How far an item has come. */
export type ItemStatus = "in_progress" | "completed" | "incomplete";

/** A call of a function that the model asks for. `arguments` is JSON text, as the model wrote it. */
export interface FunctionCallItem {
  /** Tells items apart. */
  type: "function_call";
  /** The item's id; not what the result is to name. */
  id?: string | undefined;
  /** What the result is to name. */
  call_id: string;
  /** The function's name. */
  name: string;
  /** JSON text, as the model wrote it. */
  arguments: string;
  /** The namespace of the function; without one it is another function. */
  namespace?: string | undefined;
  /** Who made the call. It goes back with the result. */
  caller?: ToolCaller | null | undefined;
  /** How far it has come: `"in_progress"` also while a program waits for the result. */
  status?: ItemStatus | undefined;
}

/** The result of a function call. */
export interface FunctionCallOutput {
  /** Tells items apart. */
  type: "function_call_output";
  /** The call's `call_id`. */
  call_id: string;
  /** The result, for the model to read. */
  output: string | InputContent[];
  /** Who made the call. A session fills it in from the call. */
  caller?: ToolCaller | null | undefined;
}

/** A call of a custom tool, whose input is free text. */
export interface CustomToolCallItem {
  /** Tells items apart. */
  type: "custom_tool_call";
  /** The item's id; not what the result is to name. */
  id?: string | undefined;
  /** What the result is to name. */
  call_id: string;
  /** The tool's name. */
  name: string;
  /** Free text, as the model wrote it. */
  input: string;
  /** The namespace of the tool; without one it is another tool. */
  namespace?: string | undefined;
  /** Who made the call. It goes back with the result. */
  caller?: ToolCaller | null | undefined;
}

/** The result of a custom tool's call. */
export interface CustomToolCallOutput {
  /** Tells items apart. */
  type: "custom_tool_call_output";
  /** The call's `call_id`. */
  call_id: string;
  /** The result, for the model to read. */
  output: string | InputContent[];
  /** Who made the call. A session fills it in from the call. */
  caller?: ToolCaller | null | undefined;
}

/** How the model thought: a summary, the text itself with some providers, or encrypted, to be given back. */
export interface ReasoningItem {
  /** Tells items apart. */
  type: "reasoning";
  /** The item's id. */
  id: string;
  /** The summary, in pieces; empty unless `reasoning.summary` asked for one. */
  summary: { type: "summary_text"; text: string }[];
  /** The reasoning itself, where the provider shows it. */
  content?: { type: "reasoning_text"; text: string }[] | undefined;
  /** The reasoning, readable for the provider only: to be given back where nothing is stored. */
  encrypted_content?: string | null | undefined;
  /** How far it has come. */
  status?: ItemStatus | undefined;
}

/** An image that the model made, base64. */
export interface ImageGenerationCall {
  /** Tells items apart. */
  type: "image_generation_call";
  /** The item's id. */
  id: string;
  /** How far it has come: `"in_progress"`, `"generating"`, `"completed"` or `"failed"`. */
  status: string;
  /** The image; null until it is made. */
  result: string | null;
}

/** An item of another type that the API knows. Types that are yet to come pass too. */
export interface OtherItem {
  /** Tells items apart. */
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
  /** The fields of its type. */
  [field: string]: unknown;
}

/** What an answer may consist of. */
export type OutputItem =
  | OutputMessage
  | FunctionCallItem
  | CustomToolCallItem
  | ReasoningItem
  | ImageGenerationCall
  | WebSearchCall
  | OtherItem;

/** What a request may consist of: messages, results of calls, and items of earlier answers. */
export type InputItem = InputMessage | FunctionCallOutput | CustomToolCallOutput | OutputItem;
