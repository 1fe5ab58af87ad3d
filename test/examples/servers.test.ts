import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROOT } from "../../scripts/lib/paths.ts";
import { delta, END, type Seen, startUpstream, type Upstream } from "../support/upstream.ts";
import { ask, commandOf, KEY, QUESTION, type Running, start, textOf, workerExample } from "./support.ts";

/** Starts an example's server with an API at a base URL. */
type Start = (baseURL: string) => Promise<Running>;

const program =
  (...[ending, env, rewrite]: [string, Record<string, string>, ((word: string, host: string) => string)?]): Start =>
  (baseURL) => {
    const { host } = new URL(baseURL);
    return start(
      commandOf(ending).map((word) => rewrite?.(word, host) ?? word),
      { OPENAI_API_KEY: KEY, OPENAI_BASE_URL: baseURL, ...env },
    );
  };

const worker = (name: string): Start => {
  const bundled = workerExample(name);
  bundled.catch(() => undefined);
  return async (baseURL) => {
    return (await bundled)({ OPENAI_API_KEY: KEY, OPENAI_BASE_URL: baseURL });
  };
};

/** Adjusts Deno's permissions: the mock API's host, the variable of its address, and any free port instead of 8000. */
function denoPermissions(word: string, host: string): string {
  return word
    .replace("OPENAI_API_KEY", "OPENAI_API_KEY,OPENAI_BASE_URL")
    .replace("api.openai.com,127.0.0.1:8000", `${host},127.0.0.1:0`);
}

const EXAMPLES: [name: string, path: string, start: Start][] = [
  ["worker, on workerd", "/", worker("worker")],
  ["hono, on workerd", "/chat", worker("hono")],
  [
    "deno/serve.ts, on Deno",
    "/",
    program("examples/deno/serve.ts", { DENO_SERVE_ADDRESS: "tcp:127.0.0.1:0" }, denoPermissions),
  ],
  ["bun/serve.ts, on Bun", "/", program("examples/bun/serve.ts", { PORT: "0" })],
  ...nodes().map((name): [string, string, Start] => {
    const path = `${ROOT}/node_modules/${name}/bin/node`;
    return [
      `node/serve.ts, on ${name}`,
      "/",
      program("examples/node/serve.ts", { PORT: "0" }, (word) => (word === "node" ? path : word)),
    ];
  }),
];

/** Returns the installed versions of Node: `node`, and `node22` for the older one. */
function nodes(): string[] {
  const { devDependencies } = JSON.parse(readFileSync(`${ROOT}/package.json`, "utf8")) as {
    devDependencies: Record<string, string>;
  };
  return Object.keys(devDependencies).filter((name) => /^node\d*$/.test(name));
}

const json =
  (status: number, error: object) =>
  ({ response }: Seen): void => {
    response
      .writeHead(status, { "content-type": "application/json", "x-should-retry": "false" })
      .end(JSON.stringify({ error }));
  };
const begun =
  (text: string) =>
  ({ response }: Seen): void => {
    response.writeHead(200, { "content-type": "text/event-stream" }).write(delta(text));
  };

describe.each(EXAMPLES)("%s", (_name, path, begin) => {
  let api: Upstream;
  let reply = begun("");
  let example: Running;

  beforeAll(async () => {
    api = await startUpstream((seen) => reply(seen));
    example = await begin(api.url);
  });
  afterAll(async () => {
    await example?.stop();
    await api.close();
  });

  it("refuses a request without a list of messages with the reason, and sends nothing to the API", async () => {
    const refusals: [status: number, init: RequestInit][] = [
      [400, { body: "{" }],
      [400, { body: "[]" }],
      [400, { body: '[{"role":"user"}]' }],
      [400, { body: null }],
      [405, { method: "GET", body: null }],
      [413, { body: " ".repeat(11 * 1024 * 1024) }],
      [415, { headers: {} }],
    ];
    for (const [status, init] of refusals) {
      const response = await ask(example.url + path, init);
      expect([response.status, await response.json()]).toEqual([
        status,
        { error: expect.objectContaining({ message: expect.stringContaining(": expected ") }) },
      ]);
    }
    expect(api.seen).toEqual([]);
  });

  it("reports that the API is busy, and does not reveal that its own key is wrong", async () => {
    reply = json(429, { message: "Slow down." });
    const busy = await ask(example.url + path);
    expect([busy.status, await busy.text()]).toEqual([429, expect.stringContaining("Too many requests.")]);
    reply = json(401, { message: `Incorrect API key provided: ${KEY}` });
    const wrong = await ask(example.url + path);
    expect([wrong.status, await wrong.text()]).toEqual([502, expect.stringContaining("upstream_refused")]);
    await expect.poll(example.output).toContain("Incorrect API key provided: [key]");
    expect(example.output()).not.toContain(KEY);
  });

  it("streams the answer with the key of its environment", async () => {
    reply = begun("The Rhine");
    const response = await ask(example.url + path);
    const reader = response.clone().body!.getReader();
    expect(new TextDecoder().decode((await reader.read()).value)).toContain("The Rhine");
    const { headers, body, response: stream } = api.seen.at(-1)!;
    stream.end(delta(", the Po") + END);
    expect(await textOf(response)).toBe("The Rhine, the Po");
    expect(headers["authorization"]).toBe(`Bearer ${KEY}`);
    expect(JSON.parse(String(body))).toMatchObject({ stream: true, messages: JSON.parse(QUESTION) as object });
  });

  it("stops the API's stream when its reader disconnects", async () => {
    reply = begun("Never");
    const reader = (await ask(example.url + path)).body!.getReader();
    await reader.read();
    const { closed } = api.seen.at(-1)!;
    await reader.cancel();
    await closed;
  });
});

describe("node/serve.ts", () => {
  it("reads no more from the API than its reader does", async () => {
    const size = 64 * 1024;
    let written = 0;
    const upstream = await startUpstream(({ response }) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      const more = (): void => {
        while (!response.destroyed && written < 512 * size) {
          written += size;
          if (!response.write(delta("x".repeat(size)))) return void response.once("drain", more);
        }
      };
      more();
    });
    const example = await program("examples/node/serve.ts", { PORT: "0" })(upstream.url);
    const socket = await sleepyReader(example.url);
    await expect.poll(() => written, { timeout: 30_000 }).toBeGreaterThan(0);
    let before = -1;
    while (written !== before) {
      before = written;
      await sleep(500);
    }
    expect(written).toBeLessThan(256 * size);
    socket.destroy();
    await upstream.seen[0]!.closed;
    await example.stop();
    await upstream.close();
  });
});

/** Sends a request and reads nothing of the response. */
async function sleepyReader(url: string): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  socket.pause();
  socket.write(
    `POST / HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: ${QUESTION.length}\r\n\r\n${QUESTION}`,
  );
  return socket;
}
