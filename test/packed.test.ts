import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { build } from "esbuild";
import { Miniflare } from "miniflare";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bin, ROOT } from "../scripts/lib/paths.ts";
import { hasChromium, launchChromium } from "./support/browsers.ts";
import { installPacked, type Packed, succeeded } from "./support/packed.ts";
import { type FaultServer, startFaultServer } from "./support/server.ts";

/** What every program does: a streamed chat that ends well, and one that is cut off. */
const TALK = `
import { isStreamError, OpenAIError } from "fetchat";

export async function talk(createClient, baseURL) {
  const client = createClient({ apiKey: "sk-test", baseURL });
  const stream = await client.streamChat([{ role: "user", content: "Count." }], { model: "m" });
  const pieces = [];
  for await (const { content } of stream) if (content !== "") pieces.push(content);
  const cut = await (await client.streamChat([{ role: "user", content: "Go on." }], { model: "m" })).final().catch((error) => error);
  const error = [cut.name, cut.ending, cut.partial?.text, isStreamError(cut), cut instanceof OpenAIError];
  return JSON.stringify({ pieces, ending: stream.ending, error });
}
`;

const TOLD = {
  pieces: ["One", ", two"],
  ending: "complete",
  error: ["StreamError", "truncated", "Half a", true, true],
};

