import { deleteResponse, responses, type ResponsesOptions } from "../../src/responses/index.ts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ChatSession, createClient, type HandTool, isAPIError, type SessionTool, tool } from "../../src/index.ts";
import { createMockAPI, faults, type Reply } from "../../src/testing/index.ts";
import { requestFaults } from "../support/openapi.ts";
import { faultOf } from "./support.ts";

/** What goes wrong with a request, or nothing. */
const trouble: fc.Arbitrary<Reply | undefined> = fc.oneof(
  { weight: 3, arbitrary: fc.constant(undefined) },
  fc.constantFrom<Reply>(
    { status: 500 },
    { status: 429 },
    { finishReason: "failed" },
    { finishReason: "cancelled" },
    faults.reset({ before: "headers" })(),
  ),
  fc.nat(6_000).map((afterBytes): Reply => faults.cut({ afterBytes })()),
  fc.nat(6_000).map((afterBytes): Reply => faults.reset({ afterBytes })()),
  fc.nat(12).map((afterEvents): Reply => faults.errorEvent({ afterEvents })()),
  fc.constantFrom<Reply>(
    { text: "Once upon", finishReason: "length" },
    { reasoning: "Thinking", finishReason: "length" },
    { reasoning: "Thinking", text: "Well" },
    { reasoning: "Thinking", toolCalls: [{ name: "get_weather", arguments: { city: "Oslo" } }] },
    { reasoning: "Thinking", toolCalls: [{ name: "get_weather", arguments: '{"ci' }], finishReason: "length" },
    {
      toolCalls: [
        { name: "get_weather", arguments: {} },
        { name: "get_weather", arguments: '{"c' },
      ],
      finishReason: "length",
    },
    { toolCalls: [{ name: "nothing" }, { name: "by_hand" }] },
    { refusal: "No", finishReason: "content_filter" },
  ),
);

const turn = fc.record({
  say: fc.constantFrom("Hello", "Use get_weather for Oslo", "Bye", undefined),
  how: fc.constantFrom("whole", "onChunk", "stream", "left"),
  troubles: fc.array(trouble, { maxLength: 3 }),
  lose: fc.nat(9).map((number) => number === 0),
});
type Turn = typeof turn extends fc.Arbitrary<infer T> ? T : never;

const byHand: HandTool = { type: "function", function: { name: "by_hand" } };

async function run(chat: ChatSession<SessionTool>, { say, how }: Turn): Promise<void> {
  if (how === "stream" || how === "left") {
    for await (const event of await chat.stream(say)) if (how === "left" && event.type === "text") break;
  } else if (say === undefined) await chat.generateResponse();
  else await chat.send(say, {}, how === "onChunk" ? { onChunk: () => undefined } : {});
}

/** The rules of the API were kept: what failed was asked to fail. */
function checkFailure(error: unknown): void {
  if (isAPIError(error))
    expect(`${error.status} ${error.message}`).not.toMatch(/^400|tool (output|call)|following item/);
}

describe("whatever fails at whatever byte of whatever turn", () => {
  it.each<ResponsesOptions>([
    { state: "server" },
    { state: "server", store: false, include: ["reasoning.encrypted_content"] },
    { state: "local" },
  ])(
    "the next request is one that the API accepts, and nothing that was said is lost: %o",
    async (options) => {
      await fc.assert(
        fc.asyncProperty(fc.array(turn, { maxLength: 6 }), async (turns) => {
          const mock = createMockAPI({ pace: "instant", apiKeys: [] });
          const client = createClient({ fetch: mock.fetch, maxRetries: 0, baseURL: "http://127.0.0.1/v1" });
          const ran: string[] = [];
          const weather = tool({
            name: "get_weather",
            parameters: { type: "object", properties: { city: { type: "string" } } },
            execute: (_args, { toolCallId }) => {
              ran.push(toolCallId);
              return "Sunny";
            },
          });
          const chat = client.newChatSession<SessionTool>({ api: responses(options), tools: [weather, byHand] });
          const idOf = (): string | undefined =>
            chat.messages.findLast(({ role }) => role === "assistant")?.responses?.id;
          await chat.send("My name is Ada");
          for (const one of turns) {
            const id = idOf();
            if (one.lose && id !== undefined) await deleteResponse(client, id).catch(() => undefined);
            mock.reply(...one.troubles.map((reply) => reply ?? {}));
            await run(chat, one).catch(checkFailure);
            mock.reply({});
            // Each request takes a reply, unless the API's rules refuse it.
            for (let left = 4; left > 0 && mock.pending > 0; left--) await chat.generateResponse().catch(checkFailure);
            expect(mock.pending).toBe(0);
          }
          const answer = await chat.send("What is my name?");
          expect(mock.requests.flatMap((request) => requestFaults(request) ?? [])).toEqual([]);
          const refused = mock.requests.filter(
            ({ body }) =>
              (body as { previous_response_id?: string } | undefined)?.previous_response_id === undefined &&
              Array.isArray((body as { input?: unknown } | undefined)?.input),
          );
          for (const { body } of refused) expect(faultOf((body as { input: unknown }).input)).toBeUndefined();
          const users = chat.messages.filter(({ role }) => role === "user").length;
          expect(answer).toContain(`message ${users}`);
          expect(users).toBe(2 + turns.filter(({ say }) => say !== undefined).length);
          expect(new Set(ran).size).toBe(ran.length);
        }),
        { numRuns: 120 },
      );
    },
    60_000,
  );
});
