import { it } from "vitest";
import { checkAnyAnswer } from "./sessionAnswers.ts";

const runs = Number(process.env["FETCHAT_RUNS"] ?? 2_000);

it(
  "after any answer the history passes all checks, restores from JSON, and the next request is valid",
  { timeout: 60_000 + runs * 100 },
  async () => {
    await checkAnyAnswer(runs);
  },
);
