import { startFaultServer } from "./server.ts";
import { PAIRS, runPairs } from "./from-openai.ts";
const server = await startFaultServer();
const names = process.argv.slice(2).length ? PAIRS.filter((n) => process.argv.slice(2).some((a) => n.startsWith(a))) : PAIRS;
console.time("run");
const ran = await runPairs(server, names);
console.timeEnd("run");
const brief = (x: any) => x.exchanges.map((e: any) => `${e.method} ${e.path} ${JSON.stringify(e.body)?.slice(0, 1500)}`).join("\n");
for (const name of names) {
  const [a, b] = [ran.get(`${name}/openai`)!, ran.get(`${name}/fetchat`)!];
  const same = a.output === b.output;
  console.log(`${same ? "same" : "DIFF"} ${name}`);
  console.log(a.output.slice(0, 800));
  if (!same) console.log("---- fetchat\n" + b.output.slice(0, 1200));
  if (brief(a) !== brief(b)) console.log("---- requests\n" + brief(a) + "\n --\n" + brief(b));
}
await server.close();
