import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { build } from "esbuild";
import { Miniflare } from "miniflare";
import { bin, ROOT } from "../../scripts/lib/paths.ts";
import { childrenOf } from "./memory.ts";
import type { Outcome } from "./send.ts";

/** A runtime that is ready to upload. */
export interface Sender {
  readonly pid: number;
  upload(megabytes: number): Promise<Outcome | { error: string }>;
  close(): Promise<void>;
}

const PROGRAM = `${ROOT}/test/upload/program.ts`;

const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  node: [bin("node"), PROGRAM],
  deno: [bin("deno"), "run", "--no-check", "--allow-net=127.0.0.1", "--allow-env", PROGRAM],
  bun: [bin("bun"), PROGRAM],
};

/** The runtimes of the upload test. */
export const RUNTIMES: readonly string[] = [...Object.keys(COMMANDS), "workerd"];

/** Starts a runtime that uploads to the server. */
export function startSender(runtime: string, baseURL: string): Promise<Sender> {
  const command = COMMANDS[runtime];
  return command ? startProgram([...command, baseURL]) : startWorkerd(baseURL);
}

async function startProgram([file = "", ...args]: readonly string[]): Promise<Sender> {
  const child = spawn(file, args, {
    stdio: ["pipe", "pipe", "inherit"],
    cwd: ROOT,
    env: { ...process.env, DENO_NO_UPDATE_CHECK: "1", DENO_DIR: `${ROOT}/.cache/deno` },
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    // The npm package `deno` may start the actual program as a child process.
    get pid() {
      return childrenOf(child.pid ?? 0, "program.ts")[0] ?? child.pid ?? 0;
    },
    async upload(megabytes) {
      child.stdin.write(`${megabytes}\n`);
      const { value, done } = await lines.next();
      return done === true ? { error: "the program has ended" } : (JSON.parse(value) as Outcome);
    },
    async close() {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.stdin.end();
      await ended;
    },
  };
}

async function startWorkerd(baseURL: string): Promise<Sender> {
  const built = await build({
    entryPoints: [`${ROOT}/test/upload/worker.ts`],
    bundle: true,
    write: false,
    format: "esm",
    platform: "neutral",
    mainFields: ["module", "main"],
    target: "es2022",
    logLevel: "silent",
  });
  const before = childrenOf(process.pid, "workerd");
  const miniflare = new Miniflare({
    modules: true,
    script: built.outputFiles[0]?.text ?? "",
    compatibilityDate: "2026-07-01",
    compatibilityFlags: [],
  });
  const { origin } = await miniflare.ready;
  const pid = childrenOf(process.pid, "workerd").find((one) => !before.includes(one)) ?? 0;
  return {
    pid,
    async upload(megabytes) {
      const response = await fetch(`${origin}/?server=${encodeURIComponent(baseURL)}&megabytes=${megabytes}`);
      return (await response.json()) as Outcome;
    },
    close: () => miniflare.dispose(),
  };
}
