import { custom, lazy, optional } from "valibot";
import type { GenericSchema } from "valibot";
import { fits } from "./check.ts";
import type { Shape } from "./check.ts";
import { byKind, fields, list, nothing, oneOf, orNull, plain, record, some, textOr, when } from "./shapes.ts";

type Shapes = Readonly<Record<string, Shape>>;
type Parts = ReturnType<typeof partShapes>;

/** The longest id of a call that the API accepts, in characters. */
const LONGEST_ID = 64;

let shapes: AnswerShapes | undefined;

/** The shapes of the parts of an answer that go back to the API. Unknown types and unknown fields pass. */
interface AnswerShapes {
  readonly item: Shape;
  readonly annotation: Shape;
  readonly logprob: Shape;
}

/** Returns whether the API would accept an item of an answer in a later request. Items of unknown types pass. */
export function fitsItem(value: unknown): boolean {
  return fits(answerShapes().item, value);
}

/** Returns whether the API would accept a citation in a text of the model. */
export function fitsAnnotation(value: unknown): boolean {
  return fits(answerShapes().annotation, value);
}

/** Returns whether the API would accept the log probability of a token. */
export function fitsLogprob(value: unknown): boolean {
  return fits(answerShapes().logprob, value);
}

/** Returns the shapes by OpenAI's description of its API. They are built at the first use. */
function answerShapes(): AnswerShapes {
  if (shapes) return shapes;
  const parts = partShapes();
  const { number, other, text } = parts;
  const items = {
    ...resultShapes(parts),
    ...hostedShapes(parts),
    ...computerShapes(parts),
    ...shellShapes(parts),
    ...mcpShapes(parts),
    ...programShapes(parts),
  };
  const logprob = { token: text, logprob: number, bytes: list(number) };
  shapes = {
    item: byKind("type", items, other),
    annotation: annotationShape(parts),
    logprob: fields({ ...logprob, top_logprobs: list(fields(logprob)) }),
  };
  return shapes;
}

/** Returns the shapes of which those of the items consist. */
function partShapes() {
  const text = plain("string");
  const object = record();
  const id = custom((value) => typeof value === "string" && value !== "");
  const callId = custom((value) => typeof value === "string" && value !== "" && value.length <= LONGEST_ID);
  const status = oneOf("in_progress", "completed", "incomplete");
  return {
    text,
    object,
    id,
    callId,
    status,
    number: plain("number"),
    other: fields({ type: id }),
    maybeText: maybe(text),
    caller: maybe(byKind("type", { program: fields({ caller_id: callId }), direct: object })),
  };
}

/** Accepts a shape, null, or nothing. */
function maybe(shape: Shape): GenericSchema {
  return optional(orNull(shape) as GenericSchema);
}

/** The results of function and custom calls. */
function resultShapes({ callId, caller, other, status }: Parts): Shapes {
  const output = textOr(some(other));
  const result = fields({ call_id: callId, output, status: maybe(status), caller });
  return {
    function_call_output: result,
    custom_tool_call_output: result,
  };
}

/** The action of a web search. */
function searchAction({ maybeText, other, text }: Parts): Shape {
  return byKind(
    "type",
    {
      search: fields({
        query: maybeText,
        queries: maybe(list(text)),
        sources: maybe(list(byKind("type", { url: fields({ url: text }) }, other))),
      }),
      open_page: fields({ url: maybeText }),
      find_in_page: fields({ url: text, pattern: text }),
    },
    other,
  );
}

/** The calls of tools that the provider runs. */
function hostedShapes(parts: Parts): Shapes {
  const { id, maybeText, number, object, other, text } = parts;
  return {
    image_generation_call: fields({
      id,
      status: oneOf("in_progress", "completed", "generating", "failed"),
      result: orNull(text),
    }),
    web_search_call: fields({
      id,
      status: oneOf("in_progress", "searching", "completed", "failed"),
      action: searchAction(parts),
    }),
    file_search_call: fields({
      id,
      status: oneOf("in_progress", "searching", "completed", "incomplete", "failed"),
      queries: list(text),
      results: maybe(
        list(
          noList(
            fields({
              file_id: maybeText,
              text: maybeText,
              filename: maybeText,
              attributes: maybe(object),
              score: maybe(number),
            }),
          ),
        ),
      ),
    }),
    code_interpreter_call: fields({
      id,
      status: oneOf("in_progress", "completed", "incomplete", "interpreting", "failed"),
      container_id: text,
      code: orNull(text),
      outputs: orNull(list(byKind("type", { logs: fields({ logs: text }), image: fields({ url: text }) }, other))),
    }),
  };
}

