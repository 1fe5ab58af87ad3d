import OpenAI from "openai";

const client = new OpenAI();

const stream = client.chat.completions
  .stream({ model: "gpt-4.1", messages: [{ role: "user", content: "Name a river." }], logprobs: true })
  .on("logprobs.content.delta", ({ content }) => {
    for (const { token, logprob } of content) console.log(token, logprob);
  });

await stream.done();
