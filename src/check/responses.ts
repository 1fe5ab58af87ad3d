import { custom, lazy, optional } from "valibot";
import type { GenericSchema } from "valibot";
import { InputError } from "../errors.ts";
import { readable, wrong } from "../options.ts";
import type { InputItem } from "../wire/responses.ts";
import { check, fits } from "./check.ts";
import type { Shape } from "./check.ts";
import { byKind, fields, list, nothing, oneOf, orNull, plain, record, some, textOr, when } from "./shapes.ts";

let itemShape: Shape | undefined;

/** Built at the first use: a program that checks nothing starts without them, and its bundle leaves them out. */
function shapeOfItem(): Shape {
  return (itemShape ??= buildItem());
}

/** The shape of the known types. Unknown types and unknown fields pass. */
function buildItem(): Shape {
  const anyText = plain("string");
  const other = fields({ type: anyText });
  const part = byKind("type", { input_text: fields({ text: anyText }) }, other);
  const said = fields({ content: textOr(list(part)) });
  const message = byKind("role", { user: said, assistant: said, system: said, developer: said });
  const output = fields({ call_id: anyText, output: textOr(some(part)) });
  const item = byKind(
    "type",
    {
      message,
      function_call: fields({ call_id: anyText, name: anyText, arguments: anyText }),
      function_call_output: output,
      custom_tool_call_output: output,
      item_reference: fields({ id: anyText }),
    },
    other,
  );
  return when(({ type, role }) => type == null && role !== undefined, message, item);
}

/** The shapes of what the API takes back of its own answers. Unknown types and unknown fields pass. */
interface AnswerShapes {
  item: Shape;
  annotation: Shape;
  logprob: Shape;
}

let answers: AnswerShapes | undefined;

function answerShapes(): AnswerShapes {
  return (answers ??= buildAnswers());
}

/** The rules of OpenAI's description of its API, as far as an item's fields are concerned. */
function buildAnswers(): AnswerShapes {
  const text = plain("string");
  const number = plain("number");
  const object = record();
  const present = custom((value) => value !== undefined);
  const id = custom((value) => typeof value === "string" && value !== "");
  const callId = custom((value) => typeof value === "string" && value !== "" && value.length <= LONGEST_ID);
  const other = fields({ type: id });
  const maybe = (shape: Shape): GenericSchema => optional(orNull(shape) as GenericSchema);
  const maybeText = maybe(text);
  const status = oneOf("in_progress", "completed", "incomplete");
  const caller = maybe(byKind("type", { program: fields({ caller_id: callId }), direct: object }));
  const output = textOr(some(other));
  const result = fields({ call_id: callId, output, status: maybe(status), caller });
  const action = byKind(
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
  const computer = { id, call_id: callId, status };
  const file = { file_id: text, filename: text };
  const range = { start_index: number, end_index: number };
  const logprob = { token: text, logprob: number, bytes: list(number) };
  const item = byKind(
    "type",
    {
      function_call_output: result,
      custom_tool_call_output: result,
      image_generation_call: fields({
        id,
        status: oneOf("in_progress", "completed", "generating", "failed"),
        result: orNull(text),
      }),
      web_search_call: fields({ id, status: oneOf("in_progress", "searching", "completed", "failed"), action }),
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
      computer_call: fields({
        ...computer,
        action: maybe(other),
        actions: maybe(list(other)),
        pending_safety_checks: list(fields({ id: text, code: maybeText, message: maybeText })),
      }),
      computer_call_output: fields({ call_id: callId, output: other }),
      local_shell_call: fields({ ...computer, action: fields({ type: text, command: list(text), env: object }) }),
      local_shell_call_output: fields({ id, output: text }),
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
      compaction: fields({ id: maybe(id), encrypted_content: text }),
      program: fields({ id, call_id: callId, code: text, fingerprint: text }),
      program_output: fields({ id, call_id: callId, result: text, status: oneOf("completed", "incomplete") }),
      tool_search_call: fields({
        id: maybe(id),
        call_id: maybe(callId),
        execution: optional(oneOf("server", "client") as GenericSchema),
        arguments: present,
        status: maybe(status),
      }),
      tool_search_output: fields({
        id: maybe(id),
        call_id: maybe(callId),
        execution: optional(oneOf("server", "client") as GenericSchema),
        tools: list(other),
        status: maybe(status),
      }),
      additional_tools: fields({ id: maybe(id), role: oneOf("developer"), tools: list(other) }),
      item_reference: fields({ id }),
    },
    other,
  );
  return {
    item,
    annotation: byKind(
      "type",
      {
        file_citation: fields({ ...file, index: number }),
        url_citation: fields({ ...range, url: text, title: text }),
        container_file_citation: fields({ ...file, ...range, container_id: text }),
        file_path: fields({ file_id: text, index: number }),
      },
      other,
    ),
    logprob: fields({ ...logprob, top_logprobs: list(fields(logprob)) }),
  };
}

/** Accepts a shape, but no list: without required fields a list has them all. */
function noList(shape: Shape): Shape {
  const none = nothing("an object");
  return lazy((value) => (Array.isArray(value) ? none : shape));
}

/** The longest id of a call that the API takes, in characters. */
const LONGEST_ID = 64;

/** Returns whether the API would take an item of an answer back. Items of types that are not known here pass. */
export function fitsItem(value: unknown): boolean {
  return fits(answerShapes().item, value);
}

/** Returns whether the API would take back a citation in a text of the model's. */
export function fitsAnnotation(value: unknown): boolean {
  return fits(answerShapes().annotation, value);
}

/** Returns whether the API would take back the log probability of a token. */
export function fitsLogprob(value: unknown): boolean {
  return fits(answerShapes().logprob, value);
}

/**
 * Checks one item of a response's input.
 *
 * @param root what it is called in an error
 * @throws InputError that names the path, what was expected and what was there
 */
export function checkItem(value: unknown, root: string): InputItem {
  return check(shapeOfItem(), value, root) as InputItem;
}

/**
 * Checks what a response is asked for with: a text, or a list of items.
 *
 * @throws InputError that names the path, what was expected and what was there
 */
export function checkInput(value: unknown): void {
  if (typeof value === "string") return;
  readable("input", () => {
    if (!Array.isArray(value)) throw wrong("input", "a text or a list of items", value);
    if (value.length === 0) throw new InputError("input", "at least one item", "an empty list");
    // forEach() would skip the holes of a sparse list.
    Array.from<unknown>(value).forEach((item, at) => checkItem(item, `input[${at}]`));
  });
}
