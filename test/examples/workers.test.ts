import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FaultServer, startFaultServer } from "../support/server.ts";
import { delta, END, type Seen, startUpstream, type Upstream } from "../support/upstream.ts";
import { ask, commandOf, KEY, type Running, start, textOf, workerExample } from "./support.ts";

interface Said {
  readonly role: string;
  readonly content: string;
}

describe("the chat in a Durable Object, on workerd", () => {
  const bundled = workerExample("durable-object");
  const whole =
    (text: string) =>
    ({ response }: Seen): void =>
      void response.writeHead(200, { "content-type": "text/event-stream" }).end(delta(text) + END);
  let api: Upstream;
  let reply = whole("");
  let folder: string;
  let worker: Running;

  const begin = async (): Promise<Running> =>
    (await bundled)({ OPENAI_API_KEY: KEY, OPENAI_BASE_URL: api.url }, folder);
  const say = (chat: string, body: string): Promise<Response> => ask(`${worker.url}/${chat}`, { body });
  const history = async (chat: string): Promise<string[]> =>
    ((await (await fetch(`${worker.url}/${chat}`)).json()) as Said[])
      .slice(1)
      .map(({ role, content }) => `${role}: ${content}`);
  const sent = (seen: Seen | undefined): string[] =>
    (JSON.parse(String(seen?.body)) as { messages: Said[] }).messages.slice(1).map(({ content }) => content);

  beforeAll(async () => {
    api = await startUpstream((seen) => reply(seen));
    folder = await mkdtemp(`${tmpdir()}/fetchat-`);
    worker = await begin();
  });
  afterAll(async () => {
    await worker?.stop();
    await api.close();
    await rm(folder, { recursive: true });
  });

  it("continues its history after the object was evicted", async () => {
    reply = whole("The Belfry.");
    expect(await textOf(await say("kept", "What is old?"))).toBe("The Belfry.");
    await worker.stop();
    worker = await begin();
    expect(await history("kept")).toEqual(["user: What is old?", "assistant: The Belfry."]);
    reply = whole("1380.");
    expect(await textOf(await say("kept", "How old?"))).toBe("1380.");
    expect(sent(api.seen.at(-1))).toEqual(["What is old?", "The Belfry.", "How old?"]);
  });

  it("separates chats, and keeps the turns of one chat in order", async () => {
    reply = whole("Yes.");
    const answers = await Promise.all(["One?", "Two?", "Three?"].map(async (text) => textOf(await say("busy", text))));
    expect(answers).toEqual(["Yes.", "Yes.", "Yes."]);
    const told = await history("busy");
    expect(told.filter((_, index) => index % 2 === 1)).toEqual([
      "assistant: Yes.",
      "assistant: Yes.",
      "assistant: Yes.",
    ]);
    expect(told.filter((_, index) => index % 2 === 0).sort()).toEqual(["user: One?", "user: Three?", "user: Two?"]);
    expect(await history("other")).toEqual([]);
  });

  it("stops the API when its reader disconnects, and continues with the next question", async () => {
    reply = ({ response }) =>
      void response.writeHead(200, { "content-type": "text/event-stream" }).write(delta("Half a"));
    const reader = (await say("left", "Tell me.")).body!.getReader();
    await reader.read();
    const { closed } = api.seen.at(-1)!;
    await reader.cancel();
    await closed;
    reply = whole("More.");
    expect(await textOf(await say("left", "Go on."))).toBe("More.");
    expect(await history("left")).toEqual(["user: Tell me.", "user: Go on.", "assistant: More."]);
  });

  it("reports an error, and keeps the question after the object was evicted", async () => {
    reply = ({ response }) =>
      void response.writeHead(429, { "x-should-retry": "false" }).end('{"error":{"message":"Slow down."}}');
    const refused = await say("refused", "Hello?");
    expect([refused.status, await refused.json()]).toMatchObject([429, { error: { code: "rate_limit_exceeded" } }]);
    await worker.stop();
    worker = await begin();
    expect(await history("refused")).toEqual(["user: Hello?"]);
  });
});

describe("the Worker behind Hono", () => {
  it("also returns whole answers", async () => {
    const api = await startUpstream(({ response }) => {
      response
        .writeHead(200, { "content-type": "application/json" })
        .end(
          '{"choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"Rivers of Europe"}}]}',
        );
    });
    const worker = await (await workerExample("hono"))({ OPENAI_API_KEY: KEY, OPENAI_BASE_URL: api.url });
    const response = await ask(`${worker.url}/title`, { body: "The Rhine rises in the Alps." });
    expect(await response.json()).toEqual({ title: "Rivers of Europe" });
    expect(String(api.seen[0]?.body)).toContain("The Rhine rises in the Alps.");
    await worker.stop();
    await api.close();
  });
});

describe("wrangler dev", () => {
  let api: FaultServer;
  beforeAll(async () => void (api = await startFaultServer()));
  afterAll(() => api.close());

  it.each([
    ["worker", "/", undefined],
    ["hono", "/chat", undefined],
    ["durable-object", "/rivers", "Name three rivers"],
  ])("runs %s, as the page of examples says", async (name, path, body) => {
    const folder = await mkdtemp(`${tmpdir()}/fetchat-`);
    const variables = ["--var", `OPENAI_API_KEY:${KEY}`, "--var", `OPENAI_BASE_URL:${api.url}/v1`];
    const command = [
      ...commandOf(`examples/${name}/wrangler.toml`),
      ...variables,
      "--port",
      "0",
      "--persist-to",
      folder,
      "--show-interactive-dev-session=false",
    ];
    const example = await start(command, {});
    try {
      expect(await textOf(await ask(example.url + path, body === undefined ? {} : { body }))).toContain("You said: ");
    } finally {
      await example.stop();
      await rm(folder, { recursive: true });
    }
  });
});
