/**
 * `npm start`: runs examples/cloudflare-worker in workerd, on http://127.0.0.1:8787.
 *
 * PORT overrides the port; OPENAI_API_KEY, OPENAI_BASE_URL, OPENAI_MODEL and RELAY_TOKEN are passed to the Worker.
 */
import { createServer } from "node:net";
import { Log, LogLevel, Miniflare } from "miniflare";
import { bundleExample } from "./lib/example.ts";

const HOST = "127.0.0.1";
const PASSED = ["OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_MODEL", "RELAY_TOKEN"];

let miniflare: Miniflare | undefined;
let stopping = false;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => void stop());
// On a signal, Miniflare waits for workerd and then ends this process with the signal's number.
process.on("exit", () => {
  if (stopping) process.exitCode = 0;
});

if (process.env["npm_lifecycle_event"] === "start") watchParent();

const port = readPort(process.env["PORT"]);
await checkFree(port);
await start(port);

async function start(port: number): Promise<void> {
  const script = await bundleExample();
  if (stopping) return;
  miniflare = new Miniflare({
    modules: true,
    script,
    host: HOST,
    port,
    compatibilityDate: "2026-07-01",
    compatibilityFlags: ["enable_request_signal"],
    bindings: { ...passedOn(), RELAY_HOSTS: `localhost,${HOST}` },
    log: new Log(LogLevel.ERROR),
  });
  const { origin } = await miniflare.ready;
  if (!stopping) greet(origin);
}

function greet(origin: string): void {
  const api = process.env["OPENAI_BASE_URL"] || "https://api.openai.com/v1";
  const who = process.env["OPENAI_API_KEY"]
    ? `The API at ${api} answers.`
    : "A mock API answers. Set OPENAI_API_KEY to talk to the API.";
  console.log(`\n  fetchat: ${origin}/\n\n  ${who}`);
  if (process.env["RELAY_TOKEN"]) console.log("  RELAY_TOKEN is set: clients need it.");
  console.log("  Ctrl-C ends it.\n");
}

function passedOn(): Record<string, string> {
  return Object.fromEntries(PASSED.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}

function readPort(text: string | undefined): number {
  const port = text ? Number(text) : 8787;
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  return fail(`PORT must be a number from 0 to 65535; it is ${JSON.stringify(text)}.`);
}

/** Throws a readable error if the port is taken; workerd's own is hard to understand. */
function checkFree(port: number): Promise<void> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", (error: NodeJS.ErrnoException) => {
      const why = error.code === "EADDRINUSE" ? "something else uses it" : error.message;
      fail(`Port ${port} of ${HOST} cannot be used: ${why}. Try another: PORT=${port + 1} npm start`);
    });
    probe.listen(port, HOST, () => probe.close(() => resolve()));
  });
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}

/** Ends with the parent process: the shell that npm starts does not pass signals on. */
function watchParent(): void {
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && void stop(), 250).unref();
}

async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  await miniflare?.dispose().catch(() => undefined);
  process.exit(0);
}
