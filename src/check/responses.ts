import { InputError } from "../errors.ts";
import { readable, wrong } from "../options.ts";
import type { InputItem } from "../wire/responses.ts";
import { check } from "./check.ts";
import type { Shape } from "./check.ts";
import { byKind, fields, list, plain, some, textOr, when } from "./shapes.ts";

let itemShape: Shape | undefined;

/** Returns the shape of an input item. It is built at the first use, so that a program that checks nothing starts without it. */
function shapeOfItem(): Shape {
  return (itemShape ??= buildItem());
}

/** Builds the shape of the known types. Unknown types and unknown fields pass. */
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
 * Checks a list of items.
 *
 * @param root what it is called in an error
 * @param expected what the error says that the list should be
 * @throws InputError that names the path, what was expected and what was there
 */
export function checkItems(value: unknown, root: string, expected = "a list of items"): void {
  readable(root, () => {
    if (!Array.isArray(value)) throw wrong(root, expected, value);
    if (value.length === 0) throw new InputError(root, "at least one item", "an empty list");
    // forEach() would skip the holes of a sparse list.
    Array.from<unknown>(value).forEach((item, at) => checkItem(item, `${root}[${at}]`));
  });
}

/**
 * Checks what a response is asked for with: a text, or a list of items.
 *
 * @throws InputError that names the path, what was expected and what was there
 */
export function checkInput(value: unknown): void {
  if (typeof value !== "string") checkItems(value, "input", "a text or a list of items");
}
