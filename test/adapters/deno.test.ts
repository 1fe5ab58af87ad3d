import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bin } from "../../scripts/lib/paths.ts";
import { type Ran, run } from "../../scripts/lib/run.ts";
import { writeEntry } from "../runners/entry.ts";
import { type FaultServer, startFaultServer } from "../support/server.ts";

/** A program that sends one chat, with options from the command line, and prints the outcome. */
const PROGRAM = `
import { createClient } from "fetchat/deno";
const { fetch } = globalThis;
let asked = 0;
globalThis.fetch = (...args) => (asked++, fetch(...args));
try {
  const answer = await createClient(JSON.parse(Deno.args[0])).chat([{ role: "user", content: "Name three rivers" }]);
  console.log(answer.choices[0].message.content);
} catch (error) {
  console.log(\`\${error.name}: \${error.message}\`);
  if (asked > 1) console.log("after trying again");
}`;

describe("fetchat/deno, in Deno,", () => {
  const KEY = "sk-deno";
  let api: FaultServer;
  let host: string;
  let path: string;
  beforeAll(async () => {
    api = await startFaultServer();
    host = new URL(api.url).host;
    path = await writeEntry("deno-permissions.mjs", [PROGRAM]);
  });
  afterAll(() => api.close());

  /** Runs the program with these permissions only; `HOST` stands for the API's host. */
  async function ask(permissions: string[], options: object = {}, env: Record<string, string> = {}): Promise<string> {
    const granted = permissions.map((one) => one.replace("HOST", host));
    const variables = { OPENAI_API_KEY: KEY, OPENAI_BASE_URL: `${api.url}/v1`, ...env };
    const ran: Ran = await run(
      bin("deno"),
      ["run", "--no-prompt", "--no-check", ...granted, path, JSON.stringify(options)],
      { env: variables },
    );
    return ran.stdout + ran.stderr;
  }

  it("needs the key's variable and the API's host, and nothing else", async () => {
    const options = { baseURL: `${api.url}/v1` };
    expect(await ask(["--allow-env=OPENAI_API_KEY", "--allow-net=HOST"], options)).toContain(
      "You said: Name three rivers",
    );
  });

  it("needs no variable if the key is an option", async () => {
    expect(await ask(["--allow-net=HOST"], { apiKey: KEY, baseURL: `${api.url}/v1` })).toContain(
      "You said: Name three rivers",
    );
  });

  it.each([
    ["of its name", "--allow-env=OPENAI_API_KEY,OPENAI_BASE_URL"],
    ["of all of OPENAI_*", "--allow-env=OPENAI_*"],
    ["of everything", "--allow-env"],
  ])("reads the base URL with the permission %s", async (_, permission) => {
    expect(await ask([permission, "--allow-net=HOST"])).toContain("You said: Name three rivers");
  });

  it.each([
    ["no permission", ["--allow-net=HOST"]],
    ["another variable's", ["--allow-env=HOME", "--allow-net=HOST"]],
    ["a refusal", ["--allow-env", "--deny-env=OPENAI_API_KEY", "--allow-net=HOST"]],
  ])("names the permission to read the key with %s", async (_, permissions) => {
    expect(await ask(permissions)).toBe(
      "InputError: OPENAI_API_KEY: expected permission to read it (--allow-env=OPENAI_API_KEY), or the apiKey option, received no permission\n",
    );
  });

  it.each([
    ["no permission", []],
    ["another host's", ["--allow-net=api.openai.com"]],
    ["another port's", ["--allow-net=127.0.0.1:1"]],
  ])("names the host without permission with %s, and does not retry", async (_, permissions) => {
    expect(await ask(["--allow-env=OPENAI_API_KEY,OPENAI_BASE_URL", ...permissions])).toBe(
      `ConnectionError: Not allowed: run with --allow-net=${host}\n`,
    );
  });

  it("warns if the base URL in the environment could not be read", async () => {
    const said = await ask(["--allow-env=OPENAI_API_KEY", "--allow-net=HOST"]);
    expect(said).toBe(
      "ConnectionError: Not allowed: run with --allow-net=api.openai.com; for a base URL in OPENAI_BASE_URL, with --allow-env=OPENAI_BASE_URL too\n",
    );
  });

  it("names a missing variable", async () => {
    expect(await ask(["--allow-env=OPENAI_API_KEY", "--allow-net=HOST"], {}, { OPENAI_API_KEY: "" })).toMatch(
      /^InputError: apiKey: expected a key: the variable OPENAI_API_KEY/,
    );
  });
});
