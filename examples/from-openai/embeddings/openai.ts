import OpenAI from "openai";

const client = new OpenAI();

const { data } = await client.embeddings.create({ model: "text-embedding-3-small", input: ["a river", "a mountain"] });
console.log(data.length, data[0]?.embedding.length);
