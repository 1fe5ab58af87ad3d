/**
 * Webhooks: verifies that a request comes from OpenAI, and reads its event.
 *
 * @example
 * ```ts
 * import { verifyWebhook } from "fetchat/webhooks";
 *
 * Deno.serve(async (request) => {
 *   const { event } = await verifyWebhook(request, Deno.env.get("OPENAI_WEBHOOK_SECRET"));
 *   if (event.type === "response.completed") console.log(event.data.id);
 *   return new Response(null, { status: 204 });
 * });
 * ```
 *
 * @module
 */
export { verifyWebhook } from "./verify.ts";
export type { VerifyOptions, Webhook } from "./verify.ts";
export { WebhookError } from "./error.ts";
export type { WebhookFault } from "./error.ts";
export type * from "./events.ts";
