import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROOT } from "../../scripts/lib/paths.ts";
import { type FaultServer, startFaultServer } from "../support/server.ts";
import { runSnippet } from "../support/snippet-run.ts";
import { typeErrors, writeSnippet } from "../support/snippet-types.ts";
import { snippetsOf } from "../support/snippets.ts";

const code = snippetsOf(readFileSync(`${ROOT}/docs/responses.md`, "utf8")).filter((one) => one.language === "ts");

let server: FaultServer;
beforeAll(async () => {
  server = await startFaultServer();
});
afterAll(() => server.close());

describe("docs/responses.md", () => {
  it("type-checks", async () => {
    expect(
      await typeErrors("node", await Promise.all(code.map((one) => writeSnippet("docs/responses.md", one)))),
    ).toEqual([]);
  });

  it.each(code.filter(({ typesOnly }) => !typesOnly).map((one) => [one.line, one] as const))(
    "runs the block of line %d",
    async (_line, one) => {
      expect(await runSnippet(await writeSnippet("docs/responses.md", one), server)).not.toBe("");
    },
    60_000,
  );
});
