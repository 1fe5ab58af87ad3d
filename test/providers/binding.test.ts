import { describe, expect, it } from "vitest";
import { createClient } from "../../src/index.ts";
import { aiBinding } from "../../src/providers/index.ts";
import type { AIBinding } from "../../src/providers/index.ts";
import { completion, QUESTION } from "./support.ts";

interface Ran {
  gateway: string;
  request: Parameters<ReturnType<AIBinding["gateway"]>["run"]>[0];
  signal: AbortSignal | undefined;
}

function binding(answer: () => Response): { ai: AIBinding; ran: Ran[] } {
  const ran: Ran[] = [];
  const ai: AIBinding = {
    gateway: (gateway) => ({
      run: async (request, options) => {
        ran.push({ gateway, request, signal: options?.signal });
        return answer();
      },
    }),
  };
  return { ai, ran };
}

const chunks =
  ["He", "llo"]
    .map((content) => `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`)
    .join("") +
  `data: ${JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] })}\n\ndata: [DONE]\n\n`;

describe("a Worker's AI binding", () => {
  it("sends requests through a gateway, without account, address or key", async () => {
    const { ai, ran } = binding(() => Response.json(completion()));
    const answer = await createClient({ ...aiBinding(ai, { gateway: "mine" }), env: { OPENAI_API_KEY: "no" } }).chat(
      QUESTION,
    );
    expect(answer.choices[0]?.message.content).toBe("Hello");
    expect(ran[0]).toMatchObject({
      gateway: "mine",
      request: {
        provider: "workers-ai",
        endpoint: "v1/chat/completions",
        query: { model: "@cf/openai/gpt-oss-120b", messages: QUESTION },
      },
    });
    expect(ran[0]?.request.headers).not.toHaveProperty("authorization");
  });

  it("streams, and is cancelled when the reader stops", async () => {
    const going = (): ReadableStream =>
      new ReadableStream({
        start: (controller) => controller.enqueue(new TextEncoder().encode(`${chunks.split("\n\n")[0]}\n\n`)),
      });
    const { ai, ran } = binding(
      () => new Response(ran.length === 1 ? chunks : going(), { headers: { "content-type": "text/event-stream" } }),
    );
    const client = createClient(aiBinding(ai));
    let text = "";
    for await (const chunk of await client.streamChat(QUESTION)) text += chunk.content;
    expect(text).toBe("Hello");
    for await (const _ of await client.streamChat(QUESTION)) break;
    expect(ran.map((one) => one.gateway)).toEqual(["default", "default"]);
    expect(ran[1]?.signal?.aborted).toBe(true);
  });

  it("reaches another provider of the gateway with that provider's key and paths", async () => {
    const { ai, ran } = binding(() => Response.json(completion()));
    await createClient({
      ...aiBinding(ai, { provider: "groq" }),
      apiKey: "groq-key-123",
      model: "openai/gpt-oss-20b",
    }).chat(QUESTION);
    expect(ran[0]?.request).toMatchObject({
      provider: "groq",
      endpoint: "chat/completions",
      headers: { authorization: "Bearer groq-key-123" },
      query: { model: "openai/gpt-oss-20b" },
    });
  });

  it("reports a refusal of the gateway as an APIError", async () => {
    const { ai } = binding(() =>
      Response.json({ errors: [{ code: 2008, message: "Gateway not found" }] }, { status: 400 }),
    );
    await expect(createClient(aiBinding(ai)).chat(QUESTION)).rejects.toMatchObject({
      status: 400,
      message: "Gateway not found",
      code: 2008,
    });
  });

  it("rejects bodies that are not JSON", async () => {
    const { ai, ran } = binding(() => Response.json({}));
    await expect(createClient(aiBinding(ai)).fetch("/audio/transcriptions", { body: new FormData() })).rejects.toThrow(
      "JSON: a Worker's AI binding takes no other body",
    );
    expect(ran).toEqual([]);
  });
});
