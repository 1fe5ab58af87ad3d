import { optional } from "valibot";
import { check } from "./check.ts";
import { fields, list, oneOf, plain } from "./shapes.ts";

/**
 * Checks what a saved session knows besides its messages.
 *
 * @returns the same value
 * @throws InputError that names the path, what was expected and what was there
 */
export function checkSaved<T>(saved: T): T {
  const text = plain("string");
  const number = plain("number");
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
  return saved;
}
