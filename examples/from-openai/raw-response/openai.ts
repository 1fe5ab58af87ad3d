import OpenAI from "openai";

const client = new OpenAI();
const params: OpenAI.Chat.ChatCompletionCreateParamsNonStreaming = {
  model: "gpt-5.5",
  messages: [{ role: "user", content: "Hello" }],
};

const raw = await client.chat.completions.create(params).asResponse();
console.log(raw.status, raw.headers.get("content-type"));
console.log(Object.keys((await raw.json()) as object));

const { data: completion, response } = await client.chat.completions.create(params).withResponse();
console.log(completion.choices.length, response.headers.get("x-ratelimit-remaining-requests"));
