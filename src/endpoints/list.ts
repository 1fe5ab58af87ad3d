import { attachInfo } from "../http/info.ts";
import type { RequestOptions, Connection } from "../http/connection.ts";
import { fieldOf, fieldsOf, stringOf } from "../wire/read.ts";
import { checkCall } from "./arguments.ts";
import { anyCall, readJSON, withMethod, wrongAnswer } from "./request.ts";

/** What is left of a deleted thing. */
export interface Deleted {
  /** The id that it had. */
  id: string;
  /** What it was. */
  object: string;
  /** Whether it is gone. */
  deleted: boolean;
}

/** One page of a list, as the API sends it. Looping over it gives its items, and then those of the pages after it. */
export interface Page<T> extends AsyncIterable<T> {
  /** What this is: `"list"`. */
  object?: string | undefined;
  /** The items of this page. */
  data: T[];
  /** The id of the first of them. */
  first_id?: string | null | undefined;
  /** The id of the last of them: what `after` takes, for the next page. */
  last_id?: string | null | undefined;
  /** Whether there is a page after it. */
  has_more?: boolean | undefined;
}

/**
 * Any list of the API.
 *
 * @param path below the base URL
 * @param params the query; `after` is the id of the item that the page begins behind
 * @returns the first page; a loop over it (`for await`) asks for the others as it comes to them
 * @throws APIError, ConnectionError, TimeoutError, InputError, or the abort; the loop too
 */
export async function listPages<T extends { id: string }>(
  connection: Connection,
  path: string,
  params?: object,
  options?: RequestOptions,
): Promise<Page<T>> {
  checkCall(connection, params, options);
  const exchange = await connection.send(anyCall(path, params, withMethod("GET", options)));
  const body = await readJSON<unknown>(exchange, connection.settings.limits.answer);
  // Some providers send a bare list.
  const sent = Array.isArray(body) ? { object: "list", data: body } : (fieldsOf(body) ?? {});
  const data: unknown = fieldOf(sent, "data") ?? [];
  if ((body !== undefined && !Array.isArray(body) && !fieldsOf(body)) || !Array.isArray(data))
    throw wrongAnswer(exchange.info, "a list", body);
  const page = { ...sent, data } as unknown as Page<T>;

  async function* items(): AsyncGenerator<T, void> {
    const seen = new Set<string>();
    for (let at = page; ;) {
      yield* at.data;
      const after = stringOf(at, "last_id") ?? stringOf(at.data.at(-1), "id");
      // A server that gives the same page again would be asked for ever.
      if (!at.has_more || after === undefined || seen.has(after)) return;
      seen.add(after);
      at = await listPages<T>(connection, path, { ...params, after }, options);
    }
  }
  return attachInfo(Object.defineProperty(page, Symbol.asyncIterator, { value: items }), exchange.info);
}
