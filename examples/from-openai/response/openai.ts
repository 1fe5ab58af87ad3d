import OpenAI from "openai";

const client = new OpenAI();

const response = await client.responses.create({
  model: "gpt-5.5",
  instructions: "Answer in one sentence.",
  input: "Why is the sky blue?",
});

console.log(response.output_text);
