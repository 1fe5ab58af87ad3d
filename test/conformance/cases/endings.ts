import type { ConformanceCase } from "../case.ts";
import { match, rejects } from "../expect.ts";
import { DONE, delta, event, HELLO, ROLE, streamed } from "../wire.ts";

export const endings: ConformanceCase[] = [
  {
    name: "a stream without a finish reason is truncated, and keeps the part that arrived",
    hostile: true,
    streams: true,
    async run({ talk }) {
      const { client } = await talk(streamed(ROLE, delta("Hel"), delta("lo")));
      const reading = await client.streamChat(HELLO);
      const error = await rejects(reading.final(), { name: "StreamError", ending: "truncated" });
      match(error, { partial: { text: "Hello" } });
    },
  },
  {
    name: "[DONE] without a finish reason is no ending",
    hostile: true,
    streams: true,
    async run({ talk }) {
      const { client } = await talk(streamed(ROLE, delta("Hel"), DONE));
      await rejects((await client.streamChat(HELLO)).final(), { name: "StreamError", ending: "truncated" });
    },
  },
  {
    name: "a connection that breaks in the middle is truncated, with its cause",
    hostile: true,
    streams: true,
    async run({ talk }) {
      const { client } = await talk(streamed(ROLE, delta("Hel"), { wait: 20 }, { reset: true }));
      const error = await rejects((await client.streamChat(HELLO)).final(), {
        name: "StreamError",
        ending: "truncated",
      });
      match(error, { partial: { text: "Hel" }, cause: (cause: unknown) => cause !== undefined });
    },
  },
  {
    name: "an error object in the middle is a provider error, with its code and message",
    hostile: true,
    streams: true,
    async run({ talk }) {
      const { client } = await talk(
        streamed(
          ROLE,
          delta("Hel"),
          event({ error: { message: "Too busy", type: "server_error", code: "overloaded" } }),
        ),
      );
      await rejects((await client.streamChat(HELLO)).final(), {
        ending: "provider_error",
        code: "overloaded",
        message: /Too busy/,
      });
    },
  },
  {
    name: "an error event in the middle is a provider error",
    hostile: true,
    streams: true,
    async run({ talk }) {
      const body = `event: error\n${event({ error: { message: "Gone wrong", code: 502 } })}`;
      const { client } = await talk(streamed(ROLE, delta("Hel"), body));
      await rejects((await client.streamChat(HELLO)).final(), {
        ending: "provider_error",
        code: 502,
        message: /Gone wrong/,
      });
    },
  },
];
