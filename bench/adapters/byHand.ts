import { ARGUMENTS, CONTENT, OUTPUT, type TextOf } from "../lib/texts.ts";
import { type Adapter, BASE_URL, KEY, MESSAGES, MODEL } from "../lib/adapter.ts";

const NEWLINE = 10;
/** The first letter of `data`, which `event` does not have. */
const LETTER_D = 100;
/** The length of `data: `. */
const PREFIX = 6;

/**
 * The floor by hand: `reader.read()`, lines split in the bytes, `JSON.parse`. It has no safety rules, and supports only
 * LF and `data: `.
 */
export const adapter: Adapter = {
  name: "byHand",
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
      let held: Uint8Array[] = [];
      const take = (line: Uint8Array): void => {
        if (line[0] !== LETTER_D) return;
        const data = decoder.decode(line.subarray(PREFIX));
        if (data !== "[DONE]") onText(textOf(JSON.parse(data)) ?? "");
      };
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        let from = 0;
        for (let at = value.indexOf(NEWLINE); at >= 0; at = value.indexOf(NEWLINE, from)) {
          const line = value.subarray(from, at);
          from = at + 1;
          if (held.length === 0) take(line);
          else {
            take(joined(held, line));
            held = [];
          }
        }
        if (from < value.length) held.push(from === 0 ? value : value.subarray(from));
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

function joined(held: Uint8Array[], last: Uint8Array): Uint8Array {
  const all = new Uint8Array(held.reduce((size, piece) => size + piece.length, last.length));
  let at = 0;
  for (const piece of held) {
    all.set(piece, at);
    at += piece.length;
  }
  all.set(last, at);
  return all;
}
