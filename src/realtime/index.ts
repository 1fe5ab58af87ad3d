/**
 * Ephemeral keys, with which a page talks to the Realtime API itself. The function takes a client or another connection.
 *
 * @example
 * ```ts
 * import { createClient } from "fetchat";
 * import { createClientSecret } from "fetchat/realtime";
 *
 * const client = createClient({ apiKey: process.env.OPENAI_API_KEY });
 * const secret = await createClientSecret(client, { session: { type: "realtime", model: "gpt-realtime-2.1" } });
 * ```
 *
 * @module
 */
export { createClientSecret } from "../endpoints/realtime.ts";
export type * from "../endpoints/realtime.ts";
