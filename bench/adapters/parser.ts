import { createParser } from "eventsource-parser";
import { type Adapter, BASE_URL, KEY, MESSAGES, MODEL } from "../lib/adapter.ts";

/** The floor with a parser: `reader.read()`, `TextDecoder`, eventsource-parser, `JSON.parse`. No safety at all. */
export const adapter: Adapter = {
  name: "parser",
  create(fetch) {
    const ask = (stream: boolean): Promise<Response> =>
      fetch(`${BASE_URL}/chat/completions`, {
        method: "POST",
        headers: { authorization: `Bearer ${KEY}`, "content-type": "application/json" },
        body: JSON.stringify({ model: MODEL, messages: MESSAGES, stream }),
      });
    return {
      async stream(onText) {
        const reader = (await ask(true)).body!.getReader();
        const decoder = new TextDecoder();
        const parser = createParser({
          onEvent({ data }) {
            if (data !== "[DONE]") onText(JSON.parse(data).choices[0]?.delta?.content ?? "");
          },
        });
        for (;;) {
          const { done, value } = await reader.read();
          if (done) return;
          parser.feed(decoder.decode(value, { stream: true }));
        }
      },
      async chat() {
        return (await (await ask(false)).json()).choices[0]?.message.content ?? "";
      },
    };
  },
};
