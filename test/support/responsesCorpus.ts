/** Answers of the Responses API as OpenAI sends them, one of each kind. No text in them was written by a model. */

type Fields = Record<string, unknown>;

const message = (text: string, fields: Fields = {}): Fields => ({
  id: "msg_1",
  type: "message",
  status: "completed",
  role: "assistant",
  content: [{ type: "output_text", text, annotations: [], logprobs: [] }],
  ...fields,
});
const call = (name: string, fields: Fields = {}): Fields => ({
  id: "fc_1",
  type: "function_call",
  status: "completed",
  call_id: "call_1",
  name,
  arguments: '{"city":"Oslo"}',
  ...fields,
});
const summary = [{ type: "summary_text", text: "Think" }];
const reasoning = (fields: Fields = {}): Fields => ({ id: "rs_1", type: "reasoning", summary, ...fields });
const encrypted = (fields: Fields = {}): Fields => reasoning({ encrypted_content: "gAAAA", ...fields });

/** The outputs by what is in them. */
export const OUTPUTS: Readonly<Record<string, readonly Fields[]>> = {
  text: [
    message("Hello", {
      content: [
        {
          type: "output_text",
          text: "Hello",
          annotations: [
            { type: "url_citation", url: "https://example.test", title: "A", start_index: 0, end_index: 2 },
            { type: "file_citation", file_id: "file_1", filename: "a.txt", index: 1 },
          ],
          logprobs: [
            { token: "H", logprob: -1, bytes: [72], top_logprobs: [{ token: "H", logprob: -1, bytes: [72] }] },
          ],
        },
      ],
    }),
  ],
  "unencrypted reasoning": [reasoning(), message("Hello")],
  "encrypted reasoning": [encrypted({ content: [], status: "completed" }), message("Hello")],
  "reasoning as text": [reasoning({ content: [{ type: "reasoning_text", text: "So" }] }), message("Hello")],
  "parallel calls": [
    encrypted(),
    call("get_weather"),
    call("get_weather", { id: "fc_2", call_id: "call_2", arguments: '{"city":"Bergen"}' }),
  ],
  "a call for the program": [reasoning(), call("by_hand")],
  "a custom tool": [
    { id: "ctc_1", type: "custom_tool_call", status: "completed", call_id: "call_1", name: "shell", input: "ls -l" },
  ],
  "web search": [
    reasoning(),
    {
      id: "ws_1",
      type: "web_search_call",
      status: "completed",
      action: {
        type: "search",
        query: "fjords",
        queries: ["fjords"],
        sources: [{ type: "url", url: "https://example.test" }],
      },
    },
    message("Hello"),
  ],
  "file search": [
    {
      id: "fs_1",
      type: "file_search_call",
      status: "completed",
      queries: ["fjords"],
      results: [{ file_id: "file_1", filename: "a.txt", score: 0.5, text: "Fjord", attributes: {} }],
    },
    message("Hello"),
  ],
  "code interpreter": [
    encrypted(),
    {
      id: "ci_1",
      type: "code_interpreter_call",
      status: "completed",
      container_id: "cntr_1",
      code: "1+1",
      outputs: [{ type: "logs", logs: "2" }],
    },
    message("2"),
  ],
  mcp: [
    {
      id: "mcpl_1",
      type: "mcp_list_tools",
      server_label: "maps",
      tools: [{ name: "route", description: null, input_schema: { type: "object" }, annotations: null }],
      error: null,
    },
    {
      id: "mcp_1",
      type: "mcp_call",
      server_label: "maps",
      name: "route",
      arguments: "{}",
      output: "12 km",
      error: null,
      status: "completed",
      approval_request_id: null,
    },
    message("12 km"),
  ],
  "an approval of MCP": [
    { id: "mcpr_1", type: "mcp_approval_request", server_label: "maps", name: "route", arguments: "{}" },
  ],
  "an image": [
    {
      id: "ig_1",
      type: "image_generation_call",
      status: "completed",
      result: "aGk=",
      output_format: "png",
      size: "1024x1024",
      revised_prompt: "A fjord",
    },
  ],
  compaction: [{ id: "cmp_1", type: "compaction", encrypted_content: "gAAAA" }, message("Hello")],
  program: [
    { id: "prog_1", type: "program", call_id: "call_p", code: "await get_weather()", fingerprint: "f" },
    call("get_weather", { status: "in_progress", caller: { type: "program", caller_id: "call_p" } }),
  ],
  "a program's end": [
    { id: "prog_1", type: "program", call_id: "call_p", code: "1", fingerprint: "f" },
    { id: "po_1", type: "program_output", call_id: "call_p", result: "1", status: "completed" },
    message("1"),
  ],
  namespace: [call("find", { namespace: "crm" }), call("find", { id: "fc_2", call_id: "call_2" })],
  phase: [message("Let me see", { phase: "commentary" }), message("Hello", { id: "msg_2", phase: "final_answer" })],
  refusal: [message("", { content: [{ type: "refusal", refusal: "No" }] })],
  shell: [
    {
      id: "sh_1",
      type: "shell_call",
      status: "completed",
      call_id: "call_1",
      action: { commands: ["ls"], timeout_ms: null, max_output_length: null },
      environment: null,
    },
  ],
  "apply patch": [
    {
      id: "ap_1",
      type: "apply_patch_call",
      status: "completed",
      call_id: "call_1",
      operation: { type: "create_file", path: "a.txt", diff: "+a" },
    },
  ],
  computer: [
    reasoning(),
    {
      id: "cu_1",
      type: "computer_call",
      status: "completed",
      call_id: "call_1",
      action: { type: "screenshot" },
      pending_safety_checks: [],
    },
  ],
  "tool search": [
    { id: "ts_1", type: "tool_search_call", call_id: null, execution: "server", arguments: {}, status: "completed" },
    { id: "to_1", type: "tool_search_output", call_id: null, execution: "server", tools: [], status: "completed" },
    { id: "at_1", type: "additional_tools", role: "developer", tools: [{ type: "function", name: "f" }] },
    message("Hello"),
  ],
  nothing: [],
};

