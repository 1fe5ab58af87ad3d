import { modelFor } from "../http/models.ts";
import type { EndpointModels } from "../http/models.ts";
import type { Transport } from "../http/transport.ts";

/** Without what is undefined, so that it hides no default. */
export function defined(params: object | undefined): object {
  return Object.fromEntries(Object.entries(params ?? {}).filter(([, value]) => value !== undefined));
}

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
