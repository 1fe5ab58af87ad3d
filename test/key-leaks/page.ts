/** Runs in a page or its worker: uses a client as programs do, and looks for the key wherever it could be visible. */
import type * as Fetchat from "../../src/adapters/browser.ts";
import type { uploadFile } from "../../src/media/index.ts";
import type { streamResponse } from "../../src/responses/index.ts";

/** The visitor's key, with characters that URLs and JSON escape. */
export const KEY = "sk-visitor-A1b2/C3d4+E5f6==";

const FORMS = [KEY, encodeURIComponent(KEY), btoa(KEY), KEY.replaceAll("/", "\\/"), KEY.slice(11)];

/** Returns true if a text contains the key in any form. */
export function holdsKey(text: string): boolean {
  return FORMS.some((form) => text.includes(form));
}

/** The result of one run. */
export interface Report {
  /** The places where the key was visible, with some context. */
  readonly shown: string[];
  /** The end of each call: an error's name, or `ok`. */
  readonly endings: string[];
}

interface Watch {
  readonly shown: Set<string>;
  look(where: string, value: unknown): void;
}

type Kit = typeof Fetchat & { streamResponse: typeof streamResponse; uploadFile: typeof uploadFile };

/** Offers `leaks.run()` to the test that drives the page, or to the page of a worker. */
export function start(fetchat: Kit): void {
  const watch = watching();
  const scope = globalThis as typeof globalThis & { leaks: unknown };
  scope.leaks = {
    run: (baseURL: string) => run(fetchat, watch, baseURL),
    storage: (baseURL: string) => withStorage(fetchat, watch, baseURL),
    events: (baseURL: string, thief: string) => amongStrangers(fetchat, watch, baseURL, thief),
    worker: (baseURL: string) => inWorker(watch, baseURL),
    carelessly: (where: string) => carelessly(watch, where),
  };
  if ("document" in globalThis) return;
  addEventListener("message", (event) => {
    const client = fetchat.createClient({ apiKey: KEY, baseURL: String(event.data), maxRetries: 0, timeout: 5_000 });
    void client
      .streamChat(HELLO)
      .then((stream) => stream.final())
      .catch((error: unknown) => scope.postMessage(error));
  });
}

const HELLO = [{ role: "user" as const, content: "Hello" }];

/** Watches the console and uncaught errors. */
function watching(): Watch {
  const shown = new Set<string>();
  const look = (where: string, value: unknown): void => {
    for (const text of texts(value)) if (holdsKey(text)) shown.add(`${where}: ${text.slice(0, 300)}`);
  };
  const methods = console as unknown as Record<string, (...args: unknown[]) => void>;
  for (const name of ["log", "info", "warn", "error", "debug", "trace", "dir", "table", "group", "assert"]) {
    const own = methods[name];
    methods[name] = (...args) => {
      look(`console.${name}`, args);
      own?.apply(console, args);
    };
  }
  addEventListener("error", (event) => look("an error event", [event.message, event.error]));
  addEventListener("unhandledrejection", (event) => {
    look("an unhandled rejection", event.reason);
    event.preventDefault();
  });
  return { shown, look };
}

/** Yields all texts in a value: in its fields, hidden ones too, its cause, its entries, and its prototype's getters. */
function* texts(value: unknown, seen = new Set<unknown>(), depth = 0): Generator<string> {
  if (typeof value === "string") yield value;
  if (value === null || (typeof value !== "object" && typeof value !== "function") || seen.has(value) || depth > 14)
    return;
  seen.add(value);
  yield* [attempt(() => textOf(value)), attempt(() => JSON.stringify(value) ?? "")];
  if (typeof Node !== "undefined" && value instanceof Node) return;
  if (Symbol.iterator in value)
    for (const item of attempt((): unknown[] => [...(value as Iterable<unknown>)])) yield* texts(item, seen, depth + 1);
  for (
    let of: object | null = value;
    of !== null && of !== Object.prototype && of !== Function.prototype;
    of = Object.getPrototypeOf(of) as object | null
  ) {
    for (const name of Reflect.ownKeys(of))
      yield* texts(
        attempt(() => (value as Record<PropertyKey, unknown>)[name]),
        seen,
        depth + 1,
      );
  }
}

