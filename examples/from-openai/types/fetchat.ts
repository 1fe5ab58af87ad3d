import { type AnswerMessage, type ChatCompletion, type ChatParams, createClient, type Message } from "fetchat";

const client = createClient({ env: process.env });

const messages: Message[] = [{ role: "user", content: "Hello" }];
const params: ChatParams = { model: "gpt-5.5", reasoning_effort: "low" };

function firstMessage(completion: ChatCompletion): AnswerMessage | undefined {
  return completion.choices[0]?.message;
}

console.log(firstMessage(await client.chat(messages, params))?.content);
