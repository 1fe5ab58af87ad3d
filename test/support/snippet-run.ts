import { type ChildProcess, spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { stripVTControlCharacters } from "node:util";
import { build } from "esbuild";
import { Miniflare, type WorkerOptions } from "miniflare";
import type { Browser, Page } from "playwright-core";
import { bin, ROOT } from "../../scripts/lib/paths.ts";
import { run } from "../../scripts/lib/run.ts";
import { launchChromium } from "./browsers.ts";
import type { FaultServer } from "./server.ts";
import type { SnippetFolder, Written } from "./snippet-folder.ts";
import { type PageSite, startPageSite } from "./snippet-site.ts";
import { denoConfig } from "./snippet-types.ts";
import type { Ask } from "./snippets.ts";

const KEY = "sk-test";
const TIMEOUT = 30_000;

/** The request to a block that serves, if its comment has none. */
const QUESTION: Ask = {
  method: "POST",
  path: "/",
  headers: {},
  body: JSON.stringify([{ role: "user", content: "Hello" }]),
  status: undefined,
};

/** Runs blocks on their platforms. One browser serves all pages' blocks, and one workerd the Workers of a page. */
export interface SnippetRunner {
  /** Resolves to the block's output or last response; rejects if it fails. */
  run(written: Written): Promise<string>;
  close(): Promise<void>;
}

/** Creates a runner. `https://api.openai.com` is the server. */
export function createSnippetRunner(
  folder: SnippetFolder,
  files: readonly Written[],
  server: FaultServer,
): SnippetRunner {
  let pages: Promise<{ browser: Browser; site: PageSite }> | undefined;
  const workers = new Map<string, Promise<Miniflare>>();
  const startPages = async (): Promise<{ browser: Browser; site: PageSite }> => ({
    browser: await launchChromium(),
    site: await startPageSite(server, `${folder.path}/node_modules/fetchat/dist/fetchat.js`),
  });
  return {
    async run(written) {
      const { platform } = written.snippet;
      if (platform === "browser") {
        const { browser, site } = await (pages ??= startPages());
        return runPage(written, browser, site, server);
      }
      if (platform !== "worker") return runProgram(written, server, await denoConfig(folder));
      const started = workers.get(written.page) ?? startWorkers(workersOf(files, written), server);
      workers.set(written.page, started);
      const worker = await (await started).getWorker(nameOf(written));
      return askAll(written, (url, init) => worker.fetch(url, init as never) as unknown as Promise<Response>);
    },
    async close() {
      const started = await Promise.allSettled([...workers.values()]);
      for (const one of started) if (one.status === "fulfilled") await one.value.dispose();
      const opened = await pages?.catch(() => undefined);
      await opened?.browser.close();
      await opened?.site.close();
    },
  };
}

/** Sends a block's requests one after the other, with the cookies of the answers before. */
async function askAll(
  { snippet }: Written,
  send: (url: string, init: RequestInit) => Promise<Response>,
  origin = "http://localhost",
): Promise<string> {
  const cookies = new Map<string, string>();
  let text = "";
  for (const { method, path, headers, body, status } of snippet.asks.length === 0 ? [QUESTION] : snippet.asks) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await send(`${origin}${path}`, {
      method,
      headers: {
        ...(body?.startsWith("{") || body?.startsWith("[") ? { "content-type": "application/json" } : {}),
        ...(cookie === "" ? {} : { cookie }),
        ...headers,
      },
      redirect: "manual",
      ...(body === undefined ? {} : { body }),
    });
    for (const set of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      cookies.set(name, value);
    }
    text = await response.text();
    const expected = status === undefined ? response.ok && text !== "" : response.status === status;
    if (!expected) throw new Error(`${method} ${path} was answered with ${response.status}: ${text}`);
  }
  return text;
}