/** Converts a value as templates and logs do. */
function textOf(value: { toString(): string }): string {
  return value.toString();
}

/** Returns the result of a read, or the error that it throws. */
function attempt<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    return (error instanceof Error ? error.message : String(error)) as T;
  }
}

/** Makes every kind of call, and handles each failure as programs do. */
async function run(fetchat: Kit, watch: Watch, baseURL: string): Promise<Report> {
  watch.shown.clear();
  const key = fetchat.sessionKey({ ask: () => KEY });
  const client = fetchat.createClient({ apiKey: key, baseURL, maxRetries: 1, timeout: 2_000 });
  const session = client.newChatSession();
  const file = new File(["x"], "a.txt");
  const calls: [string, () => Promise<unknown>][] = [
    ["chat", () => client.chat(HELLO)],
    ["final", async () => (await client.streamChat(HELLO)).final()],
    [
      "loop",
      async () => {
        for await (const chunk of await client.streamChat(HELLO)) watch.look("a chunk", chunk);
      },
    ],
    ["toResponse", async () => watch.look("toResponse()", await (await client.streamChat(HELLO)).toResponse().text())],
    ["models", () => client.models()],
    ["upload", () => fetchat.uploadFile(client, file, { purpose: "batch" })],
    ["responses", async () => (await fetchat.streamResponse(client, "Hello")).final()],
    ["session", () => session.send("Hello")],
    ["other headers", () => client.request("/other", { a: 1 }, { headers: { "api-key": KEY, "x-own": "1" } })],
  ];
  const endings = await Promise.all(
    calls.map(async ([name, call]) => {
      const outcome = await call().then(
        (value) => ({ value }),
        (error: unknown) => ({ error }),
      );
      if ("error" in outcome) await handAround(fetchat, watch, name, outcome.error as Error);
      else watch.look(`the information about ${name}`, fetchat.httpInfo(outcome.value));
      return `${name}: ${"error" in outcome ? (outcome.error as Error).name : "ok"}`;
    }),
  );
  void client.chat(HELLO);
  await pause(30);
  for (const [name, value] of Object.entries({ client, key, session, fetchat })) watch.look(name, value);
  watch.look(
    "the copy of a client",
    attempt(() => structuredClone(client)),
  );
  await lookAround(watch);
  return { shown: [...watch.shown], endings };
}

/**
 * Prints, logs, copies, posts, broadcasts and stores an error, keeps it in the history, and throws it without a
 * handler.
 */
async function handAround(fetchat: Kit, watch: Watch, name: string, error: Error): Promise<void> {
  const where = `the error of ${name}`;
  watch.look(where, error);
  watch.look(`${where}: its information`, fetchat.httpInfo(error));
  console.error(error);
  watch.look(
    `${where}, copied`,
    attempt(() => structuredClone(error)),
  );
  watch.look(`${where}, posted`, await posted(error));
  watch.look(
    `${where}, as an event`,
    attempt(() => new ErrorEvent("error", { error, message: String(error) })),
  );
  void Promise.reject(error);
}

async function posted(value: unknown): Promise<unknown> {
  const { port1, port2 } = new MessageChannel();
  try {
    const arrived = new Promise((resolve) => (port2.onmessage = ({ data }) => resolve(data)));
    port1.postMessage(value);
    return await arrived;
  } catch (error) {
    return error;
  } finally {
    port1.close();
  }
}

/** Looks at everything in the page that outlives a request or is visible to others. */
async function lookAround(watch: Watch): Promise<void> {
  if (!("document" in globalThis)) return;
  watch.look("the document", [document.documentElement.outerHTML, document.title, document.cookie, document.referrer]);
  watch.look("the address", [location.href, JSON.stringify(history.state), name]);
  watch.look("localStorage", Object.entries(localStorage));
  watch.look("sessionStorage", Object.entries(sessionStorage));
  watch.look(
    "the timings",
    performance.getEntries().map((entry) => JSON.stringify(entry)),
  );
  watch.look("databases", await attempt(() => indexedDB.databases()));
  watch.look("caches", await attempt(() => caches.keys()));
  watch.look(
    "the globals",
    Object.getOwnPropertyNames(globalThis)
      .map((one) => attempt(() => (globalThis as Record<string, unknown>)[one]))
      .filter((one) => typeof one === "string"),
  );
}

