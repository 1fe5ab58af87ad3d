import { expect, it } from "vitest";
import { bundled } from "../scripts/lib/example.ts";
import { run } from "../scripts/lib/run.ts";

const SOURCE = `
  import { createRelay } from "fetchat/relay";
  const upstream = {};
  const relay = createRelay({
    apiKey: "sk-test",
    open: true,
    heartbeat: 0,
    fetch: async (url, { signal }) => {
      upstream.signal = signal;
      return new Response(new ReadableStream({ start: (c) => void (upstream.controller = c) }), { headers: { "content-type": "text/event-stream" } });
    },
  });
  const client = new AbortController();
  const send = () => relay(new Request("http://localhost/v1/chat/completions", {
    method: "POST", headers: { "content-type": "application/json" }, body: '{"stream":true}', signal: client.signal,
  }));
  const reader = (await send()).body.getReader();
  const reading = reader.read().catch(() => undefined);
  for (let i = 0; i < 20; i++) {
    globalThis.gc();
    await new Promise((done) => setImmediate(done));
  }
  client.abort();
  await new Promise((done) => setImmediate(done));
  console.log("aborted: " + upstream.signal.aborted);
  process.exit(0);
`;

it("a relay in Node stops the upstream of an aborted request, even after a garbage collection", async () => {
  const script = await bundled({ stdin: { contents: SOURCE, loader: "ts", resolveDir: "." } });
  const { stdout, stderr } = await run(process.execPath, ["--expose-gc", "--input-type=module", "--eval", script]);
  expect(stdout + stderr).toContain("aborted: true");
});
