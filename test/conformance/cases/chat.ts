import type { ConformanceCase } from "../case.ts";
import { equal, match } from "../expect.ts";
import { completion, HELLO } from "../wire.ts";

export const chat: ConformanceCase[] = [
  {
    name: "a whole chat resolves to the API's completion",
    async run({ talk }) {
      const { client, script } = await talk(completion("Hi there", { system_fingerprint: "fp_1" }));
      const answer = await client.chat(HELLO);
      match(answer, {
        id: "chatcmpl-1",
        system_fingerprint: "fp_1",
        choices: [{ message: { content: "Hi there" }, finish_reason: "stop" }],
      });
      const [request] = await script.exchanges();
      match(request, { method: "POST", path: "/v1/chat/completions", body: { model: "gpt-6-luna", messages: HELLO } });
    },
  },
  {
    name: "a request has the headers authorization, content-type and accept, and no others of ours",
    async run({ talk }) {
      const { client, script } = await talk(completion("Hi"));
      await client.chat(HELLO);
      const [request] = await script.exchanges();
      match(request?.headers, {
        authorization: "Bearer sk-test",
        "content-type": "application/json",
        accept: "application/json",
      });
      equal(
        Object.keys(request?.headers ?? {}).filter((name) => name.startsWith("x-")),
        [],
        "headers that begin with x-",
      );
    },
  },
  {
    name: "the mock API answers a chat by itself",
    async run({ talk }) {
      const { client } = await talk("mock");
      const answer = await client.chat(HELLO);
      match(answer.choices[0]?.message, { role: "assistant", content: /./ });
    },
  },
];
