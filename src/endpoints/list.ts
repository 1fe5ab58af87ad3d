import { send, settingsOf } from "../http/connection.ts";
import { attachInfo } from "../http/info.ts";
import type { RequestOptions, Connection } from "../http/connection.ts";
import { fieldOf, fieldsOf, stringOf } from "../wire/read.ts";
import { checkCall } from "./arguments.ts";
import { anyCall, readJSON, withMethod, wrongAnswer } from "./request.ts";
import type { ExpectedAnswer } from "./request.ts";

/** The confirmation of a deletion. */
export interface Deleted {
  /** The id that it had. */
  id: string;
  /** The object type of the deleted item. */
  object: string;
  /** `true` if it was deleted. */
  deleted: boolean;
}

/** A list, as the API sends it. */
export interface List<T> {
  /** The object type: `"list"`. */
  object?: string | undefined;
  /** The items of this page. */
  data: T[];
  /** Id of the first item. */
  first_id?: string | null | undefined;
  /** Id of the last item. Pass it as `after` to request the next page. */
  last_id?: string | null | undefined;
  /** `true` if there is another page. */
  has_more?: boolean | undefined;
}

/** One page of a list. A loop over it (`for await`) yields its items, and then those of the following pages. */
export interface Page<T> extends List<T>, AsyncIterable<T> {}

/** The expectation of an answer with a list. */
export const LIST: ExpectedAnswer = { expected: "a list", test: ({ data }) => Array.isArray(data) };

/**
 * Requests any list of the API.
 *
 * @param path path below the base URL
 * @param params the query. `after` is the id of the item before the page
 * @returns the first page. A loop over it (`for await`) requests the other pages when it reaches them
 * @throws APIError, ConnectionError, TimeoutError, InputError, or the abort; the loop too
 */
export async function listPages<T extends { id: string }>(
  connection: Connection,
  path: string,
  params?: object,
  options?: RequestOptions,
): Promise<Page<T>> {
  checkCall(connection, params, options);
  const exchange = await send(connection, anyCall(path, params, withMethod("GET", options)));
  const body = await readJSON<unknown>(exchange, settingsOf(connection).limits.answer);
  // Some providers send a bare list.
  const sent = Array.isArray(body) ? { object: "list", data: body } : (fieldsOf(body) ?? {});
  const data: unknown = fieldOf(sent, "data") ?? [];
  if ((body !== undefined && !Array.isArray(body) && !fieldsOf(body)) || !Array.isArray(data))
    throw wrongAnswer(exchange.info, "a list", body);
  const answer: object = { ...sent, data };
  const page = answer as Page<T>;

  async function* items(): AsyncGenerator<T, void> {
    const seen = new Set<string>();
    for (let at = page; ;) {
      yield* at.data;
      const after = stringOf(at, "last_id") ?? stringOf(at.data.at(-1), "id");
      // A server that gives the same page again, or pages without items, would be asked for ever.
      if (at.has_more !== true || at.data.length === 0 || after === undefined || seen.has(after)) return;
      seen.add(after);
      at = await listPages<T>(connection, path, { ...params, after }, options);
    }
  }
  return attachInfo(Object.defineProperty(page, Symbol.asyncIterator, { value: items }), exchange.info);
}
