import { settingsOf } from "../http/connection.ts";
import { modelFor } from "../http/models.ts";
import type { EndpointModels } from "../http/models.ts";
import { defined } from "../wire/read.ts";
import type { Connection } from "../http/connection.ts";

/**
 * A request's body: the endpoint's model, the input, and the params over them.
 *
 * @throws InputError where no model is known
 */
export function bodyOf(
  connection: Connection,
  endpoint: keyof EndpointModels,
  input: object,
  params: object | undefined,
): object {
  const given = defined(params);
  const model: unknown = Reflect.get(given, "model");
  return { model: model ?? modelFor(settingsOf(connection), endpoint), ...input, ...given };
}