/** Redirects what a program sends to the API, then runs the block; what it serves gets a free port. */
function mainOf(written: Written, server: FaultServer): string {
  return `import { freePort, redirectFetch, serveDefault } from ${JSON.stringify(`${ROOT}/test/support/redirect-fetch.mjs`)};
redirectFetch(${JSON.stringify(server.url)});
await freePort();
serveDefault(await import(${JSON.stringify(written.path)}));
`;
}

async function runProgram(written: Written, server: FaultServer, config: string): Promise<string> {
  const { platform, serves } = written.snippet;
  const main = written.path.replace(/\.ts$/, ".main.mjs");
  await writeFile(main, mainOf(written, server));
  const deno = ["run", "--no-prompt", "--no-check", "--config", config];
  const permissions = [
    "--allow-env=OPENAI_API_KEY,OPENAI_BASE_URL",
    "--allow-net=127.0.0.1,0.0.0.0,localhost,api.openai.com",
    "--allow-read=.",
    "--allow-write=.",
  ];
  const [program, args] =
    platform === "deno"
      ? [bin("deno"), [...deno, ...permissions, main]]
      : [platform === "bun" ? bin("bun") : process.execPath, [main]];
  const env = { OPENAI_API_KEY: KEY, DENO_SERVE_ADDRESS: "tcp:127.0.0.1:0", PORT: "0" };
  const cwd = written.path.slice(0, written.path.lastIndexOf("/"));
  if (serves) return askProgram(written, program, args, env, cwd);
  const { code, stdout, stderr } = await run(program, args, { env, cwd, timeout: TIMEOUT });
  if (code !== 0) throw new Error(`exit code ${code}\n${stdout}${stderr}`);
  return stripVTControlCharacters(stdout);
}

/** Starts a server, waits for its address, sends it the requests, and stops it. */
async function askProgram(
  written: Written,
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  cwd: string,
): Promise<string> {
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, NO_COLOR: "1", DENO_DIR: `${ROOT}/.cache/deno`, DENO_NO_UPDATE_CHECK: "1", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  try {
    return await askAll(written, fetch, await listening(child));
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
      if (port !== undefined && port !== "0") resolve(`http://127.0.0.1:${port}`);
    };
    child.stdout?.on("data", hear);
    child.stderr?.on("data", hear);
    child.on("exit", (code) => reject(new Error(`exit code ${code ?? "none"} before it listened\n${said}`)));
    setTimeout(() => reject(new Error(`it did not say where it listens\n${said}`)), TIMEOUT).unref();
  });
}

/** Bundles a module for the web, with the package installed beside it. */
export async function bundle(entry: string): Promise<string> {
  const built = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: "esm",
    platform: "browser",
    target: "es2022",
    external: ["cloudflare:*", "node:*"],
    logLevel: "silent",
  });
  return built.outputFiles[0]?.text ?? "";
}

const nameOf = ({ snippet }: Written): string => `line-${snippet.line}`;

/** The Workers that run in one workerd: those of a page. */
function workersOf(files: readonly Written[], { page }: Written): Written[] {
  return files.filter(({ page: other, snippet }) => {
    const { platform, typesOnly, file } = snippet;
    return other === page && platform === "worker" && !typesOnly && file.startsWith("line-");
  });
}

async function startWorkers(files: readonly Written[], server: FaultServer): Promise<Miniflare> {
  const miniflare = new Miniflare({
    workers: await Promise.all(files.map((file) => workerOf(file, server))),
  });
  try {
    await miniflare.ready;
    for (const file of files) await createTables(miniflare, file);
  } catch (error) {
    await miniflare.dispose();
    throw error;
  }
  return miniflare;
}

