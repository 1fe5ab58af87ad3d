/**
 * fetchat for browsers: a visitor's own key, or a relay that keeps the key on the server.
 *
 * @module
 */
export * from "../index.ts";
