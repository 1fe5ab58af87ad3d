import { expect, it } from "vitest";
import { conversationsSurviveChanges } from "./twoAPIs.ts";

/** Ten turns each. */
const runs = Number(process.env["FETCHAT_RUNS"] ?? 150);

it(
  "conversations survive any change of API, service, key and model, and services that forget and mistrust",
  async () => {
    expect(await conversationsSurviveChanges(runs)).toBe(runs * 10);
  },
  60_000 + runs * 300,
);
