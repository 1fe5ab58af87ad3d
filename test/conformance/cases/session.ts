import type { ConformanceCase } from "../case.ts";
import { equal, match, rejects } from "../expect.ts";
import { answer, completion, delta, jsonReply, refusal, ROLE, streamed } from "../wire.ts";

export const session: ConformanceCase[] = [
  {
    name: "a session of two turns sends the whole history with the second",
    async run({ talk }) {
      const { client, script } = await talk(completion("Red."), completion("Beige."));
      const chat = client.newChatSession({ messages: [{ role: "system", content: "You like colors" }] });
      equal(await chat.send("Your favorite?"), "Red.");
      equal(await chat.send("The most boring?"), "Beige.");
      equal(
        chat.messages.map((message) => message.role),
        ["system", "user", "assistant", "user", "assistant"],
      );
      const [, second] = await script.exchanges();
      match(second?.body, {
        messages: [{ role: "system" }, { role: "user" }, { role: "assistant", content: "Red." }, { role: "user" }],
      });
    },
  },
  {
    name: "a session continues after a turn that was cut",
    hostile: true,
    streams: true,
    async run({ talk }) {
      const { client } = await talk(streamed(ROLE, delta("Re")), streamed(...answer("Red.")));
      const chat = client.newChatSession();
      await rejects(chat.send("Your favorite?", {}, { onChunk: () => undefined }), { ending: "truncated" });
      equal(
        chat.messages.map((message) => message.role),
        ["user"],
      );
      equal(await chat.generateResponse({}, { onChunk: () => undefined }), "Red.");
      equal(
        chat.messages.map((message) => message.role),
        ["user", "assistant"],
      );
    },
  },
  {
    name: "a session takes the input back with keepInput: false if asking fails",
    async run({ talk }) {
      const { client } = await talk(refusal(400, { message: "No." }), completion("Red."));
      const chat = client.newChatSession();
      await rejects(chat.send("Your favorite?", {}, { keepInput: false }), { status: 400 });
      equal(chat.messages, []);
      equal(await chat.send("Your favorite?", {}, { keepInput: false }), "Red.");
    },
  },
  {
    name: "a session sends what prepareStep returns, and keeps its history whole",
    async run({ talk, fetchat }) {
      const { client, script } = await talk(completion("Red."), completion("Beige."));
      const chat = client.newChatSession({
        messages: [{ role: "system", content: "You like colors" }],
        prepareStep: ({ messages }) => ({ messages: fetchat.trimMessages(messages, { tokens: 1 }), temperature: 0 }),
      });
      await chat.send("Your favorite?");
      await chat.send("The most boring?");
      const [, second] = await script.exchanges();
      match(second?.body, {
        temperature: 0,
        messages: [{ role: "system" }, { role: "user", content: "The most boring?" }],
      });
      equal(chat.messages.length, 5);
    },
  },
  {
    name: "a session asks another API in the middle of a chat, with the same messages",
    async run({ talk, fetchat }) {
      const { client, script } = await talk(completion("Red."), jsonReply(response("Beige.")), completion("Green."));
      const chat = client.newChatSession();
      equal(await chat.send("Your favorite?"), "Red.");
      equal(await chat.send("The most boring?", {}, { api: fetchat.responses() }), "Beige.");
      equal(await chat.send("And the calmest?"), "Green.");
      const [, second, third] = await script.exchanges();
      match(second?.body, { input: [{ role: "user" }, { role: "assistant", content: "Red." }, { role: "user" }] });
      const { messages } = third?.body as { messages: { role: string; content: string }[] };
      equal(messages[3], { role: "assistant", content: "Beige." });
    },
  },
];

const response = (text: string): object => ({
  id: "resp_1",
  object: "response",
  created_at: 1,
  status: "completed",
  model: "gpt-6-luna",
  output: [
    {
      id: "msg_1",
      type: "message",
      role: "assistant",
      status: "completed",
      content: [{ type: "output_text", text, annotations: [] }],
    },
  ],
});