/** The calls of a computer and of a local shell. */
function computerShapes({ callId, id, maybeText, object, other, status, text }: Parts): Shapes {
  return {
    computer_call: fields({
      id,
      call_id: callId,
      status,
      action: maybe(other),
      actions: maybe(list(other)),
      pending_safety_checks: list(fields({ id: text, code: maybeText, message: maybeText })),
    }),
    computer_call_output: fields({ call_id: callId, output: other }),
    local_shell_call: fields({
      id,
      call_id: callId,
      status,
      action: fields({ type: text, command: list(text), env: object }),
    }),
    local_shell_call_output: fields({ id, output: text }),
  };
}

/** The calls of a shell and of patches, and their outputs. */
function shellShapes({ callId, caller, id, maybeText, number, other, status, text }: Parts): Shapes {
  return {
    shell_call: fields({
      id: maybe(id),
      call_id: callId,
      status: maybe(status),
      caller,
      environment: maybe(other),
      action: fields({ commands: list(text), timeout_ms: maybe(number), max_output_length: maybe(number) }),
    }),
    shell_call_output: fields({
      id: maybe(id),
      call_id: callId,
      status: maybe(status),
      caller,
      max_output_length: maybe(number),
      output: list(fields({ stdout: text, stderr: text, outcome: other })),
    }),
    apply_patch_call: fields({
      id: maybe(id),
      call_id: callId,
      caller,
      status: oneOf("in_progress", "completed"),
      operation: byKind(
        "type",
        {
          create_file: fields({ path: text, diff: text }),
          update_file: fields({ path: text, diff: text }),
          delete_file: fields({ path: text }),
        },
        other,
      ),
    }),
    apply_patch_call_output: fields({
      id: maybe(id),
      call_id: callId,
      caller,
      status: oneOf("completed", "failed"),
      output: maybeText,
    }),
  };
}

/** The items of MCP servers. */
function mcpShapes({ id, maybeText, object, text }: Parts): Shapes {
  return {
    mcp_list_tools: fields({
      id,
      server_label: text,
      tools: list(fields({ name: text, description: maybeText, input_schema: object, annotations: maybe(object) })),
      error: maybeText,
    }),
    mcp_call: fields({
      id,
      server_label: text,
      name: text,
      arguments: text,
      output: maybeText,
      error: maybe(when(() => true, object, text)),
      status: optional(oneOf("in_progress", "completed", "incomplete", "calling", "failed") as GenericSchema),
      approval_request_id: maybeText,
    }),
    mcp_approval_request: fields({ id, server_label: text, name: text, arguments: text }),
    mcp_approval_response: fields({
      id: maybe(id),
      approval_request_id: text,
      approve: plain("boolean"),
      reason: maybeText,
    }),
  };
}

/** Compactions, programs, tool searches and references. */
function programShapes({ callId, id, other, status, text }: Parts): Shapes {
  const execution = optional(oneOf("server", "client") as GenericSchema);
  const present = custom((value) => value !== undefined);
  return {
    compaction: fields({ id: maybe(id), encrypted_content: text }),
    program: fields({ id, call_id: callId, code: text, fingerprint: text }),
    program_output: fields({ id, call_id: callId, result: text, status: oneOf("completed", "incomplete") }),
    tool_search_call: fields({
      id: maybe(id),
      call_id: maybe(callId),
      execution,
      arguments: present,
      status: maybe(status),
    }),
    tool_search_output: fields({
      id: maybe(id),
      call_id: maybe(callId),
      execution,
      tools: list(other),
      status: maybe(status),
    }),
    additional_tools: fields({ id: maybe(id), role: oneOf("developer"), tools: list(other) }),
    item_reference: fields({ id }),
  };
}

/** The citations in a text. */
function annotationShape({ number, other, text }: Parts): Shape {
  const file = { file_id: text, filename: text };
  const range = { start_index: number, end_index: number };
  return byKind(
    "type",
    {
      file_citation: fields({ ...file, index: number }),
      url_citation: fields({ ...range, url: text, title: text }),
      container_file_citation: fields({ ...file, ...range, container_id: text }),
      file_path: fields({ file_id: text, index: number }),
    },
    other,
  );
}

/** Accepts a shape, but no list: a list has all fields of a shape that requires none. */
function noList(shape: Shape): Shape {
  const none = nothing("an object");
  return lazy((value) => (Array.isArray(value) ? none : shape));
}
