import OpenAI from "openai";

const getToken = async () => "the token of DefaultAzureCredential";

const client = new OpenAI({ baseURL: `${process.env.AZURE_OPENAI_ENDPOINT}/openai/v1`, apiKey: getToken });

const completion = await client.chat.completions.create({
  model: process.env.AZURE_OPENAI_DEPLOYMENT ?? "",
  messages: [{ role: "user", content: "Hello" }],
});
console.log(completion.choices[0]?.message.content);
