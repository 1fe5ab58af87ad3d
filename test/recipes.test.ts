import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { Miniflare, type WorkerOptions } from "miniflare";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { unstable_getMiniflareWorkerOptions } from "wrangler";
import { bin, CACHE, ROOT } from "../scripts/lib/paths.ts";
import { createMockAPI } from "../src/testing/index.ts";
import type { MockAPI } from "../src/testing/index.ts";
import { hasChromium, launchChromium } from "./support/browsers.ts";
import { startFaultServer } from "./support/server.ts";
import { createSnippetFolder, type SnippetFolder, type Written } from "./support/snippet-folder.ts";
import { bundle } from "./support/snippet-run.ts";
import { startPageSite } from "./support/snippet-site.ts";
import { denoConfig } from "./support/snippet-types.ts";
import { type Platform, snippetsOf } from "./support/snippets.ts";

const chromium = await hasChromium();

/** What a page shows as one Worker: the code with this text in it, and the configuration with this text in it. */
interface Shown {
  readonly page: string;
  readonly code: string;
  readonly config: string;
}

const OBJECT: Shown = { page: "docs/keep-a-chat.md", code: "class Chat", config: "new_sqlite_classes" };
const D1: Shown = { page: "docs/keep-a-chat.md", code: "INSERT INTO", config: "d1_databases" };
const KV: Shown = { page: "docs/keep-a-chat.md", code: "expirationTtl", config: "kv_namespaces" };
const USERS: Shown = { page: "docs/users-and-limits.md", code: "env.LIMIT.limit", config: "ratelimits" };

const SECRETS = { OPENAI_API_KEY: "sk-test", SESSION_SECRET: "only for the test", LOGIN_PASSWORD: "opensesame" };

let folder: SnippetFolder;
let api: MockAPI;
let worker: Miniflare;
let url: string;
beforeAll(async () => void (folder = await createSnippetFolder()));
afterAll(() => folder?.remove());
beforeEach(() => void (api = createMockAPI({ pace: { firstToken: 20, perToken: 10 } })));

/** Starts a Worker for the tests of a `describe`. */
function runs(shown: Shown, changes?: Partial<WorkerOptions>): void {
  beforeAll(() => start(shown, changes), 60_000);
  afterAll(() => worker?.dispose());
}

/** Writes a page's blocks, and returns the one for a platform with this text in it. */
async function blockOf(page: string, platform: Platform, code: string): Promise<Written> {
  const snippets = snippetsOf(readFileSync(`${ROOT}/${page}`, "utf8")).filter(({ language }) => language === "ts");
  const written = await folder.write(page, snippets);
  const found = written.find(({ snippet }) => snippet.platform === platform && snippet.code.includes(code));
  if (found === undefined) throw new Error(`${page} has no such block`);
  return found;
}

/** Starts a page's Worker with the page's own wrangler.toml, and the mock API in place of OpenAI's. */
async function start({ page, code, config }: Shown, changes: Partial<WorkerOptions> = {}): Promise<void> {
  const snippets = snippetsOf(readFileSync(`${ROOT}/${page}`, "utf8"));
  const entry = await blockOf(page, "worker", code);
  const toml = snippets.find((one) => one.language === "toml" && one.code.includes(config));
  if (toml === undefined) throw new Error(`${page} has no such configuration`);
  const path = `${folder.path}/${config}`;
  await mkdir(path, { recursive: true });
  const head = toml.code.includes("name =") ? "" : 'name = "chat"\ncompatibility_date = "2026-07-01"\n';
  await writeFile(`${path}/wrangler.toml`, head + toml.code);
  const { workerOptions } = unstable_getMiniflareWorkerOptions(`${path}/wrangler.toml`);
  const { bindings, ...options } = workerOptions as { bindings?: object };
  worker = new Miniflare({
    ...options,
    modules: true,
    script: await bundle(entry.path),
    bindings: { ...bindings, ...SECRETS },
    outboundService: (async (request: Request) =>
      api.fetch(request.url, {
        method: request.method,
        headers: Object.fromEntries(request.headers),
        body: await request.text(),
      })) as never,
    ...changes,
  } as never);
  url = (await worker.ready).origin;
  const sql = snippets.filter(({ language }) => language === "sql").map((one) => one.code);
  if (config === D1.config)
    for (const statement of sql) await (await worker.getD1Database("DB")).prepare(statement).run();
}

