import { readFile } from "node:fs/promises";
import { table } from "../lib/markdown.ts";
import { BENCH, child } from "../lib/spawn.ts";
import { ownWeights } from "./sizes.ts";
import { typeCost } from "./types.ts";

interface Budget {
  readonly limit: number;
  /** The figure of the last release. */
  readonly released: number | null;
}

/** Compares fetchat's bytes, types and leaked timers with budgets.json. Prints a table; false where one is over. */
export async function budgets(): Promise<{ text: string; kept: boolean }> {
  const limits = JSON.parse(await readFile(`${BENCH}/budgets.json`, "utf8")) as Record<"gzip" | "types", Record<string, Budget>>;
  const [own, empty] = [await typeCost("fetchat"), await typeCost("empty")];
  const measured = {
    gzip: await ownWeights(),
    types: {
      "instantiations above an empty program": own.instantiations - empty.instantiations,
      "lines of definitions above an empty program": own.lines - empty.lines,
    } as Record<string, number>,
  };
  let kept = true;
  const rows = (["gzip", "types"] as const).flatMap((kind) => Object.entries(limits[kind]).map(([name, { limit, released }]) => {
    const value = measured[kind][name] ?? NaN;
    const fits = value <= limit;
    kept &&= fits;
    return [name, String(value), String(limit), released === null ? "" : String(released), fits ? "✓" : "over"];
  }));
  const leaks = await child("measures/soak.ts", ["5000"], { flags: ["--expose-gc"] });
  kept &&= leaks.code === 0;
  const last = leaks.stdout.trim().split("\n").at(-1) ?? leaks.stderr.slice(0, 300);
  rows.push(["timers, listeners and requests left by 5,000 streams", leaks.code === 0 ? "0" : last, "0", "", leaks.code === 0 ? "✓" : "over"]);
  return { text: `### Budgets\n\n${table(["", "now", "limit", "last release", ""], rows)}`, kept };
}
