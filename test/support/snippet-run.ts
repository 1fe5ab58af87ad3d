import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { writeFile } from "node:fs/promises";
import { build } from "esbuild";
import { Miniflare } from "miniflare";
import { chromium } from "playwright-core";
import { bin, ROOT } from "../../scripts/lib/paths.ts";
import { run } from "../../scripts/lib/run.ts";
import { CHROMIUM, CHROMIUM_ARGS } from "../runners/chromium.ts";
import type { FaultServer } from "./server.ts";
import { denoConfig, type Written } from "./snippet-types.ts";

/** The request to programs and Workers that serve. */
const QUESTION = JSON.stringify([{ role: "user", content: "Hello" }]);
const KEY = "sk-test";

/** Runs a snippet on its platform against the server. Resolves to its output or response; rejects if it fails. */
export function runSnippet(written: Written, server: FaultServer): Promise<string> {
  const { platform } = written.snippet;
  if (platform === "worker") return runWorker(written, server);
  if (platform === "browser") return runPage(written, server);
  return runProgram(written, server);
}

async function runProgram(written: Written, server: FaultServer): Promise<string> {
  const { platform, serves } = written.snippet;
  const main = written.path.replace(/\.ts$/, ".main.mjs");
  const redirect = `import { redirectFetch } from ${JSON.stringify(`${ROOT}/test/support/redirect-fetch.mjs`)};\nredirectFetch(${JSON.stringify(server.url)});\n`;
  await writeFile(main, `${redirect}await import(${JSON.stringify(written.path)});\n`);
  const deno = [
    "run",
    "--no-prompt",
    "--no-check",
    "--config",
    await denoConfig(),
    "--allow-env=OPENAI_API_KEY,OPENAI_BASE_URL",
    `--allow-net=127.0.0.1,api.openai.com`,
    main,
  ];
  const [program, args] = platform === "deno" ? [bin("deno"), deno] : [process.execPath, [main]];
  const env = { OPENAI_API_KEY: KEY, DENO_SERVE_ADDRESS: "tcp:127.0.0.1:0", PORT: "0" };
  if (serves) return askProgram(program, args, env);
  const { code, stdout, stderr } = await run(program, args, { env, timeout: 30_000 });
  if (code !== 0) throw new Error(`exit code ${code}\n${stdout}${stderr}`);
  return stdout;
}

/** Starts a server, waits for its address, sends it a request, and stops it. */
async function askProgram(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const child = spawn(program, args, {
    env: { ...process.env, NO_COLOR: "1", DENO_DIR: `${ROOT}/.cache/deno`, DENO_NO_UPDATE_CHECK: "1", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  try {
    return await answerOf(await listening(child));
  } finally {
    child.kill();
  }
}

function listening(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = "";
    const hear = (data: Buffer): void => {
      said += data.toString();
      const port = /https?:\/\/[\w.[\]:]+?:(\d+)/.exec(said)?.[1];
      if (port !== undefined) resolve(`http://127.0.0.1:${port}/`);
    };
    child.stdout?.on("data", hear);
    child.stderr?.on("data", hear);
    child.on("exit", (code) => reject(new Error(`exit code ${code ?? "none"} before it listened\n${said}`)));
    setTimeout(() => reject(new Error(`it did not say where it listens\n${said}`)), 15_000).unref();
  });
}

async function answerOf(url: string): Promise<string> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: QUESTION,
  });
  const body = await response.text();
  if (!response.ok || body === "") throw new Error(`answered ${response.status}: ${body}`);
  return body;
}

/** Bundles a module for the web, with the installed package. */
async function bundle(entry: string): Promise<string> {
  const built = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: "esm",
    platform: "browser",
    target: "es2022",
    logLevel: "silent",
  });
  return built.outputFiles[0]?.text ?? "";
}

async function runWorker(written: Written, server: FaultServer): Promise<string> {
  const forward = async (request: {
    url: string;
    method: string;
    headers: Iterable<[string, string]>;
    arrayBuffer(): Promise<ArrayBuffer>;
  }): Promise<Response> => {
    const url = request.url.replace("https://api.openai.com", server.url);
    const body = request.method === "GET" ? {} : { body: await request.arrayBuffer() };
    return fetch(url, { method: request.method, headers: Object.fromEntries(request.headers), ...body });
  };
  const miniflare = new Miniflare({
    modules: true,
    script: await bundle(written.path),
    compatibilityDate: "2026-07-01",
    bindings: { OPENAI_API_KEY: KEY },
    outboundService: forward as never,
  });
  try {
    return await answerOf((await miniflare.ready).href);
  } finally {
    await miniflare.dispose();
  }
}

/**
 * Runs a snippet in a page of Chromium with an `<output>`, where every prompt is answered with a key. Returns the text
 * of the output.
 */
async function runPage(written: Written, server: FaultServer): Promise<string> {
  const main = written.path.replace(/\.ts$/, ".page.mjs");
  const redirect = `import { redirectFetch } from ${JSON.stringify(`${ROOT}/test/support/redirect-fetch.mjs`)};\nredirectFetch(${JSON.stringify(server.url)});\n`;
  await writeFile(main, `${redirect}await import(${JSON.stringify(written.path)});\nglobalThis.ended = true;\n`);
  const script = await bundle(main);
  const site = createServer((request, response) => {
    const type = request.url === "/main.js" ? "text/javascript" : "text/html";
    response
      .writeHead(200, { "content-type": `${type}; charset=utf-8` })
      .end(
        request.url === "/main.js"
          ? script
          : '<!doctype html><body><output></output><script type="module" src="/main.js"></script>',
      );
  });
  await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: [...CHROMIUM_ARGS] });
  try {
    const page = await browser.newPage();
    const failed = new Promise<never>((_, reject) => page.on("pageerror", (error) => reject(error)));
    failed.catch(() => undefined);
    page.on("dialog", (dialog) => void dialog.accept(KEY));
    await page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`);
    await Promise.race([failed, page.waitForFunction("globalThis.ended === true", undefined, { timeout: 15_000 })]);
    return await page.innerText("body");
  } finally {
    await browser.close();
    site.closeAllConnections();
    site.close();
  }
}

/**
 * Returns the commands of a shell block that do not exist: unknown npm scripts, and programs that are neither installed
 * nor well known.
 */
export function unknownCommands(code: string, scripts: readonly string[], programs: ReadonlySet<string>): string[] {
  const commands = code
    .replaceAll(/\\\n\s*/g, " ")
    .split("\n")
    .map((line) =>
      line
        .replace(/^\s*\$ /, "")
        .replace(/(^|\s)#.*$/, "")
        .trim(),
    )
    .filter((line) => line !== "");
  return commands
    .flatMap((line) => line.split(/&&|\|\|?|;/))
    .filter((part) => !exists(part.trim(), scripts, programs))
    .map((part) => part.trim());
}

function exists(command: string, scripts: readonly string[], programs: ReadonlySet<string>): boolean {
  const [program = "", first = "", second = ""] = command.split(/\s+/).filter((word) => !/^[A-Z_]+=/.test(word));
  if (program === "npm" && (first === "start" || first === "test")) return scripts.includes(first);
  if (program === "npm" && first === "run") return scripts.includes(second);
  if (program === "npx") return programs.has(first);
  return programs.has(program);
}
