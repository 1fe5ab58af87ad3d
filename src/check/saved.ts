import { optional } from "valibot";
import { fieldOf, fieldsOf } from "../wire/read.ts";
import { check } from "./check.ts";
import { count, fields, list, oneOf, plain, record } from "./shapes.ts";

/** The deepest nesting of usage: details of details. */
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
  const object = record();
  const note = fields({
    id: text,
    state: oneOf("ready", "waiting", "approved", "rejected", "begun"),
    reason: optional(text),
  });
  const usage = optional(object);
  const background = optional(fields({ id: optional(text), after: optional(number) }));
  const shape = fields({
    version: oneOf(1),
    calls: optional(list(note)),
    spent: optional(record()),
    turn: optional(fields({ steps: number, usage, params: optional(object), background })),
  });
  check(shape, saved, "saved");
  const { spent, turn } = saved as { spent?: unknown; turn?: { usage?: unknown } };
  if (spent !== undefined) checkSpent(spent, "saved.spent");
  checkCounts(turn?.usage, "saved.turn.usage", DEEPEST);
  return saved;
}

/**
 * Checks what was spent. A negative count, or what is none, would outwit a budget.
 *
 * @param root what it is called in an error
 * @throws InputError that names the path, what was expected and what was there
 */
export function checkSpent(spent: unknown, root: string): void {
  const shape = fields({ usage: optional(record()), steps: count(), time: count() });
  check(shape, spent, root);
  checkCounts(fieldOf(spent, "usage"), `${root}.usage`, DEEPEST);
}

function checkCounts(usage: unknown, path: string, left: number): void {
  for (const [name, value] of Object.entries(fieldsOf(usage) ?? {})) {
    if (value === undefined || (name === "estimated" && value === true)) continue;
    const place = `${path}.${name}`;
    if (fieldsOf(value) && left > 0) checkCounts(value, place, left - 1);
    else check(count(), value, place);
  }
}
