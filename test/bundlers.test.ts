import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { INSTALLED, ROOT } from "../scripts/lib/paths.ts";
import { run } from "../scripts/lib/run.ts";
import type * as Fetchat from "../src/index.ts";
import type * as Testing from "../src/testing/index.ts";
import { BUNDLERS, type Job } from "./support/bundlers.ts";
import { CALLS } from "./support/exportCalls.ts";

/** Milliseconds for a hundred bundles on a busy machine. */
const PATIENCE = 600_000;

const FOLDER = `${INSTALLED}/bundlers-${process.pid}`;

/** The first programs of readers of the documentation. */
const DOCUMENTED = {
  smallest: `import { createClient } from "fetchat";
    const client = createClient({ apiKey: "k" });
    const completion = await client.chat([{ role: "user", content: "Name three rivers." }]);
    export default completion.choices[0].message.content;`,
  stream: `import { createClient } from "fetchat/browser";
    let text = "";
    const client = createClient({ apiKey: "k" });
    for await (const chunk of await client.streamChat([{ role: "user", content: "Hello" }])) text += chunk.content;
    export default text;`,
  worker: `import { createClient, parseMessages } from "fetchat/cloudflare";
    const client = createClient({ env: { OPENAI_API_KEY: "k" } });
    const stream = await client.streamChat(parseMessages([{ role: "user", content: "Hello" }]));
    export default (await stream.toResponse().text()).replaceAll(/"(?:id|created)":[^,]*,/g, "");`,
  session: `import { createClient, tool } from "fetchat";
    const weather = tool({
      name: "get_weather",
      parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
      execute: ({ city }) => "Rain in " + city,
    });
    export default await createClient({ apiKey: "k" }).newChatSession({ tools: [weather] }).send("Is it raining in Oslo?");`,
  free: `import { createConnection, streamChat } from "fetchat";
    let text = "";
    const connection = createConnection({ apiKey: "k" });
    for await (const chunk of await streamChat(connection, [{ role: "user", content: "Hello" }])) text += chunk.content;
    export default text;`,
  responses: `import { createClient } from "fetchat";
    import { createResponse, outputText } from "fetchat/responses";
    export default outputText(await createResponse(createClient({ apiKey: "k" }), "Name three rivers."));`,
  media: `import { createClient } from "fetchat";
    import { imageGeneration } from "fetchat/media";
    const { data } = await imageGeneration(createClient({ apiKey: "k" }), "A heron at dawn");
    export default typeof data[0].b64_json;`,
  relay: `import { createClient } from "fetchat";
    import { groq } from "fetchat/providers";
    import { createRelay } from "fetchat/relay";
    import { createMockAPI } from "fetchat/testing";
    const relay = createRelay({ apiKey: "k", token: "t", hosts: ["relay.test"], fetch: createMockAPI({ pace: "instant" }).fetch });
    const client = createClient({ apiKey: "t", baseURL: "https://relay.test/v1", fetch: (url, init) => relay(new Request(url, init)) });
    export default [groq.name, await client.newChatSession().send("Hello")].join();`,
} as const;

type Module = Record<string, unknown>;
const load = (path: string): Promise<Module> => import(pathToFileURL(path).href) as Promise<Module>;

/** A program that uses one export, or calls it in one way. */
interface Use {
  readonly name: string;
  readonly code: string;
}

interface World {
  readonly fetch: typeof fetch;
  readonly given: object;
}

let world: World;
/** Programs that call an export with its required arguments, and programs that call it with all arguments. */
let required: Use[];
let all: Use[];

beforeAll(async () => {
  const { exports } = JSON.parse(await readFile(`${INSTALLED}/node_modules/fetchat/package.json`, "utf8")) as {
    exports: Record<string, { default: string }>;
  };
  const paths = Object.entries(exports);
  const entries = new Map<string, Module>();
  for (const [path, entry] of paths)
    entries.set(path.slice(2), await load(`${INSTALLED}/node_modules/fetchat/${entry.default}`));
  world = worldOf(entries);
  const uses = [...entries].flatMap(([entry, module]) => usesOf(entry, module, entries.get("") ?? {}));
  required = uses.map(([use]) => use);
  all = uses.flatMap(([, use]) => use ?? []);
  await write([...required, ...all]);
  await write(Object.entries(DOCUMENTED).map(([name, code]) => ({ name: `documented-${name}`, code })));
});

afterAll(() => rm(FOLDER, { recursive: true, force: true }));

it("Vite 7 uses the same Rollup that is tested by itself", () => {
  const versionFrom = (path: string): unknown =>
    (createRequire(createRequire(import.meta.url).resolve(`${path}/package.json`))("rollup/package.json") as Module)[
      "version"
    ];
  expect(versionFrom("vite7")).toBe(versionFrom("rollup"));
});

