import OpenAI from "openai";

const client = new OpenAI();

for await (const { id } of client.models.list()) console.log(id);

const model = await client.models.retrieve("gpt-6-luna");
console.log(model.id, model.owned_by);
