import { readFileSync } from "node:fs";
import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROOT } from "../scripts/lib/paths.ts";
import { CHROMIUM } from "./runners/chromium.ts";
import { type FaultServer, startFaultServer } from "./support/server.ts";
import { createSnippetFolder, type SnippetFolder } from "./support/snippet-folder.ts";
import { createSnippetRunner, unknownCommands } from "./support/snippet-run.ts";
import { createSnippetTypes } from "./support/snippet-types.ts";
import { type Platform, type Snippet, snippetsOf } from "./support/snippets.ts";

const snippets = snippetsOf(readFileSync(`${ROOT}/test/fixtures/snippets.md`, "utf8"));

let server: FaultServer;
let folder: SnippetFolder;
beforeAll(async () => {
  [server, folder] = await Promise.all([startFaultServer(), createSnippetFolder()]);
});
afterAll(async () => {
  await folder?.remove();
  await server?.close();
});

/** A block of the fixture, its code changed. */
function block(platform: Platform, change: (code: string) => string = (code) => code): Snippet {
  const found = snippets.find((one) => one.platform === platform && one.code.includes("createClient"));
  if (found === undefined) throw new Error(`the fixture has no block for ${platform}`);
  return { ...found, code: change(found.code) };
}

let pages = 0;

/** Returns the type errors of blocks, as a page of their own. */
async function errorsOf(...blocks: Snippet[]): Promise<string> {
  const page = `page-${++pages}`;
  return (await createSnippetTypes(folder, await folder.write(page, blocks)).errorsOf(page)).join("\n");
}

/** Runs the first of the blocks, as a page of their own. */
async function runOf(...blocks: Snippet[]): Promise<string> {
  const files = await folder.write(`page-${++pages}`, blocks);
  const runner = createSnippetRunner(folder, files, server);
  try {
    return await runner.run(files[0]!);
  } finally {
    await runner.close();
  }
}

/** The blocks of a page that is written here. */
const blocksOf = (page: string): Snippet[] => snippetsOf(page.replaceAll("\n    ", "\n"));

describe("a page's blocks", () => {
  it("are read with their line, language and platform", () => {
    expect(snippets.map((one) => `${one.line} ${one.language} ${one.platform}`)).toEqual([
      "3 ts node",
      "9 ts node",
      "18 ts worker",
      "31 ts deno",
      "39 ts deno",
      "51 ts browser",
      "59 ts node",
      "63 sh node",
    ]);
    expect(snippets.filter((one) => one.typesOnly).map((one) => one.line)).toEqual([59]);
    expect(snippets.filter((one) => one.serves).map((one) => one.line)).toEqual([39]);
  });

  it("follow the hidden context and the blocks that they continue", () => {
    expect(snippets[2]?.given).toBe('type Given = "seen by nobody";');
    expect(snippets[1]?.given).toBe(snippets[0]?.code);
  });

  it("are marked if they print what the block before them prints", () => {
    const page = "```ts\n```\n<!-- runs: node, same output -->\n```ts\n```";
    expect(snippetsOf(page).map((one) => one.sameOutput)).toEqual([false, true]);
  });

  it("are an error without an end or with an unknown platform", () => {
    expect(() => snippetsOf("```ts\nconst a = 1;")).toThrow("line 1");
    expect(() => snippetsOf("<!-- runs: nowhere -->\n```ts\n```")).toThrow("nowhere");
    expect(() => snippetsOf("<!-- runs: node, quickly -->\n```ts\n```")).toThrow("no flag quickly");
    expect(() => snippetsOf("<!-- runs: node\nasks: /\n-->\n```ts\n```")).toThrow("asks: METHOD /path");
  });

  it("of a shell contain only commands that exist", () => {
    const shell = snippets.at(-1)?.code ?? "";
    expect(unknownCommands(shell, ["test"], new Set(["npm", "wrangler"]))).toEqual(["npm run no-such-script"]);
    expect(unknownCommands("npx nothing\nnothing", [], new Set(["npx"]))).toEqual(["npx nothing", "nothing"]);
  });
});

describe.each(["node", "worker", "deno", "browser"] as const)("a block for %s", (platform) => {
  it("passes the type check when it is right, and fails it if it uses a missing name", async () => {
    const right = block(platform);
    const missing = { ...block(platform, (code) => `${code}\nnoSuchName();`), file: "missing.ts" };
    const renamed = { ...block(platform, (code) => code.replace("createClient", "createNothing")), file: "renamed.ts" };
    const errors = await errorsOf(right, missing, renamed);
    const code = right.code.split("\n");
    const uses = code.findIndex((text) => text.includes("createClient") && !text.startsWith("import"));
    const lines = [...errors.matchAll(/^page-\d+:(\d+) /gm)].map(([, line]) => Number(line));
    expect(errors).toContain("noSuchName");
    expect(errors).toContain("createNothing");
    expect(new Set(lines)).toEqual(new Set([0, uses, code.length].map((at) => right.line + 1 + at)));
  });
});

