/**
 * Runs scenarios through one client with one setting and prints each verdict. It is a process of its own, because some
 * clients leave unhandled rejections.
 */
import { scenarios, type Scenario } from "../../test/conformance/scenarios/index.ts";
import { type Outcome, type Setting, TRUTH_CLIENTS, type TruthName } from "./clients.ts";
import { judge, type Verdict } from "./judge.ts";

const [name, setting, server, indices] = process.argv.slice(2) as [TruthName, Setting, string, string];
const client = TRUTH_CLIENTS[name];
/** Milliseconds after which an answer counts as hanging: enough for a limit of one second and two retries. */
const LIMIT = 12_000;
const AT_ONCE = 24;
/** The number of equal answers, for retries. */
const TIMES = 8;

let unhandled = 0;
process.on("unhandledRejection", () => unhandled++);
console.error = console.warn = console.info = (): void => undefined;

const queue = indices.split(",").map(Number);
await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    for (let at = queue.shift(); at !== undefined; at = queue.shift())
      say({ at, verdict: await inEveryCut(scenarios[at]!) });
  }),
);
await new Promise((resolve) => setTimeout(resolve, 100));
say({ unhandled });
process.stdout.write("", () => process.exit(0));

function say(told: object): void {
  process.stdout.write(`${JSON.stringify(told)}\n`);
}

/** Runs a scenario with whole and with small chunks; it passes only if both pass. */
async function inEveryCut(scenario: Scenario): Promise<Verdict> {
  const cuts = scenario.streams ? (["whole", 16384] as const) : (["whole", 7] as const);
  for (const pieces of cuts) {
    const verdict = judge(scenario, await once(scenario, pieces));
    if (verdict !== "pass") return verdict;
  }
  return "pass";
}

async function once(scenario: Scenario, pieces: "whole" | number): Promise<Outcome | "failed" | "late"> {
  const replies = Array.from({ length: TIMES }, () => scenario.reply);
  const response = await fetch(`${server}/script`, { method: "POST", body: JSON.stringify({ pieces, replies }) });
  const { id } = (await response.json()) as { id: string };
  const asked = client.ask(`${server}/s/${id}/v1`, setting, toolsOf(scenario)).catch(() => "failed" as const);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<"late">((resolve) => {
    timer = setTimeout(() => resolve("late"), LIMIT);
  });
  const outcome = await Promise.race([asked, late]);
  clearTimeout(timer);
  return outcome;
}

/** Returns the tools of a scenario: a program declares those whose calls it expects. */
function toolsOf({ calls, ending, name: title }: Scenario): string[] {
  return calls || ending === "tool_calls" || title.includes("call") ? ["add", "sub", "now", "get_weather"] : [];
}
