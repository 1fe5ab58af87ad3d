import { scenarios } from "../../test/conformance/scenarios/index.ts";
import { startFaultServer } from "../../test/support/server.ts";
import { table } from "../lib/markdown.ts";
import { child } from "../lib/spawn.ts";
import { TRUTH_CLIENTS, type Setting, type TruthName } from "./clients.ts";
import { isFailure, type Verdict } from "./judge.ts";
import { scenarioGroups } from "./groups.ts";

interface Run {
  readonly name: TruthName;
  readonly setting: Setting;
  readonly verdicts: readonly Verdict[];
  readonly unhandled: number;
}

/** Runs every scenario with every client. Resolves to the verdicts as Markdown. */
export async function truth(): Promise<string> {
  const server = await startFaultServer();
  const runs: Run[] = [];
  for (const name of Object.keys(TRUTH_CLIENTS) as TruthName[]) {
    for (const setting of ["defaults", "limits"] as const) {
      if (setting === "limits" && TRUTH_CLIENTS[name].limits === undefined) continue;
      runs.push({ name, setting, ...(await ask(name, setting, server.url)) });
    }
  }
  await server.close();
  const columns = merged(runs);
  return `${summary(columns)}\n\n${settings()}\n\n${list(columns)}`;
}

/**
 * Runs all scenarios in one process first. A client that blocks also blocks the others, so the missing ones run alone
 * afterwards.
 */
async function ask(name: TruthName, setting: Setting, server: string): Promise<Pick<Run, "verdicts" | "unhandled">> {
  const verdicts: Verdict[] = [];
  let unhandled = 0;
  const some = async (indices: readonly number[], timeout: number): Promise<void> => {
    const { stdout } = await child("truth/child.ts", [name, setting, server, indices.join(",")], { timeout });
    for (const line of stdout.split("\n").filter((one) => one.endsWith("}"))) {
      const result = JSON.parse(line) as { at?: number; verdict?: Verdict; unhandled?: number };
      if (result.at !== undefined && result.verdict) verdicts[result.at] = result.verdict;
      unhandled += result.unhandled ?? 0;
    }
  };
  const all = scenarios.map((_, at) => at);
  await some(all, 45_000);
  for (const at of all.filter((one) => verdicts[one] === undefined)) {
    await some([at], 15_000);
    verdicts[at] ??= "blocks";
  }
  return { verdicts, unhandled };
}

const title = ({ name, setting }: Run): string =>
  `${TRUTH_CLIENTS[name].title}${setting === "limits" ? ", 1 s limits" : ""}`;

/** Uses one column if the limits change nothing. */
function merged(runs: readonly Run[]): Run[] {
  const same = (a: Run, b: Run): boolean => a.name === b.name && a.verdicts.join() === b.verdicts.join();
  return runs.filter(
    (run) => run.setting === "defaults" || !runs.some((other) => other.setting === "defaults" && same(run, other)),
  );
}

function summary(runs: readonly Run[]): string {
  const groups = [...scenarioGroups(), { name: "**all**", indices: scenarios.map((_, at) => at) }];
  const rows = groups.map(({ name, indices }) => [
    name,
    String(indices.length),
    ...runs.map(({ verdicts }) => String(indices.filter((at) => verdicts[at] === "pass").length)),
  ]);
  const unhandled = ["unhandled rejections", "", ...runs.map((run) => String(run.unhandled))];
  return table(["scenarios", "", ...runs.map(title)], [...rows, unhandled]);
}

function settings(): string {
  const lines = Object.values(TRUTH_CLIENTS).map(
    (one) => `- ${one.title}: ${one.limits ?? "its documentation has no time limit"}`,
  );
  return `The settings of "1 s limits", from each client's documentation (without a column if they change nothing):\n\n${lines.join("\n")}`;
}

function list(runs: readonly Run[]): string {
  const rows = scenarioGroups().flatMap(({ name, indices }) => [
    [`**${name}**`, "", ...runs.map(() => "")],
    ...indices.map((at) => {
      const scenario = scenarios[at]!;
      return [
        scenario.name,
        isFailure(scenario) ? "fails" : "good",
        ...runs.map(({ verdicts }) => (verdicts[at] === "pass" ? "✓" : (verdicts[at] ?? "?"))),
      ];
    }),
  ]);
  return table(["scenario", "truth", ...runs.map(title)], rows);
}
