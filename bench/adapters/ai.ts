import { createOpenAI } from "@ai-sdk/openai";
import { generateText, streamText } from "ai";
import { type Adapter, BASE_URL, KEY, MESSAGES, MODEL } from "../lib/adapter.ts";

/** As in its documentation, "Generating Text". Errors reach only `onError`. */
export const adapter: Adapter = {
  name: "ai",
  create(fetch) {
    const openai = createOpenAI({ apiKey: KEY, baseURL: BASE_URL, fetch: fetch as typeof globalThis.fetch });
    return {
      async stream(onText) {
        let failed: unknown;
        const result = streamText({
          model: openai.chat(MODEL),
          messages: MESSAGES,
          onError: ({ error }) => {
            failed = error;
          },
        });
        for await (const text of result.textStream) onText(text);
        if (failed !== undefined) throw failed;
      },
      async chat() {
        return (await generateText({ model: openai.chat(MODEL), messages: MESSAGES })).text;
      },
    };
  },
};
