import type { RequestOptions, Connection } from "../http/connection.ts";
import { checkCall } from "./arguments.ts";
import { listPages } from "./list.ts";
import type { Page } from "./list.ts";
import { anyCall, ask, pathPart } from "./request.ts";

/** A model that the key may use. */
export interface Model {
  /** The model's id, for the param `model`. */
  id: string;
  /** The object type. */
  object: "model";
  /** Unix time of the model, in seconds. */
  created: number;
  /** The owner of the model. */
  owned_by: string;
  /** The day on which it will be shut down, as `YYYY-MM-DD`; null if none is announced. */
  shutdown_date?: string | null | undefined;
}

/**
 * Lists the models. `GET /models`, https://platform.openai.com/docs/api-reference/models/list
 *
 * @throws APIError, ConnectionError, TimeoutError, or the abort
 */
export async function models(connection: Connection, params?: object, options?: RequestOptions): Promise<Page<Model>> {
  return listPages<Model>(connection, "/models", params, options);
}

/**
 * Returns a model. `GET /models/{model}`, https://platform.openai.com/docs/api-reference/models/retrieve
 *
 * @throws APIError (404 where there is none), ConnectionError, TimeoutError, InputError, or the abort
 */
export async function model(connection: Connection, id: string, options?: RequestOptions): Promise<Model> {
  checkCall(connection, undefined, options);
  return ask<Model>(connection, anyCall(`/models/${pathPart("id", id)}`, undefined, options));
}
