import { bin } from "../../scripts/lib/paths.ts";
import { run } from "../../scripts/lib/run.ts";
import { writeAgent } from "./entry.ts";
import { oneColumn, readResults, type Runner } from "./runner.ts";

/** Bun from its npm package. */
export const bun: Runner = oneColumn({
  name: "bun",
  missing: async () =>
    (await run(bin("bun"), ["--version"])).code === 0 ? undefined : "the npm package bun is not installed",
  version: async () => (await run(bin("bun"), ["--version"])).stdout.trim(),
  async run(server, job) {
    const { stdout, stderr, code } = await run(bin("bun"), [await writeAgent("bun", server, job)]);
    return readResults(stdout, stderr, code);
  },
});
