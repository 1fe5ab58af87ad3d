import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import type { Readable } from "node:stream";
import { Miniflare } from "miniflare";
import { ROOT } from "../../scripts/lib/paths.ts";
import { run } from "../../scripts/lib/run.ts";

/** The key of every example. */
export const KEY = "sk-example";

/** The question to most examples. */
export const QUESTION: string = JSON.stringify([{ role: "user", content: "Name three rivers" }]);

/** Sends {@link QUESTION}, or the body of `init`. */
export function ask(url: string, init: RequestInit = {}): Promise<Response> {
  const headers = { "content-type": "application/json" };
  return fetch(url, { method: "POST", headers, body: QUESTION, ...init });
}

/** Returns the text of an answer in the API's wire format. Rejects if it does not end with `[DONE]`. */
export async function textOf(response: Response): Promise<string> {
  const body = await response.text();
  if (response.status !== 200 || !body.endsWith("data: [DONE]\n\n")) throw new Error(`${response.status}: ${body}`);
  const events = body
    .split("\n\n")
    .filter((line) => line.startsWith("data: {"))
    .map((line) => JSON.parse(line.slice(6)) as { choices: { delta: { content?: string } }[] });
  return events.map((event) => event.choices[0]?.delta.content ?? "").join("");
}

/** Returns the words of the command in examples/README.md whose line has this ending. */
export function commandOf(ending: string): string[] {
  const page = readFileSync(`${ROOT}/examples/README.md`, "utf8");
  const lines = page.split("\n").filter((line) => line.endsWith(ending) && /^(npx|node) /.test(line));
  if (lines.length !== 1) throw new Error(`examples/README.md has ${lines.length} commands that end with ${ending}`);
  return (lines[0] ?? "").split(" ");
}

/** A running program. */
export interface Running {
  /** Its address, without a slash at the end. */
  readonly url: string;
  readonly output: () => string;
  stop(): Promise<void>;
}

/** Starts a server by its command and waits for its address. */
export async function start(command: readonly string[], env: Readonly<Record<string, string>>): Promise<Running> {
  const [program, args] = resolved(command);
  const child = spawn(program, args, { cwd: ROOT, env: environment(env), stdio: "pipe" });
  let said = "";
  const url = await new Promise<string>((resolve, reject) => {
    const late = setTimeout(() => {
      child.kill();
      reject(new Error(`it did not say where it listens\n${said}`));
    }, 60_000);
    const hear = (data: Buffer): void => {
      said += String(data);
      const [found] = /http:\/\/(127\.0\.0\.1|localhost):\d+/.exec(said) ?? [];
      if (found === undefined) return;
      clearTimeout(late);
      resolve(found);
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`exit code ${code} before it listened\n${said}`)));
  });
  return { url, output: () => said, stop: () => end(child) };
}

/** Runs a command to its end. */
export function finish(command: readonly string[], env: Readonly<Record<string, string>>): ReturnType<typeof run> {
  const [program, args] = resolved(command);
  return run(
    "env",
    [
      "-u",
      "OPENAI_API_KEY",
      "-u",
      "OPENAI_BASE_URL",
      ...Object.entries(env).map(([name, value]) => `${name}=${value}`),
      program,
      ...args,
    ],
    { timeout: 30_000 },
  );
}

/** Returns the program that npx would start, without npx and wrangler's first process, which do not pass signals on. */
function resolved([first = "", second = "", ...rest]: readonly string[]): [program: string, args: string[]] {
  if (first === "node") return [process.execPath, [second, ...rest]];
  if (first.startsWith("/")) return [first, [second, ...rest]];
  if (second === "wrangler") return [process.execPath, [`${ROOT}/node_modules/wrangler/wrangler-dist/cli.js`, ...rest]];
  return [`${ROOT}/node_modules/.bin/${second}`, rest];
}

function environment(env: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const { OPENAI_API_KEY: _key, OPENAI_BASE_URL: _url, OPENAI_MODEL: _model, ...kept } = process.env;
  const quiet = {
    NO_COLOR: "1",
    FORCE_COLOR: "0",
    DENO_NO_UPDATE_CHECK: "1",
    DENO_DIR: `${ROOT}/.cache/deno`,
    WRANGLER_SEND_METRICS: "false",
    CLOUDFLARE_CF_FETCH_ENABLED: "false",
    WRANGLER_HIDE_BANNER: "true",
  };
  return { ...kept, ...quiet, ...env };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  await exited;
}

/** Bundles a Worker example with wrangler, to start it in Miniflare any number of times. */
export async function workerExample(
  name: string,
): Promise<(bindings: Record<string, string>, persistTo?: string) => Promise<Running>> {
  const config = `${ROOT}/examples/${name}/wrangler.toml`;
  const toml = await readFile(config, "utf8");
  const out = await mkdtemp(`${tmpdir()}/fetchat-`);
  const ran = await run(process.execPath, [
    "node_modules/wrangler/bin/wrangler.js",
    "deploy",
    "--dry-run",
    "--config",
    config,
    "--outdir",
    out,
  ]);
  if (ran.code !== 0) throw new Error(`${ran.stdout}${ran.stderr}`);
  const script = await readFile(`${out}/worker.js`, "utf8");
  await rm(out, { recursive: true });
  const className = /^class_name = "(\w+)"/m.exec(toml)?.[1];
  const binding = /^\[\[durable_objects\.bindings\]\]\nname = "(\w+)"/m.exec(toml)?.[1];
  return async (bindings, persistTo) => {
    let said = "";
    const hear = (data: Buffer): void => void (said += String(data));
    const miniflare = new Miniflare({
      handleRuntimeStdio: (...outputs: Readable[]) => outputs.forEach((output) => output.on("data", hear)),
      modules: true,
      script,
      host: "127.0.0.1",
      port: 0,
      compatibilityDate: /^compatibility_date = "(.+)"/m.exec(toml)?.[1] ?? "",
      compatibilityFlags: /^compatibility_flags = \[(.*)\]/m.exec(toml)?.[1]?.match(/\w+/g) ?? [],
      bindings,
      ...(className === undefined || binding === undefined
        ? {}
        : { durableObjects: { [binding]: { className, useSQLite: true } } }),
      ...(persistTo === undefined ? {} : { durableObjectsPersist: persistTo }),
    });
    const { origin } = await miniflare.ready;
    return { url: origin, output: () => said, stop: () => miniflare.dispose() };
  };
}
