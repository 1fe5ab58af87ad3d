/**
 * A request handler that keeps the key on the server.
 *
 * @example
 * ```ts
 * import { createRelay } from "fetchat/relay";
 *
 * export default {
 *   fetch(request, env) {
 *     return createRelay({ apiKey: env.OPENAI_API_KEY, token: env.RELAY_TOKEN })(request);
 *   },
 * } satisfies ExportedHandler<Env>;
 * ```
 *
 * @module
 */
export { createRelay } from "./relay.ts";
export type { RelayOptions } from "./options.ts";
export { HEADERS_WAIT, HEARTBEAT, isLoopback, LOOPBACK_HOSTS, MAX_BODY, RELAY_PATHS } from "./options.ts";
