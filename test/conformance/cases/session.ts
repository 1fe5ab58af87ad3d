import type { ConformanceCase } from "../case.ts";
import { equal, match, rejects } from "../expect.ts";
import { answer, completion, delta, ROLE, streamed } from "../wire.ts";

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
];
