/**
 * `npm run check`: the steps that every change must pass, one line per step, with the output of failed steps.
 *
 *     npm run check                  all steps, the tests last
 *     npm run check -- --no-tests    all steps but the tests
 *     npm run check -- types lint    only these steps
 */
import { existsSync, readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { stripVTControlCharacters } from "node:util";
import { weigh, weighTypes } from "./lib/budgets.ts";
import { buildIfStale } from "./lib/install.ts";
import { defaultModels, endingModels, shutdownDates, WARN_DAYS } from "./lib/shutdowns.ts";
import { bin, ROOT } from "./lib/paths.ts";
import { type Ran, run } from "./lib/run.ts";

interface Step {
  readonly name: string;
  readonly what: string;
  readonly run: () => Promise<Ran>;
}

const config = JSON.parse(readFileSync(`${ROOT}/deno.json`, "utf8")) as { exports: Record<string, string> };
const entries = Object.values(config.exports);
const command =
  (name: string, ...args: string[]) =>
  (): Promise<Ran> =>
    run(bin(name), args);

/** The longest step is the first, so that no other waits for it at the end. */
const steps: readonly Step[] = [
  { name: "lint", what: "eslint", run: command("eslint", ".", "--max-warnings=0") },
  { name: "types", what: "tsc, src without any platform's types", run: command("tsc", "-p", "tsconfig.json") },
  { name: "types-node", what: "tsc, tests and scripts", run: command("tsc", "-p", "tsconfig.node.json") },
  { name: "types-examples", what: "tsc, each example", run: examples },
  { name: "format", what: "prettier --check", run: command("prettier", "--check", ".") },
  { name: "budgets", what: "bytes, and what types cost", run: budgets },
  { name: "publint", what: "publint --strict", run: command("publint", "--strict") },
  {
    name: "attw",
    what: "are the types wrong, by any resolution",
    run: command("attw", "--pack", ".", "--ignore-rules", "cjs-resolves-to-esm", "--no-color", "--no-emoji"),
  },
  { name: "deno-check", what: "deno check", run: command("deno", "check", ...entries) },
  { name: "deno-doc", what: "deno doc --lint", run: command("deno", "doc", "--lint", ...entries) },
  {
    name: "deno-publish",
    what: "deno publish --dry-run",
    run: command("deno", "publish", "--dry-run", "--allow-dirty"),
  },
  { name: "docs", what: "the site, its reference and its links", run: () => run("npm", ["run", "docs"]) },
  { name: "models", what: "default models that end soon (warns)", run: models },
  { name: "lockfile", what: "npm ci --dry-run", run: () => run("npm", ["ci", "--dry-run", "--ignore-scripts"]) },
];

const words = process.argv.slice(2);
const chosen = words.filter((word) => !word.startsWith("--"));
const unknown = chosen.filter((name) => name !== "tests" && !steps.some((step) => step.name === name));
if (unknown.length > 0) {
  console.error(`Unknown: ${unknown.join(", ")}. There are: ${steps.map((step) => step.name).join(", ")}, tests.`);
  process.exit(2);
}

await buildIfStale();
const failed: string[] = [];
const queue = steps.filter((one) => chosen.length === 0 || chosen.includes(one.name));
await Promise.all([work(), work()]);
console.log(failed.length === 0 ? "All checks passed." : `Failed: ${failed.join(", ")}`);
if (failed.length > 0) process.exitCode = 1;
if (!words.includes("--no-tests") && (chosen.length === 0 || chosen.includes("tests"))) await tests();

/** Runs steps of the queue until it is empty. Two of these keep two cores busy. */
async function work(): Promise<void> {
  for (let step = queue.shift(); step !== undefined; step = queue.shift()) {
    const start = Date.now();
    const { code, stdout, stderr } = await step.run();
    const quick = `${((Date.now() - start) / 1000).toFixed(1)} s`;
    console.log(`${code === 0 ? "✓" : "✗"} ${step.name.padEnd(15)} ${step.what.padEnd(40)} ${quick}`);
    if (["budgets", "models"].includes(step.name) || code !== 0) console.log(indent(`${stdout}${stderr}`));
    if (code !== 0) failed.push(step.name);
  }
}

/** Runs the tests with their own output, whose last line has the totals. */
async function tests(): Promise<void> {
  const { spawn } = await import("node:child_process");
  const code = await new Promise<number>((resolve) => {
    spawn(process.execPath, [`${ROOT}/scripts/test.ts`], { cwd: ROOT, stdio: "inherit" }).on("close", (status) =>
      resolve(status ?? 1),
    );
  });
  if (code !== 0) process.exitCode = 1;
}

/** Type-checks the examples. Each has its own tsconfig.json with its platform's types. */
async function examples(): Promise<Ran> {
  const folders = existsSync(`${ROOT}/examples`) ? await readdir(`${ROOT}/examples`, { recursive: true }) : [];
  const projects = folders.filter((file) => /(^|\/)tsconfig[^/]*\.json$/.test(file) && !file.includes("node_modules"));
  const ran = await Promise.all(projects.map((project) => run(bin("tsc"), ["--noEmit", "-p", `examples/${project}`])));
  return {
    code: ran.some((one) => one.code !== 0) ? 1 : 0,
    stdout: ran.map((one) => one.stdout).join(""),
    stderr: ran.map((one) => one.stderr).join(""),
  };
}

/** Warns of models that shut down soon. scripts/tag.ts refuses a release because of them. */
function models(): Promise<Ran> {
  const ending = endingModels(defaultModels(), shutdownDates(), new Date(), WARN_DAYS);
  return Promise.resolve({ code: 0, stdout: ending.map((one) => `warning: ${one}`).join("\n"), stderr: "" });
}

async function budgets(): Promise<Ran> {
  const weighed = [...(await weigh()), ...(await weighTypes())];
  const lines = weighed.map(
    ({ name, value, limit, aim, released }) =>
      `${value > limit ? "over: " : ""}${name}: ${value} of ${limit}${aim === undefined ? "" : `, aim ${aim}`}${released === null ? "" : `, last release ${released}`}`,
  );
  return { code: weighed.some(({ value, limit }) => value > limit) ? 1 : 0, stdout: lines.join("\n"), stderr: "" };
}

function indent(text: string): string {
  return stripVTControlCharacters(text)
    .trimEnd()
    .split("\n")
    .map((line) => `    ${line}`)
    .join("\n");
}
