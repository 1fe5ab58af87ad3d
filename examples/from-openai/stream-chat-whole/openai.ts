import OpenAI from "openai";

const client = new OpenAI();

const stream = client.chat.completions
  .stream({
    model: "gpt-5.5",
    messages: [{ role: "user", content: "Tell me a short story." }],
    stream_options: { include_usage: true },
  })
  .on("content", (delta) => process.stdout.write(delta));

const completion = await stream.finalChatCompletion();
console.log(`\n${completion.choices[0]?.finish_reason}, ${completion.usage?.total_tokens} tokens`);
