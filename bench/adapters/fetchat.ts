import { createClient } from "fetchat";
import { type Adapter, BASE_URL, KEY, MESSAGES, MODEL } from "../lib/adapter.ts";

/** As README.md tells. */
export const adapter: Adapter = {
  name: "fetchat",
  create(fetch) {
    const client = createClient({ apiKey: KEY, baseURL: BASE_URL, fetch });
    return {
      async stream(onText) {
        for await (const chunk of await client.streamChat(MESSAGES, { model: MODEL })) onText(chunk.content);
      },
      async chat() {
        const completion = await client.chat(MESSAGES, { model: MODEL });
        return String(completion.choices[0]?.message.content ?? "");
      },
    };
  },
};
