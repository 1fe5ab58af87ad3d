import { ROOT } from "../../scripts/lib/paths.ts";
import { run } from "../../scripts/lib/run.ts";
import { writeAgent } from "./entry.ts";
import { oneColumn, readResults, type Runner } from "./runner.ts";

/** Node from a development dependency; every version is a runner of its own. It starts by path, independent of PATH. */
export function nodeRunner(name: string, dependency: string): Runner {
  const program = `${ROOT}/node_modules/${dependency}/bin/node`;
  return oneColumn({
    name,
    missing: async () =>
      (await run(program, ["--version"])).code === 0 ? undefined : `the npm package ${dependency} is not installed`,
    version: async () => (await run(program, ["--version"])).stdout.trim().replace(/^v/, ""),
    async run(server, job) {
      const { stdout, stderr, code } = await run(program, [
        "--disable-warning=ExperimentalWarning",
        await writeAgent(name, server, job),
      ]);
      return readResults(stdout, stderr, code);
    },
  });
}