describe("a block", () => {
  it("runs on Node", async () => {
    const whole =
      'import { createClient } from "fetchat";\nconst { choices } = await createClient({ apiKey: process.env["OPENAI_API_KEY"] }).chat([{ role: "user", content: "Hello" }], { model: "gpt-6-luna" });\nconsole.log(choices[0]?.message.content);';
    expect(await runOf({ ...block("node"), given: "", code: whole })).toMatch(/\w/);
  });

  it("runs in a Worker", async () => {
    expect(await runOf(block("worker"))).toContain("data: [DONE]");
  });

  it("runs on Deno, as a server too", async () => {
    expect(await runOf(block("deno"))).toMatch(/\w/);
    expect(await runOf(snippets.find((one) => one.serves)!)).toContain("data: [DONE]");
  });

  it("runs in a Worker with its bindings and answers the requests of its comment", async () => {
    const [sql, worker] = blocksOf(BINDINGS) as [Snippet, Snippet];
    expect(sql.language).toBe("sql");
    expect(await errorsOf(worker)).toBe("");
    expect(await runOf(worker)).toBe("2 visits of ann, 1 row, an object that counts 1, within the limit");
    const asks = worker.asks.map((ask) => ({ ...ask, status: 404 }));
    await expect(runOf({ ...worker, asks })).rejects.toThrow("GET /login was answered with 200");
  });

  it("runs on Bun, and as a server that chose its port", async () => {
    const serving = { ...block("node"), given: "", platform: "bun" as const, serves: true };
    expect(await runOf({ ...serving, code: 'Bun.serve({ port: 8787, fetch: () => new Response("from Bun") });' })).toBe(
      "from Bun",
    );
    expect(await runOf({ ...serving, code: 'export default { fetch: () => new Response("default") };' })).toBe(
      "default",
    );
  });

  it("runs on Node as a server that chose its port", async () => {
    const code =
      'import { createServer } from "node:http";\ncreateServer((_, response) => response.end("from Node")).listen(8787);';
    expect(await runOf({ ...block("node"), given: "", serves: true, code })).toBe("from Node");
  });

  it("runs beside another block of the page that it imports", async () => {
    const [main, file] = blocksOf(
      '```ts\nimport { name } from "./name.ts";\nconsole.log(name);\n```\n\n<!-- runs: node, file name.ts -->\n```ts\nexport const name = "a name";\n```',
    ) as [Snippet, Snippet];
    expect(await errorsOf(main, file)).toBe("");
    expect(await runOf(main, file)).toBe("a name\n");
  });

  it("runs with Deno's key-value store", async () => {
    const code =
      'const kv = await Deno.openKv();\nawait kv.set(["chat"], 1);\nconsole.log((await kv.get(["chat"])).value);\nkv.close();';
    const one = { ...block("deno"), given: "", code };
    expect(await errorsOf(one)).toBe("");
    expect(await runOf(one)).toBe("1\n");
  });

  it("runs in a page", async ({ skip }) => {
    if (!existsSync(CHROMIUM)) skip("Chromium is not there");
    expect(await runOf(block("browser"))).toMatch(/\w/);
  });

  it("runs in a page whose form is sent to the reader's server", async ({ skip }) => {
    if (!existsSync(CHROMIUM)) skip("Chromium is not there");
    const [html] = blocksOf(FORM) as [Snippet];
    expect(await runOf(html)).toContain('data: {"id"');
  });

  it.each(["node", "worker", "deno"] as const)("that throws fails on %s", async (platform) => {
    await expect(runOf(block(platform, (code) => `${code}\nthrow new Error("on purpose");`))).rejects.toThrow();
  });

  it("that throws fails in a page", async ({ skip }) => {
    if (!existsSync(CHROMIUM)) skip("Chromium is not there");
    await expect(runOf(block("browser", (code) => `${code}\nthrow new Error("on purpose");`))).rejects.toThrow(
      "on purpose",
    );
  });
});

const BINDINGS = `
    \`\`\`sql
    CREATE TABLE visits (name TEXT);
    INSERT INTO visits VALUES ('ann');
    \`\`\`

    <!-- runs: worker, kv VISITS, d1 DB, object COUNTER Counter, limit LIMIT, var WORD visits
    asks: GET /login
    asks: GET /
    asks: GET /
    -->
    \`\`\`ts
    import { DurableObject } from "cloudflare:workers";

    export class Counter extends DurableObject<Env> {
      count(): number {
        return 1;
      }
    }

    export default {
      async fetch(request, env) {
        if (new URL(request.url).pathname === "/login")
          return new Response("hello", { headers: { "set-cookie": "name=ann; HttpOnly" } });
        const name = /name=(\\w+)/.exec(request.headers.get("cookie") ?? "")?.[1] ?? "nobody";
        const visits = Number((await env.VISITS.get(name)) ?? 0) + 1;
        await env.VISITS.put(name, String(visits));
        const { results } = await env.DB.prepare("SELECT * FROM visits").all();
        const count = await env.COUNTER.getByName(name).count();
        const { success } = await env.LIMIT.limit({ key: name });
        return new Response(
          \`\${visits} \${env.WORD} of \${name}, \${results.length} row, an object that counts \${count}, \${success ? "within" : "over"} the limit\`,
        );
      },
    } satisfies ExportedHandler<Env>;
    \`\`\``;

const FORM = `
    <!-- runs: browser -->
    \`\`\`html
    <form><input name="text"></form>
    <output></output>
    <script type="module">
      document.querySelector("form").onsubmit = async (event) => {
        event.preventDefault();
        const body = JSON.stringify([{ role: "user", content: event.target.elements.text.value }]);
        const response = await fetch("/chat", { method: "POST", body });
        document.querySelector("output").textContent = await response.text();
      };
    </script>
    \`\`\``;
