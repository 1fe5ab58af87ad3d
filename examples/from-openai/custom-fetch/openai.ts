import OpenAI from "openai";

const client = new OpenAI({
  fetch: async (url, init) => {
    const response = await fetch(url, init);
    console.log(init?.method, new URL(String(url)).pathname.split("/").pop(), response.status);
    return response;
  },
});

const completion = await client.chat.completions.create({
  model: "gpt-5.5",
  messages: [{ role: "user", content: "Hello" }],
});
console.log(completion.choices[0]?.message.content);
