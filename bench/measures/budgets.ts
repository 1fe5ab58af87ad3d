import { weigh, weighTypes } from "../../scripts/lib/budgets.ts";
import { table } from "../lib/markdown.ts";
import { child } from "../lib/spawn.ts";

/**
 * Compares fetchat's bytes, types and leaked timers with test/budgets.json. Returns a table, and false if a budget is
 * exceeded.
 */
export async function budgets(): Promise<{ text: string; kept: boolean }> {
  const weighed = [...(await weigh()), ...(await weighTypes())];
  const rows = weighed.map(({ name, value, limit, released }) => [
    name,
    String(value),
    String(limit),
    String(released ?? ""),
    value <= limit ? "✓" : "over",
  ]);
  const leaks = await child("measures/soak.ts", ["5000"], { flags: ["--expose-gc"] });
  const isTight = leaks.code === 0;
  const last = leaks.stdout.trim().split("\n").at(-1) ?? leaks.stderr.slice(0, 300);
  rows.push([
    "timers, listeners and requests left by 5,000 streams",
    isTight ? "0" : last,
    "0",
    "",
    isTight ? "✓" : "over",
  ]);
  const text = `### Budgets\n\n${table(["", "now", "limit", "last release", ""], rows)}`;
  return { text, kept: isTight && weighed.every(({ value, limit }) => value <= limit) };
}
