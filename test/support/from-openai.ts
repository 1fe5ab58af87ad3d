import { CLIENTS, PROGRAMS, TASKS } from "../../scripts/lib/fromOpenAI.ts";
import { bin, ROOT } from "../../scripts/lib/paths.ts";
import { run } from "../../scripts/lib/run.ts";
import { REPLIES, requestsTo, WEBHOOK_SECRET } from "./from-openai-replies.ts";
import type { Exchange } from "./script.ts";
import type { FaultServer } from "./server.ts";

/** A program after its run. */
export interface Ran {
  readonly output: string;
  readonly exchanges: readonly Exchange[];
}

/** Runs all programs in one process, each against a mock API of its own on the server. */
export async function runPairs(
  server: FaultServer,
  names: readonly string[] = TASKS.map(([name]) => name),
): Promise<Map<string, Ran>> {
  const programs = names.flatMap((name) => CLIENTS.map((client) => `${name}/${client}`));
  const ids = await Promise.all(programs.map((program) => newScript(server, program)));
  const jobs = programs.map((program, at) => ({
    path: `${PROGRAMS}/${program}.ts`,
    requests: requestsTo(program.split("/")[0] ?? ""),
    env: {
      OPENAI_API_KEY: "sk-test",
      OPENAI_BASE_URL: `${server.url}/s/${ids[at] ?? ""}/v1`,
      OPENAI_WEBHOOK_SECRET: WEBHOOK_SECRET,
      AZURE_OPENAI_ENDPOINT: `${server.url}/s/${ids[at] ?? ""}`,
      AZURE_OPENAI_DEPLOYMENT: "my-gpt",
    },
  }));
  const runner = `${ROOT}/test/support/from-openai-run.mjs`;
  const { code, stdout, stderr } = await run(bin("node"), [runner, JSON.stringify(jobs)], { timeout: 60_000 });
  if (code !== 0) throw new Error(`exit code ${code}\n${stdout}${stderr}`);
  const outputs = JSON.parse(stdout) as string[];
  const logs = await Promise.all(ids.map((id) => exchangesOf(server, id)));
  return new Map(programs.map((program, at) => [program, { output: outputs[at] ?? "", exchanges: logs[at] ?? [] }]));
}

async function newScript(server: FaultServer, program: string): Promise<string> {
  const replies = REPLIES[program.split("/")[0] ?? ""] ?? [];
  const body = JSON.stringify({ pieces: "whole", replies });
  const answer = await fetch(`${server.url}/script`, { method: "POST", body });
  return ((await answer.json()) as { id: string }).id;
}

async function exchangesOf(server: FaultServer, id: string): Promise<readonly Exchange[]> {
  const answer = await fetch(`${server.url}/s/${id}/log`);
  return ((await answer.json()) as { exchanges: Exchange[] }).exchanges;
}
