import { OpenAIClient } from "openai-fetch";
import { type Adapter, BASE_URL, KEY, MESSAGES, MODEL } from "../lib/adapter.ts";

/** As in its readme: a ReadableStream of chunks. */
export const adapter: Adapter = {
  name: "openaiFetch",
  create(fetch) {
    const client = new OpenAIClient({
      apiKey: KEY,
      baseUrl: BASE_URL,
      kyOptions: { fetch: fetch as typeof globalThis.fetch },
    });
    return {
      async stream(onText) {
        const stream = await client.streamChatCompletion({ model: MODEL, messages: MESSAGES });
        for await (const chunk of stream) onText(chunk.choices[0]?.delta?.content ?? "");
      },
      async chat() {
        const completion = await client.createChatCompletion({ model: MODEL, messages: MESSAGES });
        return completion.choices[0]?.message.content ?? "";
      },
    };
  },
};
