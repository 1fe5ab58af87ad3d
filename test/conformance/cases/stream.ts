import type { ConformanceCase } from "../case.ts";
import { all, equal, match } from "../expect.ts";
import { answer, DONE, finish, HELLO, ROLE, streamed } from "../wire.ts";

const crlf = (text: string): string => text.replaceAll("\n", "\r\n");

export const stream: ConformanceCase[] = [
  {
    name: "a streamed chat yields each delta, and then the whole completion",
    streams: true,
    async run({ talk }) {
      const { client, script } = await talk(streamed(...answer("Hel", "lo", " there")));
      const reading = await client.streamChat(HELLO);
      const chunks = await all(reading);
      equal(
        chunks
          .map((chunk) => chunk.content)
          .join("|")
          .replaceAll(/\|+/g, "|")
          .replace(/^\||\|$/g, ""),
        "Hel|lo| there",
      );
      const whole = await reading.final();
      match(whole, {
        object: "chat.completion",
        choices: [{ message: { role: "assistant", content: "Hello there" }, finish_reason: "stop" }],
      });
      match(whole.usage, { total_tokens: 5 });
      equal(reading.ending, "complete");
      const [request] = await script.exchanges();
      match(request?.body, { stream: true });
    },
  },
  {
    name: "text outside ASCII arrives intact, wherever it is cut",
    streams: true,
    async run({ talk }) {
      const text = ["Grüße, ", "世界 ", "👩‍👩‍👧‍👦 ", "e\u0301", "\u{1F3F4}"];
      const { client } = await talk(streamed(...answer(...text)));
      const whole = await (await client.streamChat(HELLO)).final();
      equal(whole.choices[0]?.message.content, text.join(""));
    },
  },
  {
    name: "lines may end in CRLF",
    streams: true,
    async run({ talk }) {
      const { client } = await talk(streamed(...answer("a", "b").map(crlf)));
      const whole = await (await client.streamChat(HELLO)).final();
      equal(whole.choices[0]?.message.content, "ab");
    },
  },
  {
    name: "comments, event names, ids and retry fields between the events change nothing",
    streams: true,
    async run({ talk }) {
      const noise = ": OPENROUTER PROCESSING\n\n: keep-alive\n\nretry: 10\nid: 7\n";
      const { client } = await talk(streamed(noise, ...answer("a", "b").map((text) => noise + text)));
      const reading = await client.streamChat(HELLO);
      equal((await all(reading)).map((chunk) => chunk.content).join(""), "ab");
      equal(reading.ending, "complete");
    },
  },
  {
    name: "a stream that ends without [DONE] after its finish reason is complete",
    streams: true,
    async run({ talk }) {
      const { client } = await talk(streamed(...answer("a").filter((text) => text !== DONE)));
      const reading = await client.streamChat(HELLO);
      match(await reading.final(), { choices: [{ message: { content: "a" }, finish_reason: "stop" }] });
    },
  },
  {
    name: "a stream that is used as text fails and names toResponse(), and a body of it never succeeds",
    async run({ talk }) {
      const { client } = await talk(streamed(...answer("a")));
      const reading = await client.streamChat(HELLO);
      for (const use of [String, JSON.stringify, (stream: unknown) => Response.json(stream)]) {
        let said: unknown;
        try {
          said = use(reading);
        } catch (error) {
          said = error;
        }
        match(said, { name: "InputError", path: "stream" });
        equal(String(said).includes("toResponse()"), true);
      }
      const body = (async () => new Response(reading as never).text())();
      equal(await body.catch(() => "refused"), "refused");
      reading.cancel();
    },
  },
  {
    name: "length is a good ending of a stream",
    streams: true,
    async run({ talk }) {
      const { client } = await talk(streamed(ROLE, ...answer("cut sh").slice(1, 2), finish("length"), DONE));
      const reading = await client.streamChat(HELLO);
      match(await reading.final(), { choices: [{ message: { content: "cut sh" }, finish_reason: "length" }] });
      equal(reading.ending, "length");
    },
  },
];
