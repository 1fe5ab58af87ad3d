import { spawn } from "node:child_process";
import { ROOT } from "./paths.ts";

/** The result of a program. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The options of {@link run}. */
export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The timeout in ms. Default: ten minutes. */
  readonly timeout?: number;
  /** Called with each line of its standard output as it arrives. */
  readonly onLine?: (line: string) => void;
  readonly stdin?: string;
}

/**
 * Runs a program to its end. Never rejects: the code is 127 for a program that does not start, and 124 after the
 * timeout.
 */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: options.cwd ?? ROOT,
      env: { ...process.env, ...QUIET, ...options.env },
      stdio: ["pipe", "pipe", "pipe"],
    });
    const out = { stdout: "", stderr: "" };
    let line = "";
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill("SIGKILL");
    }, options.timeout ?? 600_000);
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      out.stdout += text;
      const lines = (line + text).split("\n");
      line = lines.pop() ?? "";
      if (options.onLine) lines.forEach(options.onLine);
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => (out.stderr += text));
    child.stdin.on("error", () => undefined).end(options.stdin ?? "");
    const end = (code: number): void => {
      clearTimeout(timer);
      if (late) out.stderr += `\nended after ${options.timeout ?? 600_000} ms`;
      resolve({ code, ...out });
    };
    child.on("error", (error) => {
      out.stderr += String(error);
      end(127);
    });
    child.on("close", (code) => end(late ? 124 : (code ?? 1)));
  });
}

/** Keeps tools from checking for updates, sending metrics and coloring output that programs read. */
const QUIET = {
  NO_COLOR: "1",
  FORCE_COLOR: "0",
  DENO_NO_UPDATE_CHECK: "1",
  DENO_DIR: `${ROOT}/.cache/deno`,
  WRANGLER_SEND_METRICS: "false",
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
  WRANGLER_HIDE_BANNER: "true",
  npm_config_update_notifier: "false",
};
