/**
 * A request handler that keeps the key on the server.
 *
 * @module
 */
export { createRelay } from "./relay.ts";
export type { RelayOptions } from "./options.ts";
export { HEADERS_WAIT, HEARTBEAT, isLoopback, LOOPBACK_HOSTS, MAX_BODY, RELAY_PATHS } from "./options.ts";