function ask(path: string, question: string, init: RequestInit = {}): Promise<Response> {
  const body = JSON.stringify([{ role: "user", content: question }]);
  const { headers, ...rest } = init;
  return fetch(url + path, {
    method: "POST",
    body,
    headers: { "content-type": "application/json", ...(headers as Record<string, string>) },
    ...rest,
  });
}

const answer = async (path: string, question: string): Promise<string> => (await ask(path, question)).text();

/** Asks, and leaves when the first piece of the answer has arrived. */
async function leave(path: string): Promise<void> {
  const left = new AbortController();
  const question = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen";
  const response = await ask(path, question, { signal: left.signal });
  await response.body?.getReader().read();
  left.abort();
}

/** The user's messages in the last request that reached the API. */
function askedOf(mock: MockAPI): string[] {
  const { messages } = mock.requests.at(-1)?.body as { messages: { role: string; content: string }[] };
  return messages.filter(({ role }) => role === "user").map(({ content }) => content);
}

describe("the page's chat in a Durable Object", () => {
  runs(OBJECT);

  it("answers two questions at once one after the other, and keeps both", async () => {
    const answers = await Promise.all([answer("/chats/1", "First"), answer("/chats/1", "Second")]);
    expect(answers.map((text) => text.endsWith("data: [DONE]\n\n"))).toEqual([true, true]);
    expect(askedOf(api).toSorted()).toEqual(["First", "Second"]);
    const kept = (await (await fetch(`${url}/chats/1`)).json()) as { role: string }[];
    expect(kept.map(({ role }) => role)).toEqual(["user", "assistant", "user", "assistant"]);
  });

  it("keeps the question of a visitor who left, and no other chat's", async () => {
    await leave("/chats/2");
    await answer("/chats/2", "Are you there?");
    expect(askedOf(api)).toEqual([expect.stringContaining("one two three"), "Are you there?"]);
    await answer("/chats/3", "Somebody else");
    expect(askedOf(api)).toEqual(["Somebody else"]);
  });
});

describe("the page's chat in D1", () => {
  runs(D1);

  it("is continued by one of two requests at once, and the other one ends with an error", async () => {
    await answer("/chats/1", "Begin");
    const answers = await Promise.all([answer("/chats/1", "First"), answer("/chats/1", "Second")]);
    const [done, failed] = answers.toSorted((one, other) => other.indexOf("[DONE]") - one.indexOf("[DONE]"));
    expect(done).toMatch(/data: \[DONE\]\n\n$/);
    expect(failed).toContain("This chat was continued in another window.");
    expect(failed).not.toContain("[DONE]");
    await answer("/chats/1", "End");
    expect(askedOf(api)).toEqual(["Begin", expect.stringMatching(/First|Second/), "End"]);
  });
});

describe("the page's chat in Workers KV", () => {
  runs(KV);

  it("stores the question of a visitor who left", async () => {
    await leave("/chats/1");
    const chats = await worker.getKVNamespace("CHATS");
    await expect.poll(() => chats.get("/chats/1"), { timeout: 10_000 }).toContain("one two three");
    await answer("/chats/1", "Are you there?");
    expect(askedOf(api)).toHaveLength(2);
  });
});

/** Logs a user in and returns the cookie. */
async function logIn(user: string): Promise<string> {
  const body = JSON.stringify({ user, password: SECRETS.LOGIN_PASSWORD });
  const { headers } = await fetch(`${url}/login`, { method: "POST", body });
  return (headers.get("set-cookie") ?? "").replace(/;.*/, "");
}

