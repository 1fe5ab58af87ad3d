import OpenAI from "openai";

const client = new OpenAI();

const messages: OpenAI.Chat.ChatCompletionMessageParam[] = [{ role: "developer", content: "Answer in one sentence." }];

for (const question of ["Why is the sky blue?", "And at dusk?"]) {
  messages.push({ role: "user", content: question });
  const completion = await client.chat.completions.create({ model: "gpt-5.5", messages });
  const message = completion.choices[0]?.message;
  if (message === undefined) throw new Error("no answer");
  messages.push(message);
  console.log(message.content);
}

console.log(messages.length);
