import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ChatSession } from "../../src/conversation/session.ts";
import type { SavedChat } from "../../src/conversation/session.ts";
import { tool } from "../../src/conversation/tools.ts";
import { createClient, parseMessages, type Connection } from "../../src/index.ts";
import { responses } from "../../src/responses/index.ts";
import { checkMessages } from "../../src/testing/index.ts";
import type { Message, ToolCall } from "../../src/wire/index.ts";
import { call, FakeClient, settled } from "./fakeClient.ts";

/** One answer: the tools that it calls; none is the last word. */
type Plan = readonly (readonly ("free" | "asks" | "fails")[])[];

interface Script {
  readonly plan: Plan;
  /** After how many points each process is dead. */
  readonly deaths: readonly number[];
  /** What the person says to the calls that wait, in order. */
  readonly verdicts: readonly boolean[];
  readonly parallel: number;
}

const script: fc.Arbitrary<Script> = fc.record({
  plan: fc.array(fc.array(fc.constantFrom("free", "asks", "fails"), { maxLength: 4 }), { maxLength: 3 }),
  deaths: fc.array(fc.integer({ min: 0, max: 25 }), { maxLength: 5 }),
  verdicts: fc.array(fc.boolean(), { minLength: 1, maxLength: 6 }),
  parallel: fc.integer({ min: 1, max: 3 }),
});

/** The world outside of the processes: what the tools did, what was kept, what the API has answered. */
class World<Saved> {
  readonly ran = new Map<string, number>();
  readonly recorded = new Map<string, string>();
  answers = 0;
  kept: string | undefined;
  requests: unknown[] = [];

  saved(): Saved | undefined {
    return this.kept === undefined ? undefined : (JSON.parse(this.kept) as Saved);
  }
}

/** A process that dies at a point: from then on nothing that it does has an effect, and nothing that it waits for comes. */
class Process {
  dead = false;
  #left: number;

  constructor(points: number) {
    this.#left = points;
  }

