import { createParser } from "eventsource-parser";
import { ARGUMENTS, CONTENT, OUTPUT, type TextOf } from "../lib/texts.ts";
import { type Adapter, BASE_URL, KEY, MESSAGES, MODEL } from "../lib/adapter.ts";

/**
 * The floor with a parser: `reader.read()`, `TextDecoder`, eventsource-parser, `JSON.parse`. It has no safety rules.
 */
export const adapter: Adapter = {
  name: "parser",
  create(fetch) {
    const ask = (stream: boolean, path = "chat/completions"): Promise<Response> =>
      fetch(`${BASE_URL}/${path}`, {
        method: "POST",
        headers: { authorization: `Bearer ${KEY}`, "content-type": "application/json" },
        body: JSON.stringify({ model: MODEL, messages: MESSAGES, stream }),
      });
    const read = async (onText: (text: string) => void, textOf: TextOf, path?: string): Promise<void> => {
      const reader = (await ask(true, path)).body!.getReader();
      const decoder = new TextDecoder();
      const parser = createParser({
        onEvent({ data }) {
          if (data !== "[DONE]") onText(textOf(JSON.parse(data)) ?? "");
        },
      });
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        parser.feed(decoder.decode(value, { stream: true }));
      }
    };
    return {
      stream: (onText) => read(onText, CONTENT),
      calls: (onText) => read(onText, ARGUMENTS),
      responses: (onText) => read(onText, OUTPUT, "responses"),
      async chat() {
        return (await (await ask(false)).json()).choices[0]?.message.content ?? "";
      },
    };
  },
};
