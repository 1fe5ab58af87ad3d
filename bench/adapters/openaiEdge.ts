import { EventSourceParserStream } from "eventsource-parser/stream";
import { Configuration, OpenAIApi } from "openai-edge";
import { type Adapter, BASE_URL, KEY, MESSAGES, MODEL } from "../lib/adapter.ts";

/** It returns the `Response`; eventsource-parser reads the events, as in its README, "Stream usage". */
export const adapter: Adapter = {
  name: "openaiEdge",
  create(fetch) {
    const openai = new OpenAIApi(
      new Configuration({ apiKey: KEY, basePath: BASE_URL }),
      undefined,
      fetch as typeof globalThis.fetch,
    );
    return {
      async stream(onText) {
        const response = await openai.createChatCompletion({ model: MODEL, messages: MESSAGES, stream: true });
        const events = response.body!.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
        for await (const { data } of events) {
          if (data === "[DONE]") break;
          onText(JSON.parse(data).choices[0]?.delta?.content ?? "");
        }
      },
      async chat() {
        const response = await openai.createChatCompletion({ model: MODEL, messages: MESSAGES });
        return (
          ((await response.json()) as { choices: { message: { content: string } }[] }).choices[0]?.message.content ?? ""
        );
      },
    };
  },
};
