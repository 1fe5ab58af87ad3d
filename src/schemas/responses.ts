import { array, check as rule, literal, looseObject, minLength, picklist, pipe, string, union } from "valibot";
import type { GenericSchema } from "valibot";
import { InputError } from "../errors.ts";
import type { InputItem } from "../types/responses.ts";
import { check } from "./check.ts";

/** The shapes of the known types. Unknown types and unknown fields pass. Typed so that no public type knows the library behind it. */
interface Shapes {
  items: Readonly<Record<string, GenericSchema<unknown, unknown>>>;
  anyItem: GenericSchema<unknown, unknown>;
  toolList: GenericSchema<unknown, unknown>;
}

let built: Shapes | undefined;

/** Built at the first use: a program that checks nothing starts without them, and its bundle leaves them out. */
function shapes(): Shapes {
  return built ??= build();
}

function build(): Shapes {
  const text = string();
  const part = pipe(
    looseObject({ type: text }),
    rule(({ type, text }) => type !== "input_text" || typeof text === "string", "a text"),
  );
  const parts = pipe(array(part), minLength(1));
  const output = looseObject({ call_id: text, output: union([text, parts]) });

  const items = {
    message: looseObject({ role: picklist(["user", "assistant", "system", "developer"]), content: union([text, array(part)]) }),
    function_call: looseObject({ call_id: text, name: text, arguments: text }),
    function_call_output: output,
    custom_tool_call_output: output,
    item_reference: looseObject({ id: text }),
  };
  const anyItem = looseObject({ type: text });
  const toolList = array(
    union([
      looseObject({ type: literal("function"), name: text }),
      looseObject({ type: literal("function"), function: looseObject({ name: text }) }),
      looseObject({ type: pipe(text, rule((type) => type !== "function", "a tool declaration")) }),
    ]),
  );
  return { items, anyItem, toolList };
}

/**
 * Checks one item of a response's input.
 *
 * @param root what it is called in an error
 * @throws InputError that names the path, what was expected and what was there
 */
export function checkItem(value: unknown, root: string): InputItem {
  const { type, role } = (value ?? {}) as Record<string, unknown>;
  const kind = type ?? (role === undefined ? undefined : "message");
  const { items, anyItem } = shapes();
  const shape = typeof kind === "string" && Object.hasOwn(items, kind) ? items[kind] : undefined;
  return check(shape ?? anyItem, value, root) as InputItem;
}

/**
 * Checks what a response is asked for with: a text, or a list of items.
 *
 * @throws InputError that names the path, what was expected and what was there
 */
export function checkInput(value: unknown): void {
  if (typeof value === "string") return;
  if (!Array.isArray(value)) throw new InputError("input", "a text or a list of items", value === null ? "null" : typeof value);
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
