import { expect, it } from "vitest";
import { anyAnswerLeavesAGoodSession } from "../support/responsesProperty.ts";

const runs = Number(process.env["FETCHAT_RUNS"] ?? 2_000);

it(
  "goes on after an answer with any JSON at any place: with a result or a typed error, and a next request that the API accepts",
  async () => {
    await expect(anyAnswerLeavesAGoodSession(runs)).resolves.toBeUndefined();
  },
  60_000 + runs * 60,
);
