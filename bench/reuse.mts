import { createServer } from "node:http";
const eventsOf = (n: number) => [...Array.from({length:n}, (_, i) => `data: {"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":null}]}\n\n`), `data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n`, "data: [DONE]\n\n"];
let conns = 0; const ev = eventsOf(5);
const s = createServer(async (req, res) => { req.resume(); res.writeHead(200, { "content-type": "text/event-stream" }); for (const e of ev) { res.write(e); await new Promise((r) => setTimeout(r, 1)); } res.end(); });
s.on("connection", () => conns++); await new Promise<void>((r) => s.listen(0, "127.0.0.1", r));
process.env.BENCH_BASE_URL = `http://127.0.0.1:${(s.address() as any).port}/v1`;
const { loadAdapter } = await import("./lib/adapter.ts");
for (const n of ["byHand", "fetchat", "openai", "xsai", "openaiFetch", "openaiEdge", "ai"] as const) { const a = await loadAdapter(n); const c = a.create((i, o) => fetch(i, o)); conns = 0; for (let i = 0; i < 20; i++) { await c.stream(() => {}); await new Promise((r) => setTimeout(r, 5)); } console.log(n, "connections for 20 streams:", conns); }
process.exit();
