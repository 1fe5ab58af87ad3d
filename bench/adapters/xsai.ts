import { generateText } from "@xsai/generate-text";
import { streamText } from "@xsai/stream-text";
import { type Adapter, BASE_URL, KEY, MESSAGES, MODEL } from "../lib/adapter.ts";

/** As in its documentation, "Stream text". */
export const adapter: Adapter = {
  name: "xsai",
  create(fetch) {
    const common = {
      apiKey: KEY,
      baseURL: BASE_URL,
      model: MODEL,
      messages: MESSAGES,
      fetch: fetch as typeof globalThis.fetch,
    };
    return {
      async stream(onText) {
        const { textStream } = streamText(common);
        for await (const text of textStream) onText(text);
      },
      async chat() {
        return (await generateText(common)).text ?? "";
      },
    };
  },
};