const delta = (content: string, finish: string | null = null): string =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content }, finish_reason: finish }] })}\n\n`;
const REPLIES = [
  { body: [delta("One"), { wait: 20 }, delta(", two"), delta("", "stop"), "data: [DONE]\n\n"] },
  { body: [delta("Half a")] },
];

const FOR_NODE = `
import { createClient } from "fetchat";
import { talk } from "./talk.mjs";
console.log(await talk(createClient, globalThis.process.argv[2]));
`;

const chromium = await hasChromium();

let server: FaultServer;
let packed: Packed;
beforeAll(async () => {
  server = await startFaultServer();
  packed = await installPacked();
  await packed.write("talk.mjs", TALK);
  await packed.write("main.mjs", FOR_NODE);
});
afterAll(async () => {
  await packed?.remove();
  await server?.close();
});

/** A base URL at which the two replies wait. */
async function baseURL(): Promise<string> {
  const response = await fetch(`${server.url}/script`, {
    method: "POST",
    body: JSON.stringify({ pieces: "whole", replies: REPLIES }),
  });
  return `${server.url}/s/${((await response.json()) as { id: string }).id}/v1`;
}

/** Runs a program that prints what it was told, in the folder. */
async function told(program: string, ...args: string[]): Promise<unknown> {
  return JSON.parse(succeeded(await packed.run(program, ...args, await baseURL())).stdout);
}

it("installs beside its two dependencies, without a warning", async () => {
  const there = await readdir(`${packed.folder}/node_modules`);
  expect(there.filter((name) => !name.startsWith("."))).toEqual(["eventsource-parser", "fetchat", "valibot"]);
  expect(
    packed.output.split("\n").filter((line) => /fetchat|deprecated|EBADENGINE|install script/i.test(line)),
  ).toEqual([]);
});

describe("a streamed chat with the installed package", () => {
  it.each(nodes())("is told whole by Node $version", async ({ program }) => {
    expect(await told(program, "main.mjs")).toEqual(TOLD);
  });

  it("is told whole by a CommonJS program", async () => {
    await packed.write(
      "main.cjs",
      `const { createClient } = require("fetchat"); import("./talk.mjs").then(({ talk }) => talk(createClient, process.argv[2])).then(console.log);`,
    );
    expect(await told(process.execPath, "main.cjs")).toEqual(TOLD);
  });

  it("is told whole by Bun", async () => {
    expect(await told(bin("bun"), "main.mjs")).toEqual(TOLD);
  });

  it("is told whole by Deno, which may only reach the server", async () => {
    await packed.write(
      "deno.mjs",
      `import { createClient } from "fetchat/deno"; import { talk } from "./talk.mjs"; console.log(await talk(createClient, Deno.args[0]));`,
    );
    expect(
      await told(
        bin("deno"),
        "run",
        "--no-prompt",
        "--cached-only",
        `--allow-net=127.0.0.1:${server.port}`,
        "deno.mjs",
      ),
    ).toEqual(TOLD);
  });

  it("is told whole by workerd, without a compatibility flag", async () => {
    const entry = await packed.write(
      "worker.mjs",
      `
      import { createClient } from "fetchat/cloudflare";
      import { talk } from "./talk.mjs";
      export default { fetch: async (request) => new Response(await talk(createClient, await request.text())) };`,
    );
    const built = await build({
      entryPoints: [entry],
      bundle: true,
      write: false,
      format: "esm",
      target: "es2022",
      logLevel: "silent",
    });
    const miniflare = new Miniflare({
      modules: true,
      script: built.outputFiles[0]?.text ?? "",
      compatibilityDate: "2026-07-01",
    });
    try {
      const response = await fetch(await miniflare.ready, { method: "POST", body: await baseURL() });
      expect(await response.json()).toEqual(TOLD);
    } finally {
      await miniflare.dispose();
    }
  });

  it.skipIf(!chromium)("is told whole by a page that has an import map and no bundler", async () => {
    const site = await serve(packed.folder);
    const browser = await launchChromium();
    try {
      const page = await browser.newPage();
      const failed = new Promise<never>((_, reject) => page.on("pageerror", (error) => reject(error)));
      failed.catch(() => undefined);
      await packed.write("index.html", pageOf(await baseURL()));
      await page.goto(`${site.url}/index.html`);
      const done = await Promise.race([
        failed,
        page.waitForFunction("globalThis.done", undefined, { timeout: 20_000 }),
      ]);
      expect(JSON.parse(String(await done.jsonValue()))).toEqual(TOLD);
    } finally {
      await browser.close();
      await site.close();
    }
  });
});

describe("a streamed chat in a bundle", () => {
  /** Each writes `out/NAME.mjs`, as its own command line does it. */
  const bundlers: [string, () => Promise<unknown>][] = [
    [
      "bun",
      async () => succeeded(await packed.run(bin("bun"), "build", "main.mjs", "--minify", "--outfile=out/bun.mjs")),
    ],
    [
      "deno",
      async () =>
        succeeded(await packed.run(bin("deno"), "bundle", "--quiet", "--minify", "--output=out/deno.mjs", "main.mjs")),
    ],
  ];

  it.each(bundlers)("of %s is told whole, with nothing installed beside it", async (name, bundle) => {
    await bundle();
    const alone = `${packed.folder}/../${name}`;
    await mkdir(alone, { recursive: true });
    await writeFile(`${alone}/main.mjs`, await readFile(`${packed.folder}/out/${name}.mjs`));
    expect(await told(process.execPath, `${alone}/main.mjs`)).toEqual(TOLD);
  });
});

describe("a program in TypeScript that uses every entry", () => {
  const ENTRIES = [
    "",
    "/cloudflare",
    "/deno",
    "/browser",
    "/providers",
    "/relay",
    "/testing",
    "/responses",
    "/media",
    "/fetchat.js",
  ];
  const DOM = ["dom", "dom.iterable", "dom.asynciterable"];
  /** How projects look for packages, which globals they have, and whose types say so. */
  const projects: [string, Record<string, unknown>][] = [
    ["module nodenext and DOM types", { module: "nodenext", lib: ["es2022", ...DOM] }],
    ["module nodenext and Node's types alone", { module: "nodenext", lib: ["es2023"], types: ["node"] }],
    [
      "a bundler and the types of Workers alone",
      { moduleResolution: "bundler", lib: ["es2023"], types: ["@cloudflare/workers-types"] },
    ],
    ["a bundler and the types of a web worker", { moduleResolution: "bundler", lib: ["es2023", "webworker"] }],
    [
      "moduleResolution node, from CommonJS",
      { module: "commonjs", moduleResolution: "node10", ignoreDeprecations: "6.0", lib: ["es2022", ...DOM] },
    ],
    [
      "moduleResolution node, for a bundler",
      { moduleResolution: "node10", ignoreDeprecations: "6.0", lib: ["es2022"], types: ["node"] },
    ],
  ];

  it.each(projects)("compiles at its strictest with %s", async (_, project) => {
    const uses = ENTRIES.map((entry, at) => `import * as entry${at} from "fetchat${entry}";`);
    const calls = `
      const client: entry0.OpenAI = entry1.createClient({ apiKey: "k", provider: entry4.groq });
      export const all: object[] = [${ENTRIES.map((_, at) => `entry${at}`).join(", ")}];
      export async function* ask(question: string): AsyncGenerator<string> {
        for await (const { content } of await client.streamChat([{ role: "user", content: question }])) yield content;
        yield await client.newChatSession({ api: entry7.responses() }).send(question);
        yield entry7.outputText(await entry7.createResponse(client, question));
        yield (await entry8.imageGeneration(client, question)).data[0]?.b64_json ?? "";
      }`;
    await packed.write("types.ts", `${uses.join("\n")}\n${calls}`);
    const compilerOptions = {
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
      noEmit: true,
      target: "es2022",
      module: "esnext",
      types: [],
      typeRoots: [`${ROOT}/node_modules/@types`, `${ROOT}/node_modules`],
      ...project,
    };
    const config = await packed.write("tsconfig.json", JSON.stringify({ compilerOptions, files: ["types.ts"] }));
    const { code, stdout } = await packed.run(bin("tsc"), "-p", config);
    expect([code, stdout]).toEqual([0, ""]);
  });
});

/** This Node, and one of another version that the machine may have besides. */
function nodes(): { version: string; program: string }[] {
  const programs = [process.execPath, "/usr/bin/node", "/usr/local/bin/node"].filter((program) => existsSync(program));
  const versions = new Map(
    programs.map((program) => [execFileSync(program, ["--version"], { encoding: "utf8" }).trim(), program]),
  );
  return [...versions].map(([version, program]) => ({ version, program }));
}

function pageOf(baseURL: string): string {
  const imports = {
    fetchat: "/node_modules/fetchat/dist/index.js",
    "fetchat/browser": "/node_modules/fetchat/dist/browser.js",
    "eventsource-parser": "/node_modules/eventsource-parser/dist/index.js",
    valibot: "/node_modules/valibot/dist/index.mjs",
  };
  return `<!doctype html><link rel="icon" href="data:,"><script type="importmap">${JSON.stringify({ imports })}</script><script type="module">
    import { createClient } from "fetchat/browser";
    import { talk } from "./talk.mjs";
    globalThis.done = await talk(createClient, ${JSON.stringify(baseURL)});
  </script>`;
}

/** The folder's files, on loopback. */
async function serve(folder: string): Promise<{ url: string; close: () => Promise<void> }> {
  const site = createServer((request, response) => {
    const path = request.url ?? "/";
    const type = path.endsWith(".html") ? "text/html" : "text/javascript";
    readFile(`${folder}${path}`).then(
      (bytes) => response.writeHead(200, { "content-type": `${type}; charset=utf-8` }).end(bytes),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      site.close(() => resolve());
      site.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${(site.address() as AddressInfo).port}`, close };
}
