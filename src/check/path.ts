import { fieldOf } from "../wire/read.ts";

/** Returns keys and indices, from the outside in, as a path for an error: `.list[1].name`. */
export function pathOf(parts: readonly unknown[] | undefined): string {
  const keys = (parts ?? []).map((part) => fieldOf(part, "key") ?? part);
  return keys.map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`)).join("");
}
