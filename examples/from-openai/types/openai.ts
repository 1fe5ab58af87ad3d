import OpenAI from "openai";

const client = new OpenAI();

const params: OpenAI.Chat.ChatCompletionCreateParamsNonStreaming = {
  model: "gpt-5.5",
  messages: [{ role: "user", content: "Hello" }],
  reasoning_effort: "low",
};

function firstMessage(completion: OpenAI.Chat.ChatCompletion): OpenAI.Chat.ChatCompletionMessage | undefined {
  return completion.choices[0]?.message;
}

console.log(firstMessage(await client.chat.completions.create(params))?.content);
