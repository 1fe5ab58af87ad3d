import OpenAI from "openai";
import { zodResponsesFunction } from "openai/helpers/zod";
import { z } from "zod";

const client = new OpenAI();

const level = zodResponsesFunction({ name: "get_level", parameters: z.object({ river: z.string() }) });

const stream = client.responses.stream({ model: "gpt-5.5", input: "How high is the Rhine?", tools: [level] });
for await (const event of stream) {
  if (event.type === "response.function_call_arguments.delta") console.log(event.delta);
}

const response = await stream.finalResponse();
for (const item of response.output) {
  if (item.type === "function_call") console.log(item.name, item.arguments);
}
