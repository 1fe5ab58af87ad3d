import { InputError } from "../errors.ts";
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
 * @throws InputError where the input is missing, no model is known, or a stream is asked for by its flag
 */
export function bodyOf(
  transport: Transport,
  endpoint: keyof EndpointModels,
  input: object,
  params: object | undefined,
): object {
  const given = defined(params) as { model?: unknown; stream?: unknown };
  for (const [name, value] of Object.entries(input))
    if (value == null) throw new InputError(name, "a value", String(value));
  if (given.stream) throw new InputError("params.stream", "the method whose name begins with stream", "stream: true");
  return { model: given.model ?? modelFor(transport, endpoint), ...input, ...given };
}