  async point(): Promise<void> {
    await Promise.resolve();
    if (this.#left-- <= 0) this.dead = true;
    if (this.dead) await new Promise(() => undefined);
  }
}

function toolsOf(world: World<unknown>, process: Process) {
  const execute =
    (name: string) =>
    async (_args: unknown, { toolCallId }: { toolCallId: string }): Promise<string> => {
      await process.point();
      world.ran.set(toolCallId, (world.ran.get(toolCallId) ?? 0) + 1);
      await process.point();
      if (name === "fails") throw new Error("boom");
      return `result of ${toolCallId}`;
    };
  return ["free", "asks", "fails"].map((name) =>
    tool({ name, needsApproval: name === "asks", execute: execute(name) }),
  );
}

function keep<Saved>(world: World<Saved>, process: Process) {
  return async (saved: Saved): Promise<void> => {
    const text = JSON.stringify(saved);
    await process.point();
    world.kept = text;
    await process.point();
  };
}

/** Runs a process until it is dead or has nothing more to do. */
async function live(process: Process, work: () => Promise<void>): Promise<void> {
  let over = false;
  const done = work()
    .catch(() => undefined)
    .then(() => (over = true));
  for (let round = 0; round < 100 && !over && !process.dead; round++) await settled();
  if (!process.dead) await done;
}

interface AnySession {
  readonly pending: readonly ToolCall[];
  readonly lastTurn: { readonly ending: string } | undefined;
  approve(...calls: ToolCall[]): void;
  reject(call: ToolCall): void;
}

async function takeTurn(
  session: AnySession,
  begin: (() => Promise<unknown>) | undefined,
  goOn: () => Promise<unknown>,
  verdicts: boolean[],
): Promise<void> {
  if (begin) await begin();
  for (;;) {
    for (const one of session.pending) {
      if (verdicts.shift() ?? true) session.approve(one);
      else session.reject(one);
    }
    if (begin && session.lastTurn?.ending !== "approval") return;
    begin = () => Promise.resolve();
    await goOn();
  }
}

const idsOf = (world: World<unknown>, calls: readonly string[]): ToolCall[] =>
  calls.map((name, at) => call(`call_${world.answers}_${at}`, name));

function check(world: World<unknown>, results: Map<string, unknown[]>): void {
  for (const [id, times] of world.ran) expect(`${id} ran ${times}`).toBe(`${id} ran 1`);
  for (const [id, contents] of results) {
    expect(contents).toHaveLength(1);
    const [content] = contents;
    if (content === `result of ${id}` || content === "Error: boom") expect(world.ran.get(id)).toBe(1);
    // What ran and has no result is never told as not run.
    if (world.ran.get(id)) expect(content).not.toMatch(/^Not run/);
  }
}

/** What a model says at one point: the tools that it calls, or that it is done. */
type Answer = () => Promise<readonly ToolCall[]>;

/** Returns a client whose chat completions come from a fake. */
function chatClient(answer: Answer): Connection {
  const reply = async (): Promise<object> => {
    const tool_calls = await answer();
    return tool_calls.length > 0 ? { tool_calls } : { content: "Done." };
  };
  return new FakeClient(...Array.from({ length: 10 }, () => reply));
}

/** Returns a client whose responses come from a fake. */
function responsesClient(answer: Answer): Connection {
  const fetch = async (): Promise<Response> => {
    const calls = await answer();
    const text = { type: "output_text", text: "Done.", annotations: [] };
    const message = { type: "message", id: "msg_1", role: "assistant", status: "completed", content: [text] };
    const output = calls.map((one) => ({
      type: "function_call",
      id: `fc_${one.id}`,
      call_id: one.id,
      status: "completed",
      ...(one.type === "function" && one.function),
    }));
    const id = `resp_${calls[0]?.id ?? "done"}`;
    const response = { id, object: "response", created_at: 1, model: "m", status: "completed" };
    return Response.json({ ...response, output: output.length > 0 ? output : [message] });
  };
  return createClient({ apiKey: "k", maxRetries: 0, fetch });
}

describe("a program that is killed at any point, and resumes from what it kept", () => {
  it.each([
    ["chat completions", chatClient, undefined],
    ["the Responses API", responsesClient, responses()],
    ["the Responses API with state on the server", responsesClient, responses({ state: "server" })],
  ])("runs each call once at the most, and leaves a history that the API accepts: %s", async (_, clientOf, api) => {
    await fc.assert(
      fc.asyncProperty(script, async ({ plan, deaths, verdicts, parallel }) => {
        const world = new World<SavedChat>();
        const said = [...verdicts];
        let messages: readonly Message[] = [];
        for (const points of [...deaths, Infinity]) {
          const process = new Process(points);
          const answer = async (): Promise<readonly ToolCall[]> => {
            await process.point();
            const names = plan[world.answers++] ?? [];
            await process.point();
            return idsOf(world, names);
          };
          const saved = world.saved();
          const session = new ChatSession(clientOf(answer), {
            api,
            saved,
            save: keep(world, process),
            tools: toolsOf(world, process),
            maxParallelTools: parallel,
            messages: [{ role: "user", content: "go" }],
          });
          await live(process, () =>
            takeTurn(
              session,
              saved ? undefined : () => session.generateResponse(),
              () => session.generateResponse(),
              said,
            ),
          );
          messages = session.messages;
        }
        expect(messages.at(-1)).toMatchObject({ content: "Done." });
        expect(checkMessages(parseMessages([...messages, { role: "user", content: "and?" }]))).toBeUndefined();
        const results = new Map<string, unknown[]>();
        for (const message of messages)
          if (message.role === "assistant") for (const { id } of message.tool_calls ?? []) results.set(id, []);
        for (const message of messages)
          if (message.role === "tool") results.get(message.tool_call_id)?.push(message.content);
        check(world, results);
      }),
      { numRuns: 300 },
    );
  });
});
