import { afterEach, describe, expect, it } from "vitest";
import { bin, ROOT } from "../../scripts/lib/paths.ts";
import { run } from "../../scripts/lib/run.ts";
import { createMockAPI } from "../../src/testing/index.ts";
import type { MessageReply, RecordedRequest, MockAPI } from "../../src/testing/index.ts";
import type { ChatParams, Message } from "../../src/wire/index.ts";
import { startUpstream, type Upstream } from "../support/upstream.ts";
import { commandOf } from "./support.ts";

/** A call of the model: its name and arguments. */
type Call = readonly [name: string, args: unknown];

/**
 * The steps of the model: calls, their results, and the final text. It makes mistakes and corrects them after their
 * errors.
 */
function* thoughts(numbers: readonly number[]): Generator<Call[], string, string[]> {
  const one = function* (...call: Call): Generator<Call[], number, string[]> {
    const [result] = yield [call];
    return Number(result);
  };
  const [none, cut, text] = yield [
    ["average", { numbers }],
    ["sum", '{"numbers":[4,8'],
    ["divide", { a: "ten", b: 2 }],
  ];
  if (![none, cut, text].every((result) => result?.startsWith("Error: ")))
    return `I was not told of my mistakes: ${none}, ${cut}, ${text}`;
  const mean = yield* one("divide", { a: yield* one("sum", { numbers }), b: numbers.length });
  const differences = (yield numbers.map((a): Call => ["subtract", { a, b: mean }])).map(Number);
  const squares = (yield differences.map((a): Call => ["multiply", { a, b: a }])).map(Number);
  const total = yield* one("add", { a: yield* one("sum", { numbers: squares }), b: 0 });
  const deviation = yield* one("sqrt", { x: yield* one("divide", { a: total, b: numbers.length }) });
  return `It is ${deviation}.`;
}

/** Creates a model that makes tool calls in parallel, and function calls one by one. */
function model(numbers: readonly number[]): (request: RecordedRequest) => MessageReply {
  const thinking = thoughts(numbers);
  let waiting: Call[] = [];
  let results: string[] = [];
  let asked = 0;
  return ({ body }) => {
    const { messages, functions } = body as ChatParams & { messages: Message[] };
    results.push(
      ...messages
        .slice(asked)
        .flatMap((message) =>
          message.role === "tool" || message.role === "function" ? [message.content as string] : [],
        ),
    );
    asked = messages.length;
    if (waiting.length === 0) {
      const { done, value } = thinking.next(results);
      if (done) return { text: value };
      [waiting, results] = [value, []];
    }
    const toolCalls = waiting
      .splice(0, functions ? 1 : waiting.length)
      .map(([name, args]) => ({ name, arguments: args }));
    return functions ? { functionCall: toolCalls[0] } : { toolCalls };
  };
}

let api: Upstream | undefined;
afterEach(() => api?.close());

/** Starts the mock API as a server, with a model that knows these numbers. It checks every history as the API does. */
async function startAPI(numbers: readonly number[]): Promise<MockAPI> {
  const think = model(numbers);
  const mock = createMockAPI({ pace: "instant" }).reply(...Array.from({ length: 50 }, () => think));
  api = await startUpstream(({ method, url, headers, body, response }) => {
    const answer = mock.fetch(`https://api.openai.com${url}`, {
      method,
      headers: headers as Record<string, string>,
      body: new Uint8Array(body),
    });
    void answer.then(async (got) =>
      response.writeHead(got.status, Object.fromEntries(got.headers)).end(await got.text()),
    );
  });
  return mock;
}

const NUMBERS = [2, 4, 4, 4, 5, 5, 7, 9];
const FOLDER = `${ROOT}/examples/standard-deviation`;
const RUNTIMES: Readonly<Record<string, (file: string) => [string, string[]]>> = {
  node: (file) => [
    process.execPath,
    commandOf(`${file} ${NUMBERS.join(" ")}`)
      .slice(1, 2)
      .map((path) => `${ROOT}/${path}`),
  ],
  deno: (file) => [
    bin("deno"),
    [
      "run",
      "--quiet",
      "--no-prompt",
      "--config",
      `${FOLDER}/deno.json`,
      "--allow-env",
      "--allow-net=127.0.0.1",
      `${FOLDER}/${file}`,
    ],
  ],
  bun: (file) => [bin("bun"), [`${FOLDER}/${file}`]],
};

describe.each(Object.keys(RUNTIMES))("the standard deviation, on %s", (runtime) => {
  it.each([
    ["functions.ts", 26],
    ["tools.ts", 10],
  ])("%s calculates it with a model that makes and corrects mistakes", async (file, requests) => {
    const mock = await startAPI(NUMBERS);
    const [program, args] = (RUNTIMES[runtime] as (name: string) => [string, string[]])(file);
    const env = { OPENAI_API_KEY: "sk-test", OPENAI_BASE_URL: api!.url };
    const { code, stdout, stderr } = await run(program, [...args, ...NUMBERS.map(String)], { env, timeout: 60_000 });
    expect([code, stderr]).toEqual([0, ""]);
    const lines = stdout.trim().split("\n");
    expect(lines.at(-1)).toBe("It is 2.");
    expect(lines.slice(0, -1)).toHaveLength(25);
    expect(lines.filter((line) => line.includes("= Error: "))).toHaveLength(3);
    expect(mock.requests).toHaveLength(requests);
  });
});