/** Returns a response with an output. */
export function responseOf(output: unknown, fields: Fields = {}): Fields {
  return {
    id: "resp_1",
    object: "response",
    created_at: 1,
    status: "completed",
    error: null,
    incomplete_details: null,
    model: "gpt-6-luna",
    output,
    store: true,
    usage: {
      input_tokens: 3,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: 2,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: 5,
    },
    ...fields,
  };
}

/** Whole answers: every output, and how else an answer may end. */
export const ANSWERS: readonly Fields[] = [
  ...Object.values(OUTPUTS).map((output) => responseOf(output)),
  responseOf([encrypted(), message("Once upon", { status: "incomplete" })], {
    status: "incomplete",
    incomplete_details: { reason: "max_output_tokens" },
  }),
  responseOf([call("get_weather", { status: "incomplete", arguments: '{"ci' })], {
    status: "incomplete",
    incomplete_details: { reason: "max_output_tokens" },
  }),
  responseOf([], { status: "failed", error: { code: "server_error", message: "Sorry" } }),
  responseOf([], { status: "queued", background: true, usage: null }),
];

/** Returns the events of a streamed answer. */
export function eventsOf(response: Fields): Fields[] {
  const output = response["output"] as readonly Fields[];
  const begun = { ...response, status: "in_progress", output: [], usage: null };
  return [
    { type: "response.created", response: begun },
    ...output.flatMap((item, output_index) => {
      const at = { item_id: item["id"], output_index };
      const deltas =
        item["type"] === "function_call"
          ? [
              { type: "response.function_call_arguments.delta", ...at, delta: item["arguments"] },
              { type: "response.function_call_arguments.done", ...at, arguments: item["arguments"] },
            ]
          : item["type"] === "message"
            ? [{ type: "response.output_text.delta", ...at, content_index: 0, delta: "Hello", logprobs: [] }]
            : item["type"] === "reasoning"
              ? [{ type: "response.reasoning_summary_text.delta", ...at, summary_index: 0, delta: "Think" }]
              : [];
      return [
        { type: "response.output_item.added", output_index, item: { ...item, status: "in_progress" } },
        ...deltas,
        { type: "response.output_item.done", output_index, item },
      ];
    }),
    { type: `response.${String(response["status"])}`, response },
  ].map((event, sequence_number) => ({ ...event, sequence_number }));
}
