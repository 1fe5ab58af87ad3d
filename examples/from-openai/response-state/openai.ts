import OpenAI from "openai";
import { toResponseInputItems } from "openai/lib/responses/ResponseInputItems";

const client = new OpenAI();

const input: OpenAI.Responses.ResponseInputItem[] = [{ role: "user", content: "Write a prime test in Python." }];
const first = await client.responses.create({ model: "gpt-5.5", input, reasoning: { effort: "low" } });
console.log(first.output_text);

input.push(...toResponseInputItems(first.output), { role: "user", content: "Add type hints." });
const second = await client.responses.create({ model: "gpt-5.5", input, reasoning: { effort: "low" } });
console.log(second.output_text);
