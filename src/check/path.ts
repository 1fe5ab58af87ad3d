/** Names and places, from the outside in, as an error says them: `.list[1].name`. */
export function pathOf(parts: readonly unknown[] | undefined): string {
  const keys = (parts ?? []).map((part) => (part as { key?: unknown } | null)?.key ?? part);
  return keys.map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`)).join("");
}
