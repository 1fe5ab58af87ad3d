import { bin } from "../../scripts/lib/paths.ts";
import { run } from "../../scripts/lib/run.ts";
import { writeAgent } from "./entry.ts";
import { oneColumn, readResults, type Runner } from "./runner.ts";

/** Deno from its npm package, with permission for the server only. */
export const deno: Runner = oneColumn({
  name: "deno",
  missing: async () =>
    (await run(bin("deno"), ["--version"])).code === 0 ? undefined : "the npm package deno is not installed",
  version: async () => (await run(bin("deno"), ["--version"])).stdout.split(/\s/)[1] ?? "",
  async run(server, job) {
    const args = [
      "run",
      "--no-prompt",
      "--no-check",
      `--allow-net=127.0.0.1:${server.port}`,
      await writeAgent("deno", server, job),
    ];
    const { stdout, stderr, code } = await run(bin("deno"), args);
    return readResults(stdout, stderr, code);
  },
});
