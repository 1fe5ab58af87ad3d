import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { Miniflare } from "miniflare";
import { ADAPTERS, type AdapterName, TITLES } from "../lib/adapter.ts";
import { table } from "../lib/markdown.ts";
import { answered, inRounds, median, type Rounds } from "../lib/rounds.ts";
import { child, TEMPORARY } from "../lib/spawn.ts";
import { bundled } from "../lib/workerd.ts";

/** Creates a client and reads one streamed reply without a network. */
const READ = (name: AdapterName): string => `
import { adapter } from "./adapters/${name}.ts";
import { eventsOf, fetchOf, perEvent } from "./lib/source.ts";
async function read() {
  let text = "";
  await adapter.create(fetchOf(perEvent(eventsOf(10)))).stream((piece) => (text += piece));
  if (text === "") throw new Error("read nothing");
  return text;
}`;

/** Measures the time from a cold start to the end of one streamed reply, in ms, in Node and in workerd. */
export async function cold(rounds: number): Promise<string> {
  await mkdir(TEMPORARY, { recursive: true });
  const folder = await mkdtemp(`${TEMPORARY}/cold-`);
  try {
    const workers = new Map<AdapterName, string>();
    for (const name of ADAPTERS) {
      await writeFile(`${folder}/${name}.mjs`, await bundled(`${READ(name)}\nawait read();`));
      workers.set(
        name,
        await bundled(`${READ(name)}\nexport default { fetch: async () => new Response(await read()) };`),
      );
    }
    const node = await inRounds(rounds, ADAPTERS, async (name) => {
      const { code, ms, stderr } = await child(`${folder}/${name}.mjs`, []);
      if (code !== 0) console.error(stderr.slice(0, 500));
      return code === 0 ? ms : undefined;
    });
    const workerd = await inRounds(rounds, ADAPTERS, (name) => inWorkerd(workers.get(name)!));
    return report(node, workerd);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function inWorkerd(script: string): Promise<number | undefined> {
  const start = performance.now();
  const miniflare = new Miniflare({
    modules: [{ type: "ESModule", path: "worker.mjs", contents: script }],
    compatibilityDate: "2025-06-01",
  });
  try {
    const response = await miniflare.dispatchFetch("http://localhost/");
    if (!response.ok) throw new Error(await response.text());
    await response.text();
    return performance.now() - start;
  } catch (error) {
    console.error(String(error).slice(0, 500));
    return undefined;
  } finally {
    await miniflare.dispose();
  }
}

function report(node: Rounds<number>, workerd: Rounds<number>): string {
  const cells = (rounds: Rounds<number>, name: AdapterName): string[] => {
    const times = answered(rounds, name);
    return [
      median(times).toFixed(0),
      (median(times) - median(answered(rounds, "byHand"))).toFixed(0),
      String(times.length),
    ];
  };
  const rows = ADAPTERS.map((name) => [TITLES[name], ...cells(node, name), ...cells(workerd, name)]);
  return `### From nothing to the end of the first reply, in ms\n\n${table(["", "Node", "above the floor", "rounds", "workerd", "above the floor", "rounds"], rows)}`;
}
