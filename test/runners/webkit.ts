import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { browserRunner, missingBrowser, type Page } from "./browser.ts";
import type { Runner } from "./runner.ts";

const DRIVER = "/usr/bin/WebKitWebDriver";
const XVFB = "/usr/bin/Xvfb";
const BROWSER = "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser";

/** WebKitGTK's MiniBrowser on a virtual display, through WebDriver. */
export const webkit: Runner = browserRunner({
  name: "webkit",
  missing: async () =>
    (await missingBrowser(DRIVER, "webkit2gtk-driver")) ??
    (await missingBrowser(BROWSER, "webkit2gtk-driver")) ??
    (await missingBrowser(XVFB, "xvfb")),
  version: () =>
    withSession(newSession, ({ capabilities }) =>
      Promise.resolve(String((capabilities as { browserVersion?: string }).browserVersion)),
    ),
  withPage: (use) => withSession(openPage, use),
});

/** The number of attempts to start a browser: a driver waits for ever for a browser that died at its start. */
const STARTS = 3;
/** The longest time for a start, and for any command, in ms. */
const START = 30_000;
const COMMAND = 150_000;

/** Starts a driver and opens a session, with retries. */
export async function withSession<Opened, T>(
  open: (ask: Ask) => Promise<Opened>,
  use: (opened: Opened) => Promise<T>,
): Promise<T> {
  for (let starts = 1; ; starts++) {
    let isOpen = false;
    try {
      return await withDriver(async (ask) => {
        const opened = await open(ask);
        isOpen = true;
        return use(opened);
      });
    } catch (error) {
      if (isOpen || starts === STARTS) throw error;
    }
  }
}

type Ask = (method: string, path: string, body?: object, milliseconds?: number) => Promise<unknown>;

/** Starts a display and the driver, and stops both. */
async function withDriver<T>(use: (ask: Ask) => Promise<T>): Promise<T> {
  const children: ChildProcess[] = [];
  try {
    const display = await startDisplay(children);
    const port = await freePort();
    children.push(
      spawn(DRIVER, ["--host=127.0.0.1", `--port=${port}`], {
        stdio: "ignore",
        env: { ...process.env, DISPLAY: display, WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1" },
      }),
    );
    const ask: Ask = (method, path, body, milliseconds) =>
      command(`http://127.0.0.1:${port}${path}`, method, body, milliseconds);
    await ready(ask);
    return await use(ask);
  } finally {
    for (const child of children.reverse()) child.kill();
  }
}

/** Returns the name of the free display that Xvfb chose. */
async function startDisplay(children: ChildProcess[]): Promise<string> {
  const child = spawn(XVFB, ["-displayfd", "3", "-screen", "0", "800x600x24", "-nolisten", "tcp"], {
    stdio: ["ignore", "ignore", "ignore", "pipe"],
  });
  children.push(child);
  const chosen = child.stdio[3] as NodeJS.ReadableStream;
  const number = await new Promise<string>((resolve, reject) => {
    chosen.once("data", (data: Buffer) => resolve(data.toString().trim()));
    child.once("exit", (code) => reject(new Error(`Xvfb ended with ${code}`)));
    child.once("error", reject);
  });
  return `:${number}`;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

async function ready(ask: Ask): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      return void (await ask("GET", "/status"));
    } catch (error) {
      if (tries > 100) throw error;
      await sleep(50);
    }
  }
}

async function command(url: string, method: string, body?: object, milliseconds: number = COMMAND): Promise<unknown> {
  const signal = AbortSignal.timeout(milliseconds);
  const response = await fetch(url, { method, signal, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  const { value } = (await response.json()) as { value: unknown };
  if (!response.ok) throw new Error(`WebDriver: ${JSON.stringify(value)}`);
  return value;
}

async function newSession(ask: Ask): Promise<{ sessionId: string; capabilities: unknown }> {
  const options = { binary: BROWSER, args: ["--automation"] };
  const created = await ask(
    "POST",
    "/session",
    { capabilities: { alwaysMatch: { "webkitgtk:browserOptions": options } } },
    START,
  );
  return created as { sessionId: string; capabilities: unknown };
}

/** Opens a page in a new session of the driver. */
export async function openPage(ask: Ask): Promise<Page> {
  const { sessionId } = await newSession(ask);
  const base = `/session/${sessionId}`;
  await ask("POST", `${base}/timeouts`, { script: 120_000 });
  return {
    goto: async (url) => void (await ask("POST", `${base}/url`, { url })),
    async evaluate(expression) {
      const script = `const done = arguments[0]; Promise.resolve().then(() => ${expression}).then((value) => done({ value }), (error) => done({ error: String(error) }));`;
      const answer = (await ask("POST", `${base}/execute/async`, { script, args: [] })) as {
        value?: unknown;
        error?: string;
      };
      if (answer.error !== undefined) throw new Error(answer.error);
      return answer.value;
    },
    close: async () => void (await ask("DELETE", base)),
  };
}
