import OpenAI from "openai";

const client = new OpenAI();

for await (const file of client.files.list({ limit: 2 })) {
  console.log(file.filename);
}

const page = await client.files.list({ limit: 2 });
console.log(page.data.length, page.has_more);
