/**
 * Builds the documentation as a site in docs/.vitepress/dist, and checks its links.
 *
 *     npm run docs             builds it, with the reference that is made from the doc comments
 *     npm run docs:dev         serves it while you write
 *     npm run docs:preview     serves what was built
 *
 * DOCS_BASE is the path of the site on its host, such as `/fetchat/`. Default: `/`.
 */
import { spawn } from "node:child_process";
import { checkSite } from "./lib/docs-links.ts";
import { writeReference } from "./lib/docs-reference.ts";
import { writeSources } from "./lib/docs-sources.ts";
import { bin, ROOT } from "./lib/paths.ts";

const [command = "build"] = process.argv.slice(2);
await writeReference();
await writeSources();
const code = await vitepress(command);
if (code !== 0) process.exit(code);
if (command === "build") {
  const faults = await checkSite(`${ROOT}/docs/.vitepress/dist`, process.env["DOCS_BASE"] ?? "/");
  for (const fault of faults) console.error(fault);
  console.log(faults.length === 0 ? "Every link of the site leads somewhere." : `${faults.length} faults.`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}

function vitepress(name: string): Promise<number> {
  return new Promise((resolve) => {
    spawn(bin("vitepress"), [name, "docs"], { cwd: ROOT, stdio: "inherit" }).on("close", (status) =>
      resolve(status ?? 1),
    );
  });
}
