import type { SavedChat } from "../../../src/index.ts";
import type { ConformanceCase, Fetchat } from "../case.ts";
import { equal, match, rejects } from "../expect.ts";
import { completion, delta, jsonReply, ROLE, streamed } from "../wire.ts";

const toolCall = (id: string, name: string): object => ({ id, type: "function", function: { name, arguments: "{}" } });
const message = { role: "assistant", content: null, tool_calls: [toolCall("p", "pay"), toolCall("l", "look")] };
const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
const asks = jsonReply({
  id: "c",
  object: "chat.completion",
  created: 1,
  model: "gpt-6-luna",
  choices: [{ index: 0, message, finish_reason: "tool_calls" }],
  usage,
});

/** Creates a tool that needs approval, one that does not, and the list of ids of the calls that ran. */
function tools({ tool }: Fetchat) {
  const ran: string[] = [];
  const execute = (_args: unknown, { toolCallId }: { toolCallId: string }): string => (ran.push(toolCallId), "done");
  return { ran, tools: [tool({ name: "pay", needsApproval: true, execute }), tool({ name: "look", execute })] };
}

export const approval: ConformanceCase[] = [
  {
    name: "a call that needs approval waits, and runs once in the process that continues the saved session",
    async run({ talk, fetchat }) {
      const { client, script } = await talk(asks, completion("Paid."));
      const first = tools(fetchat);
      const chat = client.newChatSession({ tools: first.tools });
      equal(await chat.send("Pay"), "");
      equal([chat.lastTurn?.ending, chat.pending.map(({ id }) => id), first.ran], ["approval", ["p"], ["l"]]);
      const second = tools(fetchat);
      const later = client.newChatSession({
        tools: second.tools,
        saved: JSON.parse(JSON.stringify(chat)) as SavedChat,
      });
      later.approve("p");
      equal(await later.generateResponse(), "Paid.");
      equal(second.ran, ["p"]);
      const [, request] = await script.exchanges();
      match(request?.body, {
        messages: [
          { role: "user" },
          { role: "assistant" },
          { role: "tool", tool_call_id: "p", content: "done" },
          { role: "tool", tool_call_id: "l" },
        ],
      });
    },
  },
  {
    name: "a call that was running when its process died has an unknown outcome, and does not run again",
    hostile: true,
    async run({ talk, fetchat }) {
      const { client, script } = await talk(asks, completion("Let me see."));
      const { tools: list } = tools(fetchat);
      let kept = "";
      const stopper = new AbortController();
      const hangs = fetchat.tool({ name: "look", execute: () => (stopper.abort(), new Promise(() => undefined)) });
      const save = (saved: unknown): void => {
        if (!stopper.signal.aborted) kept = JSON.stringify(saved);
      };
      const chat = client.newChatSession({ tools: [list[0]!, hangs], save });
      await rejects(chat.send("Look", {}, { signal: stopper.signal }), { name: "AbortError" });
      const second = tools(fetchat);
      const later = client.newChatSession({
        tools: second.tools,
        saved: JSON.parse(kept) as SavedChat,
        onApproval: () => false,
      });
      equal(await later.generateResponse(), "Let me see.");
      equal(second.ran, []);
      const [, request] = await script.exchanges();
      match(request?.body, {
        messages: [
          {},
          {},
          { content: "Not run: it was not approved." },
          { content: "No result: the call may have run. Its outcome is unknown." },
        ],
      });
    },
  },
  {
    name: "a token budget ends the loop, with a result for every call and none run",
    async run({ talk, fetchat }) {
      const { client } = await talk(asks);
      const { ran, tools: list } = tools(fetchat);
      const chat = client.newChatSession({ tools: list, budget: { tokens: 1 } });
      equal(await chat.send("Pay"), "");
      equal(
        [chat.lastTurn?.ending, ran, chat.messages.filter(({ role }) => role === "tool").length],
        ["budget", [], 2],
      );
      await rejects(chat.send("More"), { kind: "InputError" });
    },
  },
  {
    name: "a time budget cuts an endless answer, and returns the part that arrived",
    hostile: true,
    async run({ talk }) {
      const { client } = await talk(streamed(ROLE, delta("Rain"), { hang: true }));
      const chat = client.newChatSession({ budget: { time: 300 } });
      equal(await chat.send("Oslo?", {}, { onChunk: () => undefined }), "Rain");
      match(chat.lastTurn, { ending: "budget", usage: { estimated: true } });
      equal(
        chat.messages.map(({ role }) => role),
        ["user"],
      );
    },
  },
];
