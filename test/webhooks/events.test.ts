import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { ROOT } from "../../scripts/lib/paths.ts";
import type { WebhookEvent } from "../../src/webhooks/index.ts";

/** The fields that the types promise in an event's data. The compiler checks types and names. */
const DATA: { [Type in WebhookEvent["type"]]: readonly (keyof Extract<WebhookEvent, { type: Type }>["data"])[] } = {
  "response.completed": ["id"],
  "response.failed": ["id"],
  "response.incomplete": ["id"],
  "response.cancelled": ["id"],
  "batch.completed": ["id"],
  "batch.failed": ["id"],
  "batch.expired": ["id"],
  "batch.cancelled": ["id"],
  "fine_tuning.job.succeeded": ["id"],
  "fine_tuning.job.failed": ["id"],
  "fine_tuning.job.cancelled": ["id"],
  "eval.run.succeeded": ["id"],
  "eval.run.failed": ["id"],
  "eval.run.canceled": ["id"],
  "realtime.call.incoming": ["call_id", "sip_headers"],
  "live.call.incoming": ["session_id", "sip_headers"],
};

it("the types of webhook events, and what their data has, are those of OpenAI's description", () => {
  const { webhooks } = JSON.parse(readFileSync(`${ROOT}/test/data/openapi-requests.json`, "utf8")) as {
    webhooks: Record<string, string[]>;
  };
  expect(DATA).toEqual(webhooks);
});
