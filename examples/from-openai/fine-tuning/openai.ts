import OpenAI from "openai";

const client = new OpenAI();

const job = await client.fineTuning.jobs.create({ model: "gpt-4.1-mini", training_file: "file-1" });
console.log(job.id, job.status);

for await (const event of client.fineTuning.jobs.listEvents(job.id)) console.log(event.message);
