import { table } from "../lib/markdown.ts";
import { processIn } from "../lib/runtimes.ts";
import { child } from "../lib/spawn.ts";

interface End {
  readonly streams: number;
  readonly seconds: number;
  readonly timers: number;
  readonly listeners: number;
  readonly open: number;
  readonly bytesAStream: number;
}

/** Runs the soak in Node, workerd and Deno, one after the other. Returns what was left over. */
export async function soak(streams: number, seconds: number): Promise<{ text: string; kept: boolean }> {
  const args = [String(streams), String(seconds)];
  const limit = Math.min(seconds * 2000, 3_600_000);
  const node = await child("measures/soak.ts", args, { ...processIn("node", true), timeout: limit });
  const workerd = await child("measures/soakWorkerd.ts", args, { timeout: limit });
  const deno = await child("measures/soak.ts", args, { ...processIn("deno", true), timeout: limit });
  const rows = Object.entries({ Node: node, workerd, Deno: deno }).map(([name, { stdout, stderr }]) => {
    const lines = stdout
      .trim()
      .split("\n")
      .filter((line) => line.startsWith("{"));
    if (!lines.at(-1)?.includes('"done"')) return [name, `failed: ${stderr.slice(0, 300)}`];
    const end = JSON.parse(lines.at(-1)!) as End;
    const heaps = lines.slice(0, -1).map((line) => (JSON.parse(line) as { heapMB: number }).heapMB);
    return [
      name,
      end.streams.toLocaleString("en"),
      `${end.seconds} s`,
      `${Math.min(...heaps)} to ${Math.max(...heaps)}`,
      String(end.bytesAStream),
      String(end.timers),
      String(end.listeners),
      String(end.open),
    ];
  });
  const head = [
    "",
    "streams",
    "time",
    "heap (workerd: process), MB, at 20 moments",
    "bytes a stream, from the second moment to the end",
    "timers left",
    "listeners left",
    "requests left open",
  ];
  return { text: `### Soak\n\n${table(head, rows)}`, kept: [node, workerd, deno].every(({ code }) => code === 0) };
}
