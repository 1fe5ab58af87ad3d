/** Names and places, from the outside in, as an error says them: `.list[1].name`. */
export function pathOf(parts: readonly unknown[] | undefined): string {
  return (parts ?? [])
    .map((part) => (typeof part === "object" && part !== null && "key" in part ? part.key : part))
    .map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`))
    .join("");
}
