import { checkItems } from "../check/responses.ts";
import type { Connection, RequestOptions } from "../http/connection.ts";
import { anObject } from "../options.ts";
import { defined } from "../wire/read.ts";
import type { InputItem } from "../wire/responses.ts";
import type { ResponseInclude } from "../wire/vocabulary.ts";
import { checkCall } from "./arguments.ts";
import { LIST, listPages } from "./list.ts";
import type { Deleted, List, Page } from "./list.ts";
import { anyCall, jsonCall, pathPart, queryOf, requestObject, withId, withMethod } from "./request.ts";

/** A conversation that the API keeps. Pass its id as `conversation` to `createResponse()` or `responses()`. */
export interface ConversationObject {
  /** The conversation's id. */
  id: string;
  /** The object type. */
  object: "conversation";
  /** Unix time of its creation, in seconds. */
  created_at: number;
  /** Your own notes. */
  metadata: Record<string, string> | null;
}

/** An item of a conversation. */
export type ConversationItem = InputItem & { id: string };

/** Params of a new conversation. */
export interface CreateConversationParams {
  /** The first items, up to 20. */
  items?: readonly InputItem[] | null | undefined;
  /** Up to 16 notes of your own; names of up to 64 characters, values of up to 512. */
  metadata?: Record<string, string> | null | undefined;
}

/** Params of a change of a conversation. */
export interface UpdateConversationParams {
  /** The notes in place of the present ones: names of up to 64 characters, values of up to 512. */
  metadata: Record<string, string> | null;
}

/** Params of a request for items. */
export interface ConversationItemParams {
  /** Additional contents of the items. */
  include?: readonly ResponseInclude[] | undefined;
}

/** Params of a list of a conversation's items. */
export interface ConversationItemsParams extends ConversationItemParams {
  /** Items per page, 1 to 100. @default 20 */
  limit?: number | undefined;
  /** The API's default is `"desc"`, the newest first. */
  order?: "asc" | "desc" | undefined;
  /** The id of the item before the page. */
  after?: string | undefined;
}

const CONVERSATION = withId("a conversation");

const pathOf = (id: unknown): string => `/conversations/${pathPart("id", id)}`;
const itemPathOf = (id: unknown, itemId: unknown): string => `${pathOf(id)}/items/${pathPart("itemId", itemId)}`;

/**
 * Creates a conversation. `POST /conversations`, https://platform.openai.com/docs/api-reference/conversations/create
 *
 * @throws APIError, ConnectionError, TimeoutError, InputError, or the abort
 * @example
 * ```ts
 * const { id } = await createConversation(client, { metadata: { user: "42" } });
 * const chat = client.newChatSession({ api: responses({ conversation: id }) });
 * await chat.send("Name three rivers.");
 * ```
 */
export async function createConversation(
  connection: Connection,
  params?: CreateConversationParams,
  options?: RequestOptions,
): Promise<ConversationObject> {
  checkCall(connection, params, options);
  if (params?.items != null) checkItems(params.items, "params.items");
  return requestObject<ConversationObject>(
    connection,
    jsonCall("/conversations", defined(params), options),
    CONVERSATION,
  );
}

/**
 * Returns a conversation, without its items. `GET /conversations/{conversation_id}`,
 * https://platform.openai.com/docs/api-reference/conversations/retrieve
 *
 * @throws APIError (404 where there is none), ConnectionError, TimeoutError, InputError, or the abort
 */
export async function conversation(
  connection: Connection,
  id: string,
  options?: RequestOptions,
): Promise<ConversationObject> {
  checkCall(connection, undefined, options);
  return requestObject<ConversationObject>(connection, anyCall(pathOf(id), undefined, options), CONVERSATION);
}

/**
 * Replaces the notes of a conversation. `POST /conversations/{conversation_id}`,
 * https://platform.openai.com/docs/api-reference/conversations/update
 *
 * @throws APIError (404 where there is none), ConnectionError, TimeoutError, InputError, or the abort
 */
