/**
 * A process: the cost of one call's arguments in a session, in deltas of four characters. Prints `{ stream, send }` in
 * ms of CPU.
 */
import { createClient } from "fetchat";
import { answer } from "../lib/source.ts";

const size = Number(process.argv[2]);
const text = JSON.stringify({ text: "x".repeat(size) });
const encoder = new TextEncoder();
const event = (delta: object, reason: string | null = null): Uint8Array => {
  const choices = [{ index: 0, delta, finish_reason: reason }];
  return encoder.encode(
    `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 1, choices })}\n\n`,
  );
};
const fragment = (fn: object, more: object = {}): Uint8Array =>
  event({ tool_calls: [{ index: 0, ...more, function: fn }] });
const events = [fragment({ name: "write", arguments: "" }, { id: "a", type: "function" })];
for (let at = 0; at < text.length; at += 4) events.push(fragment({ arguments: text.slice(at, at + 4) }));
events.push(event({}, "tool_calls"), encoder.encode("data: [DONE]\n\n"));

const client = createClient({
  apiKey: "sk-0123456789",
  fetch: async (_url, init) => {
    let at = 0;
    return answer(init, {
      pull(controller) {
        const next = events[at++];
        if (next) controller.enqueue(next);
        else controller.close();
      },
    });
  },
});
const session = (): ReturnType<typeof client.newChatSession> =>
  client.newChatSession({ tools: [{ type: "function", function: { name: "write", parameters: { type: "object" } } }] });

async function cost(run: () => Promise<number>): Promise<number> {
  const before = process.cpuUsage();
  const seen = await run();
  const { user, system } = process.cpuUsage(before);
  if (seen !== text.length) throw new Error(`saw ${seen} of ${text.length} characters`);
  return Math.round((user + system) / 1_000);
}

const stream = await cost(async () => {
  let seen = 0;
  for await (const one of await session().stream("Write."))
    if (one.type === "tool_call_delta") seen += one.arguments.length;
  return seen;
});
const send = await cost(async () => {
  let seen = 0;
  await session().send("Write.", undefined, {
    onChunk: ({ calls }) => {
      for (const call of calls) seen += call.arguments.length;
    },
  });
  return seen;
});
process.stdout.write(JSON.stringify({ stream, send }), () => process.exit(0));
