import OpenAI from "openai";

const client = new OpenAI();

const runner = client.chat.completions.runTools({
  model: "gpt-5.5",
  messages: [{ role: "user", content: "How high is the Rhine?" }],
  tools: [
    {
      type: "function",
      function: {
        name: "get_level",
        description: "Level of a river",
        parameters: { type: "object", properties: { river: { type: "string" } }, required: ["river"] },
        parse: JSON.parse as (text: string) => { river: string },
        function: ({ river }: { river: string }) => `${river}: 2.4 m`,
      },
    },
  ],
});

console.log(await runner.finalContent());
console.log(runner.messages.length);
