import { expect, it } from "vitest";
import { z } from "zod";
import { createClient, outputFormat, sendFor } from "../../src/index.ts";
import { responses } from "../../src/responses/index.ts";
import { createMockAPI } from "../../src/testing/index.ts";

const api = createMockAPI({ pace: "instant" });
const client = createClient({ apiKey: "sk-test", fetch: api.fetch });
const HELLO = [{ role: "user" as const, content: "Hi" }];
const city = z.object({ name: z.string() });
const session = (options: object): unknown => client.newChatSession(options);
const chat = (params: object): unknown => client.chat(HELLO, params);

/** What people coming from the AI SDK, xsAI and lua-openai write first, and what they are told. */
const MISTAKES: readonly (readonly [wrote: string, call: () => unknown, told: string])[] = [
  ["chat({ maxTokens })", () => chat({ maxTokens: 1 }), "params.maxTokens: expected max_completion_tokens"],
  [
    "chat({ maxOutputTokens })",
    () => chat({ maxOutputTokens: 1 }),
    "params.maxOutputTokens: expected max_completion_tokens",
  ],
  ["chat({ topP })", () => chat({ topP: 1 }), "params.topP: expected top_p"],
  ["chat({ stopSequences })", () => chat({ stopSequences: [] }), "params.stopSequences: expected stop"],
  ["chat({ toolChoice })", () => chat({ toolChoice: "auto" }), "params.toolChoice: expected tool_choice"],
  ["chat({ reasoningEffort })", () => chat({ reasoningEffort: "low" }), "expected reasoning_effort"],
  ["chat({ providerOptions })", () => chat({ providerOptions: {} }), "expected each of its fields"],
  ["chat({ prompt })", () => chat({ prompt: "Hi" }), "expected a message with the role user"],
  ["chat({ system })", () => chat({ system: "Hi" }), "expected a message with the role system"],
  ["chat({ instructions })", () => chat({ instructions: "Hi" }), "expected a message with the role system"],
  ["chat({ maxSteps })", () => chat({ maxSteps: 2 }), "expected maxSteps among the options of newChatSession()"],
  [
    "chat({ stopWhen })",
    () => chat({ stopWhen: () => true }),
    "expected maxSteps among the options of newChatSession()",
  ],
  ["streamChat({ maxSteps })", () => client.streamChat(HELLO, { maxSteps: 2 } as never), "expected maxSteps among"],
  ["newChatSession({ maxTokens })", () => session({ maxTokens: 1 }), "maxTokens: expected max_completion_tokens"],
  ["newChatSession({ system })", () => session({ system: "Hi" }), "expected a message with the role system"],
  [
    "newChatSession({ instructions })",
    () => session({ instructions: "Hi" }),
    "expected a message with the role system",
  ],
  ["newChatSession({ prompt })", () => session({ prompt: "Hi" }), "expected the first argument of send()"],
  ["newChatSession({ stopWhen })", () => session({ stopWhen: () => true }), "stopWhen: expected maxSteps"],
  ["newChatSession({ onStepFinish })", () => session({ onStepFinish: () => 1 }), "expected the events of stream()"],
  ["newChatSession({ onFinish })", () => session({ onFinish: () => 1 }), "onFinish: expected the option save"],
  ["newChatSession({ toolApproval })", () => session({ toolApproval: {} }), "expected needsApproval of tool()"],
  ["newChatSession({ activeTools })", () => session({ activeTools: [] }), "expected prepareStep"],
  ["newChatSession({ output })", () => session({ output: city }), "expected the format of sendFor()"],
  [
    "sendFor(client)",
    () => sendFor(client as never, "Hi", outputFormat("city", city)),
    "session: expected a chat session, of newChatSession()",
  ],
  [
    "sendFor(session, input, schema)",
    () => sendFor(client.newChatSession(), "Hi", city as never),
    "format: expected what outputFormat() returns",
  ],
];

it.each(MISTAKES)("%s is answered with the right use, and nothing is sent", async (_, call, told) => {
  api.reset();
  const error: unknown = await new Promise((resolve) => resolve(call())).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ kind: "InputError", message: expect.stringContaining(told) as unknown });
  expect(api.requests).toEqual([]);
});

it("The Responses API's own instructions pass in a session that uses it", () => {
  expect(() => session({ api: responses(), instructions: "Be brief." })).not.toThrow();
});
