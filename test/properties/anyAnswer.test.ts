import { expect, it } from "vitest";
import { anyAnswer } from "./anyAnswer.ts";

const RUNS = Number(process.env["FETCHAT_RUNS"] ?? 3_000);
const SEED = Number(process.env["FETCHAT_SEED"] ?? 1);

it(
  "an answer with any JSON in the place of any field gives a result or one of our errors",
  { timeout: 60_000 + RUNS * 40 },
  async () => {
    expect(await anyAnswer(RUNS, SEED)).toEqual([]);
  },
);
