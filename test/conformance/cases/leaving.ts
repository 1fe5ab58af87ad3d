import type { ConformanceCase } from "../case.ts";
import { equal, match, pause, rejects } from "../expect.ts";
import { delta, HELLO, ROLE, streamed } from "../wire.ts";

const ticking = { repeat: delta("tick "), every: 20 } as const;

export const leaving: ConformanceCase[] = [
  {
    name: "leaving the loop stops the request at the server",
    streams: true,
    async run({ talk }) {
      const { client, script } = await talk(streamed(ROLE, ticking));
      for await (const chunk of await client.streamChat(HELLO)) if (chunk.content !== "") break;
      match(await script.left(), { state: "left" });
    },
  },
  {
    name: "an abort in the middle ends the stream as aborted, and stops the request at the server",
    streams: true,
    async run({ talk }) {
      const { client, script } = await talk(streamed(ROLE, ticking));
      const controller = new AbortController();
      const reading = await client.streamChat(HELLO, {}, { signal: controller.signal });
      const read = async (): Promise<void> => {
        for await (const chunk of reading) if (chunk.content !== "") controller.abort();
      };
      await rejects(read(), { name: "AbortError", ending: "aborted" });
      equal(reading.ending, "aborted");
      await script.left();
    },
  },
  {
    name: "an abort while the server is silent stops the request at the server",
    hostile: true,
    async run({ talk }) {
      const { client, script } = await talk(streamed(ROLE, delta("one"), { hang: true }));
      const controller = new AbortController();
      const reading = await client.streamChat(HELLO, {}, { signal: controller.signal });
      const final = rejects(reading.final(), { name: "AbortError", partial: { text: "one" } });
      while (reading.partial.text === "") await pause(5);
      controller.abort();
      await final;
      await script.left();
    },
  },
  {
    name: "an abort before the headers rejects as an abort",
    hostile: true,
    async run({ talk }) {
      const { client } = await talk({ delay: 60_000 });
      const controller = new AbortController();
      const asked = client.streamChat(HELLO, {}, { signal: controller.signal });
      await Promise.all([rejects(asked, { name: "AbortError" }), pause(50).then(() => controller.abort())]);
    },
  },
];
