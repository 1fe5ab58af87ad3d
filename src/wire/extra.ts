/**
 * Adds fields that the types do not know: a provider's own, or new ones of the API. The known fields stay checked, so a misspelt one still does
 * not compile. Works for params, messages, parts and declarations, wherever the type is clear from the place.
 *
 * @param known the fields that the types know
 * @param fields the others, sent as they are
 * @returns one object with both
 * @example
 * ```ts
 * await client.chat(messages, extra({ model: "x" }, { provider: { order: ["a"] } }));
 * ```
 */
export function extra<T extends object>(known: NoInfer<T>, fields: Readonly<Record<string, unknown>>): T {
  return { ...known, ...fields };
}
