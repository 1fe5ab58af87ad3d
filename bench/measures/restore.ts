/** A process: the CPU time to restore a history of open calls, with the next request. Prints `{ ms }`. */
import { createClient } from "fetchat";

const ids = Array.from({ length: Number(process.argv[2]) }, (_, at) => `call_${at}`);
const tool_calls = ids.map((id) => ({
  id,
  type: "function" as const,
  function: { name: "look", arguments: '{"city":"Oslo"}' },
}));
const saved = {
  version: 1 as const,
  messages: [
    { role: "user" as const, content: "go" },
    { role: "assistant" as const, content: null, tool_calls },
  ],
  spent: { usage: undefined, steps: 1, time: 1 },
};
const answer = { choices: [{ index: 0, message: { role: "assistant", content: "fine" }, finish_reason: "stop" }] };
const client = createClient({ apiKey: "k", fetch: () => Promise.resolve(Response.json(answer)) });

const before = process.cpuUsage();
const chat = client.newChatSession({ saved });
await chat.send("and?");
const { user, system } = process.cpuUsage(before);
process.stdout.write(JSON.stringify({ ms: (user + system) / 1_000 }));
