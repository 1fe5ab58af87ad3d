import { createClient } from "fetchat";
import { streamResponse } from "fetchat/responses";
import { type Adapter, BASE_URL, KEY, MESSAGES, MODEL } from "../lib/adapter.ts";

/** As in README.md. */
export const adapter: Adapter = {
  name: "fetchat",
  create(fetch) {
    const client = createClient({ apiKey: KEY, baseURL: BASE_URL, fetch });
    return {
      async stream(onText) {
        for await (const chunk of await client.streamChat(MESSAGES, { model: MODEL })) onText(chunk.content);
      },
      async calls(onText) {
        const stream = await client.streamChat(MESSAGES, { model: MODEL });
        for await (const { raw } of stream) onText(raw.choices[0]?.delta.tool_calls?.[0]?.function?.arguments ?? "");
        await stream.final();
      },
      async responses(onText) {
        const stream = await streamResponse(client, "Name three rivers.", { model: MODEL });
        for await (const chunk of stream) onText(chunk.content);
      },
      async chat() {
        const completion = await client.chat(MESSAGES, { model: MODEL });
        return String(completion.choices[0]?.message.content ?? "");
      },
    };
  },
};
