import { table } from "../lib/markdown.ts";
import { child } from "../lib/spawn.ts";

/** Measures how long a session takes to restore a history with open calls and to ask again. Returns a table. */
export async function history(): Promise<string> {
  const rows = await Promise.all(
    [500, 2_000].map(async (calls) => {
      const { stdout } = await child("measures/restore.ts", [String(calls)]);
      return [calls.toLocaleString("en"), `${(JSON.parse(stdout) as { ms: number }).ms.toFixed(0)} ms`];
    }),
  );
  return `### A saved history with open calls: CPU until the next request leaves\n\n${table(["open calls", "fetchat"], rows)}`;
}