async function workerOf(written: Written, server: FaultServer): Promise<WorkerOptions> {
  const forward = async (request: Request): Promise<Response> => {
    if (!request.url.startsWith("https://api.openai.com/"))
      return new Response("only the API is here", { status: 502 });
    const url = request.url.replace("https://api.openai.com", server.url);
    const body = request.method === "GET" ? {} : { body: await request.arrayBuffer() };
    return fetch(url, { method: request.method, headers: Object.fromEntries(request.headers), ...body });
  };
  const named = (kind: string): string[][] =>
    written.snippet.bindings.map((binding) => binding.split(" ")).filter((words) => words[0] === kind);
  const unique = ([, name = ""]: string[]): [string, string] => [name, `${nameOf(written)}-${name}`];
  const limit = { simple: { limit: 10, period: 60 as const } };
  return {
    name: nameOf(written),
    modules: true,
    script: await bundle(written.path),
    compatibilityDate: "2026-07-01",
    outboundService: forward as never,
    bindings: {
      OPENAI_API_KEY: KEY,
      ...Object.fromEntries(named("var").map(([, name = "", ...value]) => [name, value.join(" ")])),
    },
    kvNamespaces: Object.fromEntries(named("kv").map(unique)),
    r2Buckets: Object.fromEntries(named("r2").map(unique)),
    d1Databases: Object.fromEntries(named("d1").map(unique)),
    durableObjects: Object.fromEntries(
      named("object").map(([, name = "", className = ""]) => [name, { className, useSQLite: true }]),
    ),
    ratelimits: Object.fromEntries(
      named("limit").map((words) => [unique(words)[0], { namespace_id: unique(words)[1], ...limit }]),
    ),
  };
}

/** Runs the page's `sql` blocks in a Worker's databases. */
async function createTables(miniflare: Miniflare, written: Written): Promise<void> {
  const { bindings, sql } = written.snippet;
  const statements = sql.split(";").filter((statement) => statement.trim() !== "");
  for (const [kind, name = ""] of bindings.map((binding) => binding.split(" "))) {
    if (kind !== "d1") continue;
    const database = await miniflare.getD1Database(name, nameOf(written));
    for (const statement of statements) await database.prepare(statement).run();
  }
}

/**
 * Runs a block in a page of Chromium with an `<output>`, where every prompt is answered with a key. Then sends the
 * page's form, or presses its button, and waits for what the page shows. Resolves to the page's text.
 */
async function runPage(written: Written, browser: Browser, site: PageSite, server: FaultServer): Promise<string> {
  const redirect = `import { redirectFetch } from ${JSON.stringify(`${ROOT}/test/support/redirect-fetch.mjs`)};\nredirectFetch(${JSON.stringify(server.url)});\n`;
  const { language, code } = written.snippet;
  const main = written.path.replace(/\.ts$/, ".page.mjs");
  await writeFile(
    main,
    language === "html"
      ? redirect
      : `${redirect}await import(${JSON.stringify(written.path)});\nglobalThis.ended = true;\n`,
  );
  const script = await bundle(main);
  const url = site.add(script, language === "html" ? code : "<!doctype html><body><output></output>");
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    const failed = new Promise<never>((_, reject) => page.on("pageerror", (error) => reject(error)));
    failed.catch(() => undefined);
    page.on("dialog", (dialog) => void dialog.accept(KEY));
    await page.goto(url);
    return await Promise.race([failed, usePage(page, language === "html")]);
  } finally {
    await context.close();
  }
}

async function usePage(page: Page, isHTML: boolean): Promise<string> {
  const timeout = TIMEOUT;
  if (!isHTML) await page.waitForFunction("globalThis.ended === true", undefined, { timeout });
  const before = await page.innerText("body");
  const form = await page.$("form");
  const button = await page.$("button");
  if (form !== null) {
    for (const field of await form.$$("input:not([type=submit], [type=file], [type=checkbox]), textarea"))
      await field.fill("Hello");
    await page.evaluate('document.querySelector("form").requestSubmit()');
  } else if (button !== null) await button.click();
  if (form !== null || button !== null || isHTML)
    await page.waitForFunction(
      (text) => document.body.innerText !== text || (document.querySelector("output")?.value ?? "") !== "",
      before,
      { timeout },
    );
  return page.innerText("body");
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
