import { createClient } from "fetchat";

const client = createClient({ env: process.env });

const stream = await client.streamChat([{ role: "user", content: "Name a river." }], {
  model: "gpt-4.1",
  logprobs: true,
});

for await (const { raw } of stream) {
  for (const { token, logprob } of raw.choices?.[0]?.logprobs?.content ?? []) console.log(token, logprob);
}
