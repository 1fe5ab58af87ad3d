import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROOT } from "../../scripts/lib/paths.ts";
import { type FaultServer, startFaultServer } from "../support/server.ts";
import { runSnippet } from "../support/snippet-run.ts";
import { typeErrors, writeSnippet } from "../support/snippet-types.ts";
import { snippetsOf } from "../support/snippets.ts";

const blocks = snippetsOf(readFileSync(`${ROOT}/docs/endpoints.md`, "utf8")).filter((one) => one.language === "ts");

let server: FaultServer;
beforeAll(async () => {
  server = await startFaultServer();
});
afterAll(() => server.close());

describe("docs/endpoints.md", () => {
  it("type-checks", async () => {
    expect(
      await typeErrors("node", await Promise.all(blocks.map((one) => writeSnippet("docs/endpoints.md", one)))),
    ).toEqual([]);
  });

  it.each(blocks.filter((one) => !one.typesOnly).map((one) => [one.line, one] as const))(
    "runs the block of line %i",
    async (_, one) => {
      await runSnippet(await writeSnippet("docs/endpoints.md", one), server);
    },
  );
});