describe("the page's Worker with users and limits", () => {
  runs(USERS);

  it("asks the model for nobody who is not logged in", async () => {
    const cookie = await logIn("ann");
    const [name, end, signature = ""] = cookie.split(".");
    const forged = [
      "session=",
      `session=bob.${end}.${signature}`,
      `${name}.${Number(end) + 1}.${signature}`,
      `${name}.${end}.${signature.slice(1)}`,
      `${name}.${end}.%%%`,
      `${name}.1.${signature}`,
    ];
    const statuses = await Promise.all(
      forged.map(async (one) => (await ask("/", "Hi", { headers: { cookie: one } })).status),
    );
    expect(statuses).toEqual(forged.map(() => 401));
    expect(api.requests).toHaveLength(0);
    expect((await ask("/", "Hi", { headers: { cookie } })).status).toBe(200);
    const token = cookie.replace("session=", "");
    expect((await ask("/", "Hi", { headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
  });

  it("refuses the eleventh question within a minute", async () => {
    const headers = { cookie: await logIn("bob") };
    const all = [];
    for (let count = 0; count < 11; count++) all.push(await ask("/", "Hi", { headers }));
    expect(all.map(({ status }) => status)).toEqual([...Array<number>(10).fill(200), 429]);
    expect(all.at(-1)?.headers.get("retry-after")).toBe("60");
    expect(api.requests).toHaveLength(10);
  });
});

describe("the page's Worker with a day's limit of tokens", () => {
  runs(USERS, { ratelimits: { LIMIT: { namespace_id: "1", simple: { limit: 1_000, period: 60 } } } });

  it("lets many questions at once not take more, and gives back what was not used", async () => {
    const headers = { cookie: await logIn("ann") };
    const all = await Promise.all(Array.from({ length: 12 }, () => ask("/", "Hi", { headers })));
    expect(all.filter(({ status }) => status === 429)).toHaveLength(2);
    await Promise.all(all.map((one) => one.text()));
    await expect.poll(async () => (await ask("/", "Hi", { headers })).status, { timeout: 10_000 }).toBe(200);
  });
});

describe("the page's chat in Deno KV", () => {
  let program: ChildProcess;
  beforeAll(async () => {
    const { path } = await blockOf("docs/keep-a-chat.md", "deno", "Deno.openKv");
    const mock = path.replace(/\.ts$/, ".mock.ts");
    await writeFile(
      mock,
      'import { createMockAPI } from "fetchat/testing";\nglobalThis.fetch = createMockAPI({ pace: { firstToken: 100 }, defaultReply: "Yes." }).fetch;\n',
    );
    const permissions = ["--allow-env=OPENAI_API_KEY", "--allow-net=127.0.0.1", "--allow-read=.", "--allow-write=."];
    const config = ["--no-prompt", "--no-check", "--unstable-kv", "--config", await denoConfig(folder)];
    program = spawn(bin("deno"), ["run", ...config, ...permissions, "--preload", mock, path], {
      cwd: dirname(path),
      env: {
        ...process.env,
        ...SECRETS,
        NO_COLOR: "1",
        DENO_SERVE_ADDRESS: "tcp:127.0.0.1:0",
        DENO_DIR: `${CACHE}/deno`,
      },
      stdio: ["ignore", "ignore", "pipe"],
    });
    let said = "";
    url = await new Promise((resolve, reject) => {
      program.once("exit", () => reject(new Error(said)));
      program.stderr?.on("data", (data: Buffer) => {
        said += String(data);
        const [found] = /http:\/\/127\.0\.0\.1:\d+/.exec(said) ?? [];
        if (found !== undefined) resolve(found);
      });
    });
  }, 60_000);
  afterAll(() => program?.kill());

  it("is continued by one of two requests at once, and the other one ends with an error", async () => {
    // Longer than one value of Deno KV may be.
    const long = "A long question. ".repeat(5_000);
    expect(await answer("/chats/1", long)).toContain("[DONE]");
    const answers = await Promise.all([answer("/chats/1", "First"), answer("/chats/1", "Second")]);
    expect(answers.filter((text) => text.includes("[DONE]"))).toHaveLength(1);
    expect(answers.filter((text) => text.includes("This chat was continued in another window."))).toHaveLength(1);
    // The prompt has the long question in it again.
    expect(await answer("/chats/1", "End")).toMatch(/"prompt_tokens":2\d{4},/);
  });
});

describe.skipIf(!chromium)("the page's chat in IndexedDB", () => {
  it("lets two tabs that ask at once continue one chat after the other", async () => {
    const { path } = await blockOf("docs/keep-a-chat.md", "browser", "indexedDB.open");
    const server = await startFaultServer();
    const site = await startPageSite(server, "");
    const browser = await launchChromium();
    try {
      const address = site.add(await bundle(path), '<form><input name="question"></form><output></output>');
      const context = await browser.newContext();
      const tabs = await Promise.all([context.newPage(), context.newPage()]);
      for (const [at, tab] of tabs.entries()) {
        await tab.goto(address);
        await tab.fill("input", `From tab ${at}`);
      }
      await Promise.all(tabs.map((tab) => tab.evaluate('document.querySelector("form").requestSubmit()')));
      for (const tab of tabs) await tab.waitForFunction('document.querySelector("output").value.includes("From tab")');
      const texts = await Promise.all(tabs.map((tab) => tab.innerText("output")));
      expect(texts.filter((text) => text.endsWith("(message 2)"))).toHaveLength(1);
    } finally {
      await browser.close();
      await site.close();
      await server.close();
    }
  });
});
