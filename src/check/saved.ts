import { optional } from "valibot";
import { fieldsOf } from "../wire/read.ts";
import { check } from "./check.ts";
import { count, fields, list, oneOf, plain } from "./shapes.ts";

/** How deep usage is nested at most: details of details. */
const DEEPEST = 4;

/**
 * Checks what a saved session knows besides its messages. A negative count would outwit a budget.
 *
 * @returns the same value
 * @throws InputError that names the path, what was expected and what was there
 */
export function checkSaved<T>(saved: T): T {
  const text = plain("string");
  const number = count();
  const object = fields({});
  const note = fields({
    id: text,
    state: oneOf("ready", "waiting", "approved", "rejected", "begun"),
    reason: optional(text),
  });
  const usage = optional(object);
  const shape = fields({
    version: oneOf(1),
    calls: optional(list(note)),
    spent: optional(fields({ usage, steps: number, time: number })),
    items: optional(list(object)),
    known: optional(fields({ id: optional(text), at: number, answered: number, whole: plain("boolean") })),
    turn: optional(fields({ steps: number, usage, params: optional(object) })),
  });
  check(shape, saved, "saved");
  const { spent, turn } = saved as { spent?: { usage?: unknown }; turn?: { usage?: unknown } };
  checkCounts(spent?.usage, "saved.spent.usage", DEEPEST);
  checkCounts(turn?.usage, "saved.turn.usage", DEEPEST);
  return saved;
}

function checkCounts(usage: unknown, path: string, left: number): void {
  for (const [name, value] of Object.entries(fieldsOf(usage) ?? {})) {
    if (value === undefined || (name === "estimated" && value === true)) continue;
    const place = `${path}.${name}`;
    if (fieldsOf(value) && left > 0) checkCounts(value, place, left - 1);
    else check(count(), value, place);
  }
}
