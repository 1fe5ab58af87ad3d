import { array, boolean, literal, looseObject, number, optional, picklist, string } from "valibot";
import { check } from "./check.ts";

/**
 * Checks what a saved session knows besides its messages.
 *
 * @returns the same value
 * @throws InputError that names the path, what was expected and what was there
 */
export function checkSaved<T>(saved: T): T {
  const note = looseObject({ id: string(), state: picklist(["ready", "waiting", "approved", "rejected", "begun"]), reason: optional(string()) });
  const usage = optional(looseObject({}));
  const shape = looseObject({
    version: literal(1),
    calls: optional(array(note)),
    spent: optional(looseObject({ usage, steps: number(), time: number() })),
    items: optional(array(looseObject({}))),
    known: optional(looseObject({ id: optional(string()), at: number(), answered: number(), whole: boolean() })),
    turn: optional(looseObject({ steps: number(), usage, params: optional(looseObject({})) })),
  });
  check(shape, saved, "saved");
  return saved;
}