export async function updateConversation(
  connection: Connection,
  id: string,
  params: UpdateConversationParams,
  options?: RequestOptions,
): Promise<ConversationObject> {
  checkCall(connection, params ?? null, options);
  if (params.metadata !== null) anObject(params.metadata, "params.metadata");
  return requestObject<ConversationObject>(connection, jsonCall(pathOf(id), params, options), CONVERSATION);
}

/**
 * Deletes a conversation. Its items are not deleted. `DELETE /conversations/{conversation_id}`,
 * https://platform.openai.com/docs/api-reference/conversations/delete
 *
 * @throws APIError (404 where there is none), ConnectionError, TimeoutError, InputError, or the abort
 */
export async function deleteConversation(
  connection: Connection,
  id: string,
  options?: RequestOptions,
): Promise<Deleted> {
  checkCall(connection, undefined, options);
  const call = anyCall(pathOf(id), undefined, withMethod("DELETE", options));
  return requestObject<Deleted>(connection, call, withId("a deletion"));
}

/**
 * Adds items to a conversation without asking the model. `POST /conversations/{conversation_id}/items`,
 * https://platform.openai.com/docs/api-reference/conversations/create-item
 *
 * @param items up to 20 items
 * @returns the added items
 * @throws APIError (404 where there is none), ConnectionError, TimeoutError, InputError, or the abort
 */
export async function createConversationItems(
  connection: Connection,
  id: string,
  items: readonly InputItem[],
  params?: ConversationItemParams,
  options?: RequestOptions,
): Promise<List<ConversationItem>> {
  checkCall(connection, params, options, { input: "items" });
  checkItems(items, "items");
  const path = `${pathOf(id)}/items${queryOf(params ?? {})}`;
  return requestObject<List<ConversationItem>>(connection, jsonCall(path, { items }, options, "items"), LIST);
}

/**
 * Lists the items of a conversation. `GET /conversations/{conversation_id}/items`,
 * https://platform.openai.com/docs/api-reference/conversations/list-items
 *
 * @returns the first page; a loop over it gives the items of all pages
 * @throws APIError (404 where there is none), ConnectionError, TimeoutError, InputError, or the abort
 */
export async function conversationItems(
  connection: Connection,
  id: string,
  params?: ConversationItemsParams,
  options?: RequestOptions,
): Promise<Page<ConversationItem>> {
  return listPages<ConversationItem>(connection, `${pathOf(id)}/items`, params, options);
}

/**
 * Returns one item of a conversation. `GET /conversations/{conversation_id}/items/{item_id}`,
 * https://platform.openai.com/docs/api-reference/conversations/get-item
 *
 * @throws APIError (404 where there is none), ConnectionError, TimeoutError, InputError, or the abort
 */
export async function conversationItem(
  connection: Connection,
  id: string,
  itemId: string,
  params?: ConversationItemParams,
  options?: RequestOptions,
): Promise<ConversationItem> {
  checkCall(connection, params, options);
  const call = anyCall(itemPathOf(id, itemId), params, withMethod("GET", options));
  return requestObject<ConversationItem>(connection, call, withId("an item"));
}

/**
 * Deletes an item of a conversation. `DELETE /conversations/{conversation_id}/items/{item_id}`,
 * https://platform.openai.com/docs/api-reference/conversations/delete-item
 *
 * @returns the conversation
 * @throws APIError (404 where there is none), ConnectionError, TimeoutError, InputError, or the abort
 */
export async function deleteConversationItem(
  connection: Connection,
  id: string,
  itemId: string,
  options?: RequestOptions,
): Promise<ConversationObject> {
  checkCall(connection, undefined, options);
  const call = anyCall(itemPathOf(id, itemId), undefined, withMethod("DELETE", options));
  return requestObject<ConversationObject>(connection, call, CONVERSATION);
}
