import OpenAI from "openai";

const client = new OpenAI();

const completion = await client.chat.completions.create({
  model: "gpt-5.5",
  messages: [
    { role: "developer", content: "Answer in one sentence." },
    { role: "user", content: "Why is the sky blue?" },
  ],
});

console.log(completion.choices[0]?.message.content);
