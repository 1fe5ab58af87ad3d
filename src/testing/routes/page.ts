import type { RecordedRequest } from "../types.ts";

/** The page of a list that a request asks for, the last first unless it says otherwise. */
export function pageOf<Item extends { readonly id?: unknown }>(list: readonly Item[], { query }: RecordedRequest, usualLimit: string): Readonly<Record<string, unknown>> {
  const { after, order, limit = usualLimit } = query;
  const sorted = order === "asc" ? list : [...list].reverse();
  const from = after === undefined ? 0 : sorted.findIndex(({ id }) => id === after) + 1;
  const data = sorted.slice(from, from + Number(limit));
  return { object: "list", data, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null, has_more: from + data.length < sorted.length };
}
