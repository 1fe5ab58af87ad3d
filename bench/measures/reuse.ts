/** A process: the number of connections that 20 consecutive streams need over loopback. Prints `{ connections }`. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { AdapterName } from "../lib/adapter.ts";

const name = process.argv[2] as AdapterName;
const STREAMS = 20;
let connections = 0;
const server = createServer((request, response) => {
  request.resume();
  response.writeHead(200, { "content-type": "text/event-stream" });
  void (async () => {
    const { eventsOf } = await import("../lib/source.ts");
    for (const event of eventsOf(5)) {
      response.write(event);
      await sleep(1);
    }
    response.end();
  })();
});
server.on("connection", () => connections++);
server.listen(0, "127.0.0.1", () => void run());

async function run(): Promise<void> {
  // The module reads it when it loads, so it has to be set before.
  process.env["BENCH_BASE_URL"] = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  const { loadAdapter } = await import("../lib/adapter.ts");
  const client = (await loadAdapter(name)).create((input, init) => fetch(input, init));
  for (let at = 0; at < STREAMS; at++) {
    await client.stream(() => undefined);
    await sleep(5);
  }
  process.stdout.write(JSON.stringify({ connections }), () => process.exit(0));
}
