import { createResponse, responses, streamResponse } from "../../src/responses/index.ts";
import { LLMock } from "@copilotkit/aimock";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createClient, type OpenAI, tool } from "../../src/index.ts";
import { outputCalls, outputText } from "../../src/responses/index.ts";

// A server that this project did not write, over real TCP.
const server = new LLMock({ port: 0, chunkSize: 4 });
let client: OpenAI;

beforeAll(async () => {
  server.on({ userMessage: "weather", hasToolResult: true }, { content: "It rains." });
  server.onMessage("hello", { content: "Hello! Grüße 👋" });
  server.onMessage("goodbye", { content: "Goodbye!" });
  server.onMessage("weather", { toolCalls: [{ name: "get_weather", arguments: { city: "Oslo" } }] });
  await server.start();
  client = createClient({ apiKey: "sk-test", baseURL: `${server.url}/v1` });
});

afterAll(() => server.stop());

it("a response of another make's server is read whole and streamed", async () => {
  expect(outputText(await createResponse(client, "hello"))).toBe("Hello! Grüße 👋");
  const stream = await streamResponse(client, "hello");
  let content = "";
  for await (const chunk of stream) content += chunk.content;
  expect(content).toBe("Hello! Grüße 👋");
  expect(stream.ending).toBe("complete");
  expect(outputText(await stream.final())).toBe("Hello! Grüße 👋");
});

it("its calls are read whole and streamed", async () => {
  for (const response of [
    await createResponse(client, "weather"),
    await (await streamResponse(client, "weather")).final(),
  ]) {
    expect(outputCalls(response)).toMatchObject([
      { type: "function_call", name: "get_weather", arguments: '{"city":"Oslo"}' },
    ]);
  }
});

it("a session with it takes several turns, and runs its calls", async () => {
  const cities: unknown[] = [];
  const weather = tool({ name: "get_weather", execute: ({ city }) => void cities.push(city) });
  const chat = client.newChatSession({ api: responses(), tools: [weather] });
  expect(await chat.send("hello")).toBe("Hello! Grüße 👋");
  expect(await chat.send("goodbye", {}, { onChunk: () => undefined })).toBe("Goodbye!");
  expect(await chat.send("weather")).toBe("It rains.");
  expect(cities).toEqual(["Oslo"]);
  expect(chat.messages.filter(({ role }) => role === "assistant")).toHaveLength(4);
});
