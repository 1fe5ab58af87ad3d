import { modelFor } from "../http/models.ts";
import type { EndpointModels } from "../http/models.ts";
import { defined } from "../wire/read.ts";
import type { Transport } from "../http/transport.ts";

/**
 * A request's body: the endpoint's model, the input, and the params over them.
 *
 * @throws InputError where no model is known
 */
export function bodyOf(
  transport: Transport,
  endpoint: keyof EndpointModels,
  input: object,
  params: object | undefined,
): object {
  const given = defined(params) as { model?: unknown };
  return { model: given.model ?? modelFor(transport, endpoint), ...input, ...given };
}
