import OpenAI from "openai";
import { type Adapter, BASE_URL, KEY, MESSAGES, MODEL } from "../lib/adapter.ts";

/** As in its README, "Streaming responses". */
export const adapter: Adapter = {
  name: "openai",
  create(fetch) {
    const client = new OpenAI({ apiKey: KEY, baseURL: BASE_URL, fetch });
    return {
      async stream(onText) {
        const stream = await client.chat.completions.create({ model: MODEL, messages: MESSAGES, stream: true });
        for await (const chunk of stream) onText(chunk.choices[0]?.delta?.content ?? "");
      },
      async calls(onText) {
        const stream = await client.chat.completions.create({ model: MODEL, messages: MESSAGES, stream: true });
        for await (const chunk of stream) onText(chunk.choices[0]?.delta?.tool_calls?.[0]?.function?.arguments ?? "");
      },
      async responses(onText) {
        const stream = await client.responses.create({ model: MODEL, input: "Name three rivers.", stream: true });
        for await (const event of stream) if (event.type === "response.output_text.delta") onText(event.delta);
      },
      async chat() {
        const completion = await client.chat.completions.create({ model: MODEL, messages: MESSAGES });
        return completion.choices[0]?.message.content ?? "";
      },
    };
  },
};
