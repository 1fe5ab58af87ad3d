/**
 * fetchat for Cloudflare Workers: `createClient({ env })` takes key and base URL from the bindings.
 *
 * @module
 */
export * from "../index.ts";
