import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The bench folder. */
export const BENCH: string = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, "");

/** The folder for temporary programs, where they find the packages and no linter finds them. */
export const TEMPORARY: string = `${BENCH}/node_modules/.cache`;

/** The options of a child process. */
export interface ChildOptions {
  /** Flags for node itself. */
  readonly flags?: readonly string[];
  /** The timeout in ms. Default: five minutes. */
  readonly timeout?: number;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** A program other than node. */
  readonly command?: string;
}

/** The result of a child process: its output, exit code and duration. */
export interface Left {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
  readonly ms: number;
}

/** Runs a file of the bench folder as a process. Never rejects. */
export function child(file: string, args: readonly string[], options: ChildOptions = {}): Promise<Left> {
  return new Promise((resolve) => {
    const start = performance.now();
    const { flags = [], command = process.execPath } = options;
    const running = spawn(command, [...flags, file, ...args], {
      cwd: options.cwd ?? BENCH,
      env: { ...process.env, NODE_NO_WARNINGS: "1", ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const out = { stdout: "", stderr: "" };
    running.stdout.setEncoding("utf8").on("data", (text: string) => (out.stdout += text));
    running.stderr.setEncoding("utf8").on("data", (text: string) => (out.stderr += text));
    const limit = options.timeout ?? 300_000;
    // A gentle signal first, so that the child can stop its own workerd.
    const timers = [setTimeout(() => running.kill(), limit), setTimeout(() => running.kill("SIGKILL"), limit + 5000)];
    const end = (code: number): void => {
      timers.forEach(clearTimeout);
      resolve({ ...out, code, ms: performance.now() - start });
    };
    running.on("error", (error) => {
      out.stderr += String(error);
      end(127);
    });
    running.on("close", (code) => end(code ?? 1));
  });
}

/** Runs a file and parses its output. If it fails, prints a note to stderr and returns undefined. */
export async function measured<T>(
  file: string,
  args: readonly string[],
  options: ChildOptions = {},
): Promise<T | undefined> {
  const { stdout, stderr, code } = await child(file, args, options);
  try {
    if (code === 0) return JSON.parse(stdout) as T;
  } catch {
    // Reported below.
  }
  console.error(
    `${file} ${args.join(" ")} ended with ${code}: ${/^\w*Error.*$/m.exec(stderr)?.[0] ?? (stderr || stdout).slice(0, 500)}`,
  );
  return undefined;
}
