import { readdirSync, readFileSync, statSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { objections, readRelease, type Release } from "../scripts/lib/release.ts";
import { bin, ROOT } from "../scripts/lib/paths.ts";
import { run } from "../scripts/lib/run.ts";

const FOLDER = `${ROOT}/.github/workflows`;

interface Job {
  readonly needs?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly "runs-on": string;
  readonly "timeout-minutes": number;
  readonly steps: readonly {
    readonly uses?: string;
    readonly run?: string;
    readonly with?: Readonly<Record<string, unknown>>;
  }[];
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

/** Bun has a parser of YAML. */
async function parse(file: string): Promise<Workflow> {
  const { code, stdout, stderr } = await run(bin("bun"), [
    "-e",
    "console.log(JSON.stringify(Bun.YAML.parse(await Bun.file(process.argv[1]).text())))",
    `${FOLDER}/${file}`,
  ]);
  if (code !== 0) throw new Error(`${file}: ${stderr}`);
  return JSON.parse(stdout) as Workflow;
}

describe("a release's tag", () => {
  const release: Release = {
    versions: { "package.json": "1.2.3", "deno.json": "1.2.3" },
    changelog: "# Changelog\n\n## 1.2.3\n\n### Add\n- A thing.\n\n## 1.2.2\n\n### Fix\n- Another.\n",
  };

  it.each(["", "1.2.3", "v1.2", "v1.2.3 ", "v1.2.3;ls", "main"])("is refused if it is not a version: %j", (tag) => {
    expect(objections(tag, release)).toEqual([`A release's tag is like v1.2.3; this is ${JSON.stringify(tag)}.`]);
  });

  it("is refused if a file has another version", () => {
    const versions = { "package.json": "1.2.3", "deno.json": "1.2.2" };
    expect(objections("v1.2.3", { ...release, versions })).toEqual(["deno.json says 1.2.2, and the tag 1.2.3."]);
  });

  it.each([
    "# Changelog\n",
    "# Changelog\n\n## 1.2.3\n\n## 1.2.2\n\n- A thing.\n",
    "# Changelog\n\n## 1.2.30\n\n- A thing.\n",
  ])("is refused if the changelog does not describe it: %j", (changelog) => {
    expect(objections("v1.2.3", { ...release, changelog })).toEqual(['CHANGELOG.md has nothing under "## 1.2.3".']);
  });

  it("is accepted if all versions are equal", () => {
    expect(objections("v1.2.3", release)).toEqual([]);
  });

  it("is checked by the program that the workflow runs", async () => {
    const { versions } = await readRelease();
    const [good, bad] = await Promise.all(
      [`v${versions["package.json"] ?? ""}`, "v999.0.0"].map((tag) =>
        run(process.execPath, ["--disable-warning=ExperimentalWarning", `${ROOT}/scripts/tag.ts`, tag]),
      ),
    );
    expect([good?.code, good?.stderr]).toEqual([0, ""]);
    expect([bad?.code, bad?.stderr.trim().split("\n").length]).toEqual([1, 4]);
  });
});

describe.each(readdirSync(FOLDER))("the workflow %s", (file) => {
  let workflow: Workflow;
  beforeAll(async () => {
    workflow = await parse(file);
  });

  const steps = (): Job["steps"] => Object.values(workflow.jobs).flatMap((job) => job.steps);

  it("uses only GitHub's own actions, each at a commit with its version in a comment", () => {
    const lines = readFileSync(`${FOLDER}/${file}`, "utf8")
      .split("\n")
      .filter((line) => /\buses:/.test(line));
    expect(lines.length).toBeGreaterThan(0);
    expect(
      lines.filter((line) => !/uses: actions\/(?:checkout|setup-node)@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line)),
    ).toEqual([]);
  });

  it("has only read permission unless a job needs more", () => {
    expect(workflow.permissions).toEqual({ contents: "read" });
    for (const { with: given } of steps().filter(({ uses }) => uses?.startsWith("actions/checkout@")))
      expect(given).toEqual({ "persist-credentials": false });
  });

  it("puts nothing of the event into a command, and limits the time of each job", () => {
    expect(steps().filter(({ run: command }) => command?.includes("${{") === true)).toEqual([]);
    for (const job of Object.values(workflow.jobs)) expect(job["timeout-minutes"]).toBeLessThanOrEqual(40);
  });

  it("runs files that exist", () => {
    const paths = steps().flatMap(({ run: command = "" }) => command.match(/(?:\.ci|scripts)\/[\w./-]+/g) ?? []);
    expect(paths.length).toBeGreaterThan(0);
    for (const path of paths) expect(statSync(`${ROOT}/${path}`).isFile(), path).toBe(true);
    expect(statSync(`${ROOT}/.ci/run`).mode & 0o111).toBe(0o111);
  });
});

describe("the release workflow", () => {
  let jobs: Workflow["jobs"];
  let on: Workflow["on"];
  beforeAll(async () => {
    ({ jobs, on } = await parse("release.yml"));
  });

  it("starts only at a version tag, and checks the tag first", () => {
    expect(on).toEqual({ push: { tags: ["v*"] } });
    expect(jobs["tag"]?.steps.at(-1)?.run).toBe('node scripts/tag.ts "$GITHUB_REF_NAME"');
    expect(jobs["check"]).toMatchObject({ needs: "tag", steps: [{}, { run: ".ci/run" }] });
  });

  it.each([
    ["npm", "npm publish --provenance --access public"],
    ["jsr", "npx deno publish"],
  ])("publishes to %s last, with the job's own token", (name, command) => {
    expect(jobs[name]).toMatchObject({ needs: "check", permissions: { contents: "read", "id-token": "write" } });
    expect(jobs[name]?.steps.at(-1)?.run).toBe(command);
  });

  it("gives no other job this token", () => {
    const others = Object.entries(jobs).filter(([name]) => name !== "npm" && name !== "jsr");
    expect(others.map(([, job]) => job.permissions)).toEqual([undefined, undefined]);
  });
});
