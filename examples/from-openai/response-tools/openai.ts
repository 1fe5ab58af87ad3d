import OpenAI from "openai";
import { ResponsesToolRunner, runnerFunction } from "openai/helpers/responses-tool-runner";
import { zodResponsesFunction } from "openai/helpers/zod";
import { z } from "zod";

const client = new OpenAI();

const level = zodResponsesFunction({
  name: "get_level",
  description: "Level of a river",
  parameters: z.object({ river: z.string() }),
  function: ({ river }) => `${river}: 2.4 m`,
});

const runner = new ResponsesToolRunner({ functions: [runnerFunction(level)] });
const response = await runner.run(client, { model: "gpt-5.5", input: "How high is the Rhine?" });
console.log(response.output_text);