/** Checks a key in localStorage: under its name and nowhere else, until it is forgotten. */
async function withStorage(fetchat: Kit, watch: Watch, baseURL: string): Promise<Report> {
  watch.shown.clear();
  const key = fetchat.sessionKey({ ask: () => KEY, storage: localStorage });
  const client = fetchat.createClient({ apiKey: key, baseURL, maxRetries: 0 });
  await client.chat(HELLO).catch(() => undefined);
  const kept = Object.entries(localStorage);
  localStorage.removeItem("fetchat.key");
  await lookAround(watch);
  localStorage.setItem("fetchat.key", KEY);
  key.forget();
  await lookAround(watch);
  return {
    shown: [...watch.shown],
    endings: kept.map(([name, value]) => `${name}: ${value === KEY ? "the key" : String(value)}`),
  };
}

/** Uses the client beside a frame of another origin, and a frame of this origin that writes to the storage. */
async function amongStrangers(fetchat: Kit, watch: Watch, baseURL: string, thief: string): Promise<Report> {
  watch.shown.clear();
  const key = fetchat.sessionKey({ ask: () => KEY, storage: localStorage });
  const client = fetchat.createClient({ apiKey: key, baseURL, maxRetries: 0 });
  await client.chat(HELLO).catch(() => undefined);
  const stranger = await framed(`${thief}/page`);
  const own = await framed("/empty");
  const heard: string[] = [];
  addEventListener("storage", ({ key: changed }) => heard.push(String(changed)));
  own.contentWindow!.localStorage.setItem("fetchat.baseURL", `${thief}/v1`);
  own.contentWindow!.localStorage.setItem("OPENAI_BASE_URL", `${thief}/v1`);
  await pause(100);
  dispatchEvent(new StorageEvent("storage", { key: "fetchat.key", newValue: `${thief}/v1` }));
  dispatchEvent(new MessageEvent("message", { data: { type: "fetchat", baseURL: `${thief}/v1` } }));
  for (const call of [() => client.chat(HELLO), () => client.models(), () => client.newChatSession().send("Hello")]) {
    await call().catch((error: unknown) => watch.look("an error", error));
  }
  await pause(100);
  stranger.remove();
  own.remove();
  key.forget();
  localStorage.clear();
  return { shown: [...watch.shown], endings: heard };
}

async function framed(url: string): Promise<HTMLIFrameElement> {
  const frame = document.createElement("iframe");
  const loaded = new Promise((resolve) => frame.addEventListener("load", resolve, { once: true }));
  frame.src = url;
  document.body.append(frame);
  await loaded;
  return frame;
}

/** Uses the client in a worker that passes its error to the page. */
async function inWorker(watch: Watch, baseURL: string): Promise<Report> {
  watch.shown.clear();
  const worker = new Worker("/leaks.js", { type: "module" });
  const error = await new Promise<unknown>((resolve) => {
    worker.addEventListener("message", ({ data }) => resolve(data));
    worker.addEventListener("error", (event) => resolve(event.message));
    worker.postMessage(baseURL);
  });
  worker.terminate();
  watch.look("the worker's error", error);
  return { shown: [...watch.shown], endings: [(error as Error).message] };
}

/** Leaks the key on purpose, to prove that the test detects a leak. */
async function carelessly(watch: Watch, where: string): Promise<Report> {
  watch.shown.clear();
  const deep = Object.assign(new Error("No."), { cause: new Map([["a", { b: [new Headers({ "x-echo": KEY })] }]]) });
  if (where === "console") console.info(`the key is ${KEY}`);
  if (where === "error") watch.look("an error", deep);
  if (where === "rejection") void Promise.reject(new Error(KEY));
  if (where === "storage") sessionStorage.setItem("x", KEY);
  if (where === "document") document.body.dataset["x"] = KEY;
  await pause(50);
  await lookAround(watch);
  sessionStorage.clear();
  delete document.body.dataset["x"];
  return { shown: [...watch.shown], endings: [] };
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
