import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bin, ROOT } from "../../scripts/lib/paths.ts";
import { run } from "../../scripts/lib/run.ts";
import { type FaultServer, startFaultServer } from "../support/server.ts";
import { delta, startUpstream } from "../support/upstream.ts";
import { commandOf, finish, KEY } from "./support.ts";

const README = commandOf("examples/deno/ask.ts Name three rivers");

/** Returns the command with another API's address, and the permissions for it. */
function command(baseURL: string, words: readonly string[] = README): string[] {
  return words.map((word) =>
    word.replace("=OPENAI_API_KEY", "=OPENAI_API_KEY,OPENAI_BASE_URL").replace("api.openai.com", new URL(baseURL).host),
  );
}

describe("deno/ask.ts, on Deno", () => {
  let api: FaultServer;
  beforeAll(async () => void (api = await startFaultServer()));
  afterAll(() => api.close());

  it("prints the answer, and nothing else", async () => {
    const env = { OPENAI_API_KEY: KEY, OPENAI_BASE_URL: `${api.url}/v1` };
    const { code, stdout, stderr } = await finish(command(api.url), env);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("You said: ");
  });

  it("prints the part of a broken answer that arrived, reports the error, and fails", async () => {
    const broken = await startUpstream(({ response }) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(delta("The Rhi"), () => setTimeout(() => response.destroy(), 50));
    });
    const ran = await finish(command(broken.url), { OPENAI_API_KEY: KEY, OPENAI_BASE_URL: broken.url });
    await broken.close();
    expect(ran).toMatchObject({
      code: 1,
      stdout: "The Rhi\n",
      stderr: expect.stringMatching(/broke|cut|incomplete|ended/i),
    });
  });

  it.each([
    ["the key", {}, /^apiKey: expected a key: the variable OPENAI_API_KEY/],
    ["a question", { OPENAI_API_KEY: KEY }, /^Ask something/],
  ])("reports a missing %s", async (what, env, said) => {
    const words = what === "a question" ? README.slice(0, -3) : README;
    const { code, stderr } = await finish(words, env);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(said);
  });
});

it("the examples for Deno pass deno check", async () => {
  const { code, stdout, stderr } = await run(bin("deno"), ["check", "ask.ts", "serve.ts"], {
    cwd: `${ROOT}/examples/deno`,
  });
  expect(code, stdout + stderr).toBe(0);
});
