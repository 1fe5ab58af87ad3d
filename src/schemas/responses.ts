import { InputError } from "../errors.ts";
import type { InputItem } from "../types/responses.ts";
import { check } from "./check.ts";
import type { Shape } from "./check.ts";
import { byKind, fields, list, plain, some, textOr, when } from "./shapes.ts";

/** The shapes of the known types. Unknown types and unknown fields pass. */
interface Shapes {
  item: Shape;
  toolList: Shape;
}

let built: Shapes | undefined;

/** Built at the first use: a program that checks nothing starts without them, and its bundle leaves them out. */
function shapes(): Shapes {
  return (built ??= build());
}

function build(): Shapes {
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
  const named = fields({ name: anyText });
  const nested = fields({ function: named });
  return {
    item: when(({ type, role }) => type == null && role !== undefined, message, item),
    toolList: list(byKind("type", { function: when((tool) => "function" in tool, nested, named) }, other)),
  };
}

/**
 * Checks one item of a response's input.
 *
 * @param root what it is called in an error
 * @throws InputError that names the path, what was expected and what was there
 */
export function checkItem(value: unknown, root: string): InputItem {
  return check(shapes().item, value, root) as InputItem;
}

/**
 * Checks what a response is asked for with: a text, or a list of items.
 *
 * @throws InputError that names the path, what was expected and what was there
 */
export function checkInput(value: unknown): void {
  if (typeof value === "string") return;
  if (!Array.isArray(value))
    throw new InputError("input", "a text or a list of items", value === null ? "null" : typeof value);
  if (value.length === 0) throw new InputError("input", "at least one item", "an empty list");
  value.forEach((item, at) => checkItem(item, `input[${at}]`));
}

/**
 * Checks the declarations of tools, flat as the Responses API has them or nested as chat has them.
 *
 * @throws InputError
 */
export function checkResponseTools(tools: unknown): void {
  if (tools !== undefined) check(shapes().toolList, tools, "tools");
}
