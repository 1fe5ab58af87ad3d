import { describe, expect, it } from "vitest";
import { serviceNameOf } from "../../src/http/connection.ts";
import { createClient, type OpenAI } from "../../src/index.ts";

const PARTS = [
  { type: "thinking", thinking: [{ type: "text", text: "hm" }], signature: "s1" },
  { type: "text", text: "Rain." },
];

/** Creates clients whose service answers with this content. */
function answering(content: unknown, baseURL = "https://mistral.test/v1"): { client: OpenAI; bodies: unknown[] } {
  const bodies: unknown[] = [];
  const client = createClient({
    apiKey: "k",
    baseURL,
    fetch: (_url, { body }) => {
      bodies.push(JSON.parse(typeof body === "string" ? body : "null"));
      const message = { role: "assistant", ...(content === undefined ? {} : { content }) };
      return Promise.resolve(Response.json({ choices: [{ index: 0, message, finish_reason: "stop" }] }));
    },
  });
  return { client, bodies };
}

const HELLO = { role: "user" as const, content: "Oslo?" };

describe("the content of an answer", () => {
  it.each<[string, unknown, string | null]>([
    ["a text", "Rain.", "Rain."],
    ["an empty text", "", ""],
    ["null", null, null],
    ["left out", undefined, null],
    ["parts", PARTS, "Rain."],
    ["parts without a text", [PARTS[0]], null],
    ["JSON of JSON mode", { rain: true }, '{"rain":true}'],
  ])("is a string or null, even if the service sends %s", async (_, sent, content) => {
    const { choices } = await answering(sent).client.chat([HELLO]);
    expect(choices[0]?.message.content).toBe(content);
  });

  it("keeps reasoning parts and sends them back to their service", async () => {
    const { client, bodies } = answering(PARTS);
    const { choices } = await client.chat([HELLO]);
    const message = choices[0]!.message;
    expect(message).toEqual({
      role: "assistant",
      content: "Rain.",
      reasoning_content: "hm",
      content_parts: { parts: PARTS, from: serviceNameOf(client), model: client.model },
    });
    await client.chat([HELLO, message, HELLO]);
    expect(bodies[1]).toMatchObject({ messages: [HELLO, { role: "assistant", content: PARTS }, HELLO] });
    expect(JSON.stringify(bodies[1])).not.toContain("content_parts");
  });

  it("is sent as text to another service, to another model, and after an edit", async () => {
    const { choices } = await answering(PARTS).client.chat([HELLO]);
    const message = choices[0]!.message;
    const other = answering("x", "https://other.test/v1");
    await other.client.chat([HELLO, message, HELLO]);
    expect(other.bodies[0]).toMatchObject({ messages: [HELLO, { role: "assistant", content: "Rain." }, HELLO] });
    const same = answering("x");
    await same.client.chat([HELLO, { ...message, content: "Snow." }, HELLO]);
    expect(same.bodies[0]).toMatchObject({ messages: [HELLO, { role: "assistant", content: "Snow." }, HELLO] });
    await same.client.chat([HELLO, message, HELLO], { model: "another" });
    expect(same.bodies[1]).toMatchObject({ messages: [HELLO, { role: "assistant", content: "Rain." }, HELLO] });
    expect(JSON.stringify([other.bodies, same.bodies])).not.toContain("content_parts");
  });

  it("keeps the service's parts in a session and its saved form", async () => {
    const { client, bodies } = answering(PARTS);
    const chat = client.newChatSession();
    expect(await chat.send("Oslo?")).toBe("Rain.");
    const later = client.newChatSession({ saved: JSON.parse(JSON.stringify(chat)) });
    await later.send("Bergen?");
    expect(bodies[1]).toMatchObject({ messages: [HELLO, { role: "assistant", content: PARTS }, { role: "user" }] });
  });
});
