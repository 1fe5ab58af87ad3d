import { run } from "../../scripts/lib/run.ts";
import { writeAgent } from "./entry.ts";
import { readResults, type Runner } from "./runner.ts";

/** Node, by the path of its program: another version is another runner. */
export function nodeRunner(name: string, program: string): Runner {
  return {
    name,
    missing: async () => ((await run(program, ["--version"])).code === 0 ? undefined : `${program} does not start`),
    version: async () => (await run(program, ["--version"])).stdout.trim().replace(/^v/, ""),
    async run(job) {
      const { stdout, stderr, code } = await run(program, ["--disable-warning=ExperimentalWarning", await writeAgent(name, job)]);
      return readResults(stdout, stderr, code);
    },
  };
}
