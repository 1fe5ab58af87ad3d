import OpenAI from "openai";

const client = new OpenAI();

const river = await client.post<{ name: string }>("/rivers", { query: { lang: "en" }, body: { near: "Basel" } });
console.log(river.name);

const completion = await client.chat.completions.create({
  model: "gpt-5.5",
  messages: [{ role: "user", content: "Hello" }],
  // @ts-expect-error not in the types
  river: "Rhine",
});
console.log(completion.choices[0]?.message.content);
