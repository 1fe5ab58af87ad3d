import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Seen, startUpstream, type Upstream } from "../support/upstream.ts";
import { KEY, type Running, workerExample } from "./support.ts";

interface Told {
  readonly answer?: string;
  readonly pending: readonly { readonly id: string; readonly function: { readonly name: string } }[];
  readonly refunds: readonly string[];
  readonly error?: { readonly message: string };
}

const call = (id: string, name: string): object => ({
  id,
  type: "function",
  function: { name, arguments: '{"order":"A7"}' },
});

describe("the shop's chat that needs approval before it pays, on workerd", () => {
  const bundled = workerExample("approval");
  let api: Upstream;
  let folder: string;
  let worker: Running;
  let answers: object[] = [];

  const begin = async (): Promise<Running> =>
    (await bundled)({ OPENAI_API_KEY: KEY, OPENAI_BASE_URL: api.url }, folder);
  const answer = ({ response }: Seen): void => {
    const message = { role: "assistant", content: null, ...answers.shift() } as { tool_calls?: object[] };
    const body = {
      id: "c",
      object: "chat.completion",
      created: 1,
      model: "m",
      choices: [{ index: 0, message, finish_reason: message.tool_calls ? "tool_calls" : "stop" }],
    };
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
  };
  const tell = async (path: string, init: RequestInit = { method: "POST" }): Promise<Told> =>
    (await fetch(worker.url + path, init)).json() as Promise<Told>;
  const results = (): unknown[] =>
    (JSON.parse(String(api.seen.at(-1)?.body)) as { messages: { role: string; content: string }[] }).messages
      .filter(({ role }) => role === "tool")
      .map(({ content }) => content);

  beforeAll(async () => {
    api = await startUpstream(answer);
    folder = await mkdtemp(`${tmpdir()}/fetchat-`);
    worker = await begin();
  });
  beforeEach(() => {
    answers = [{ tool_calls: [call("look", "look_up_order"), call("pay", "refund_order")] }];
  });
  afterAll(async () => {
    await worker?.stop();
    await api.close();
    await rm(folder, { recursive: true });
  });

  it("pays once after an approval that arrives after the object was evicted", async () => {
    const waits = await tell("/ann", { method: "POST", body: "Where is my order A7?" });
    expect(waits).toMatchObject({
      answer: "",
      pending: [{ id: "pay", function: { name: "refund_order" } }],
      refunds: [],
    });
    await worker.stop();
    worker = await begin();
    expect(await tell("/ann", {})).toMatchObject({ pending: [{ id: "pay" }] });
    answers = [{ content: "You have your money back." }];
    expect(await tell("/ann?approve=pay")).toEqual({
      answer: "You have your money back.",
      pending: [],
      refunds: ["A7"],
    });
    expect(results()).toEqual([expect.stringContaining("lost by the carrier"), "refunded A7"]);
    await worker.stop();
    worker = await begin();
    expect(await tell("/ann?approve=pay")).toMatchObject({
      error: { message: "No such call waits for approval." },
    });
    expect(await tell("/ann", {})).toMatchObject({ refunds: ["A7"] });
  });

  it("does not pay after a rejection, or if the customer continues without an answer", async () => {
    await tell("/bob", { method: "POST", body: "My order A7?" });
    answers = [{ content: "Sorry." }];
    expect(await tell("/bob?reject=pay")).toMatchObject({ answer: "Sorry.", pending: [], refunds: [] });
    expect(results().at(-1)).toBe("Not run: the shop's owner said no.");
    answers = [{ tool_calls: [call("pay2", "refund_order")] }, { content: "As you like." }];
    await tell("/bob", { method: "POST", body: "Refund it." });
    expect(await tell("/bob", { method: "POST", body: "Never mind." })).toMatchObject({
      answer: "As you like.",
      pending: [],
      refunds: [],
    });
  });
});
