import OpenAI from "openai";

const client = new OpenAI();

const { results } = await client.moderations.create({ input: "I want to hug everyone." });
console.log(results[0]?.flagged);