describe.each(BUNDLERS)("bundled by %s,", (bundler) => {
  const out = `${FOLDER}/${bundler}`;

  it(
    "every export alone builds and runs, called with and without its optional arguments",
    { timeout: PATIENCE },
    async () => {
      // Vite 7 bundles with the Rollup that bundles each program alone; here it shows how Vite finds and changes modules.
      const alone = bundler === "vite7" ? [job(out, required, false)] : required.map((use) => job(out, [use], false));
      expect(await build(bundler, [...alone, job(out, all, false)])).toEqual([]);
      const wrong = [];
      for (const { name } of [...required, ...all]) wrong.push(...(await faultOf(`${out}/${name}.mjs`)));
      expect(wrong).toEqual([]);
    },
  );

  it("the documented programs, minified, say what they say unbundled", { timeout: PATIENCE }, async () => {
    const programs = Object.keys(DOCUMENTED).map((name) => ({ name: `documented-${name}`, code: "" }));
    expect(
      await build(
        bundler,
        programs.map((program) => job(out, [program], true)),
      ),
    ).toEqual([]);
    for (const { name } of programs)
      expect(await answerOf(`${out}/${name}.mjs`), name).toEqual(await answerOf(`${FOLDER}/${name}.mjs`));
  });
});

/** Returns the programs of one entry's exports. Exports that an adapter takes from the core share one program. */
function usesOf(entry: string, module: Module, core: Module): [Use, Use?][] {
  const from = entry === "" ? "fetchat" : `fetchat/${entry}`;
  const shared = Object.keys(module).filter((name) => module !== core && module[name] === core[name]);
  const own = Object.keys(module).filter((name) => !shared.includes(name));
  const copy = entry === "fetchat.js";
  const uses = (copy ? ["createClient"] : own).map((name): [Use, Use?] => {
    const calls = callsOf(name, module[name]);
    const program = (kind: string, call: string): Use => ({
      name: [entry || "index", name, kind].join("-").replace(".", "_"),
      code: `import { ${name} as use } from "${from}";\n${PROGRAM(call)}`,
    });
    return calls[1] === undefined
      ? [program("required", calls[0])]
      : [program("required", calls[0]), program("all", calls[1])];
  });
  const names = copy ? Object.keys(module) : shared;
  if (names.length === 0) return uses;
  const code = `import { ${names.join(", ")} } from "${from}";\n${PROGRAM(`[${names.join(", ")}].map((one) => typeof one)`)}`;
  return [...uses, [{ name: `${entry.replace(".", "_")}-shared`, code }]];
}

const PROGRAM = (call: string): string =>
  `export default async ({ connection, client, fetch, blob, signal, error, ai, fetchat }) => ${call};\n`;

function callsOf(name: string, value: unknown): readonly [string, string?] {
  if (typeof value !== "function") return ["use"];
  const calls = CALLS[name];
  if (calls === undefined) throw new Error(`test/support/exportCalls.ts says nothing about how to call ${name}.`);
  return calls;
}

/** The values that programs use: a client over a mock API, and arguments. */
function worldOf(entries: ReadonlyMap<string, Module>): World {
  const fetchat = entries.get("") as unknown as typeof Fetchat;
  const testing = entries.get("testing") as unknown as typeof Testing;
  const { fetch } = testing.createMockAPI({ pace: "instant" });
  const options = { apiKey: "k", fetch, model: "gpt-4o", maxRetries: 0 };
  const connection = fetchat.createConnection(options);
  const given = {
    fetchat,
    connection,
    client: fetchat.createClient(options),
    fetch,
    blob: new Blob(["RIFF"], { type: "audio/wav" }),
    signal: new AbortController().signal,
    error: new Error("An error."),
    ai: { gateway: () => ({ run: () => new Response("{}") }) },
  };
  return { fetch, given };
}

async function write(uses: readonly Use[]): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  await Promise.all(uses.map(({ name, code }) => writeFile(`${FOLDER}/${name}.mjs`, code)));
}

function job(out: string, uses: readonly Use[], whole: boolean): Job {
  const programs = Object.fromEntries(uses.map(({ name }) => [name, `${FOLDER}/${name}.mjs`]));
  return { folder: INSTALLED, out, programs, whole };
}

/** Returns the complaints of the bundler. */
async function build(bundler: string, jobs: readonly Job[]): Promise<string[]> {
  const args = [`${ROOT}/test/support/bundlers.ts`, bundler];
  const { code, stdout, stderr } = await run(process.execPath, args, { stdin: JSON.stringify(jobs) });
  return code === 0 ? stdout.split("\n").filter((line) => line !== "") : [stderr];
}

/** Runs a program and returns its faults: errors of the package are fine, the engine's are not. */
async function faultOf(path: string): Promise<string[]> {
  try {
    const module = await load(path);
    const result = await (module["default"] as (given: object) => unknown)(world.given);
    if (Symbol.asyncIterator in Object(result) && "final" in Object(result))
      await (result as { final(): Promise<unknown> }).final();
    return [];
  } catch (error) {
    const { name, stack } = error as Error;
    return /^(?:Type|Reference|Syntax|Range)Error$/.test(name) ? [`${path}: ${stack ?? name}`] : [];
  }
}

/** Runs a program with the mock API as its network. Returns its exports. */
async function answerOf(path: string): Promise<unknown> {
  const { fetch } = globalThis;
  globalThis.fetch = world.fetch;
  try {
    const answer = (await load(path))["default"];
    expect(answer).toEqual(expect.stringMatching(/\w/));
    return answer;
  } finally {
    globalThis.fetch = fetch;
  }
}
