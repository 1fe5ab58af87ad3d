import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { countLines, PAGE, PROGRAMS, refreshed, TASKS } from "../../scripts/lib/fromOpenAI.ts";
import { type Ran, runPairs } from "../support/from-openai.ts";
import { type FaultServer, startFaultServer } from "../support/server.ts";

describe("the programs of examples/from-openai", () => {
  let server: FaultServer;
  let ran: Map<string, Ran>;
  beforeAll(async () => {
    server = await startFaultServer();
    ran = await runPairs(server);
  });
  afterAll(() => server.close());

  it("are all on the page", () => {
    const folders = readdirSync(PROGRAMS, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.map(({ name }) => name).sort()).toEqual(TASKS.map(([name]) => name).sort());
  });

  it.each(TASKS)("print the same with openai and with fetchat: %s", (name) => {
    const [openai, fetchat] = ["openai", "fetchat"].map((client) => ran.get(`${name}/${client}`)?.output);
    expect(fetchat).toBe(openai);
    expect(openai).not.toMatch(/^$|\bat file:/);
  });

  it.each(TASKS)("send the same requests with openai and with fetchat: %s", (name) => {
    const [openai, fetchat] = ["openai", "fetchat"].map((client) =>
      // openai's helper requests all events of a background response again, and drops those before starting_after.
      ran
        .get(`${name}/${client}`)
        ?.exchanges.map(({ method, path }) => `${method} ${path.replace("starting_after=3&", "")}`),
    );
    expect(fetchat).toEqual(openai);
  });
});

describe("the page about openai-node", () => {
  it("has the line counts and programs of examples/from-openai: node scripts/from-openai.ts", async () => {
    const page = readFileSync(PAGE, "utf8");
    expect(await refreshed(page)).toBe(page);
  });

  it("counts the lines that hold code", async () => {
    const source =
      '// a comment\nimport "a";\n\n/* another\n comment */\nconst text = `one\n\nthree`; // and one more\n';
    expect(await countLines(source)).toBe(4);
  });
});
