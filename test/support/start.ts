import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { ROOT } from "../../scripts/lib/paths.ts";

/** A running `npm start`. */
export interface Started {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly process: ChildProcess;
  /** Returns its output so far. */
  readonly output: () => string;
  /** Stops it; resolves to its exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Runs scripts/start.ts on a free port. Resolves when the page is up or the process has ended. */
export async function runStart(env: Record<string, string> = {}): Promise<Started> {
  const port = env["PORT"] ?? String(await freePort());
  const child = spawn(process.execPath, ["scripts/start.ts"], {
    cwd: ROOT,
    env: { ...withoutKeys(), ...env, PORT: port },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exited = once(child, "exit") as Promise<[number | null]>;
  let output = "";
  const ready = new Promise<void>((resolve) => {
    const read = (data: Buffer): void => {
      output += String(data);
      if (output.includes("Ctrl-C")) resolve();
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
  });
  await Promise.race([ready, exited]);
  return {
    url: `http://127.0.0.1:${port}`,
    process: child,
    output: () => output,
    stop: async (signal = "SIGINT") => {
      child.kill(signal);
      return (await exited)[0];
    },
  };
}

function withoutKeys(): NodeJS.ProcessEnv {
  const {
    OPENAI_API_KEY: _key,
    OPENAI_BASE_URL: _url,
    OPENAI_MODEL: _model,
    RELAY_TOKEN: _token,
    npm_lifecycle_event: _npm,
    ...env
  } = process.env;
  return env;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
