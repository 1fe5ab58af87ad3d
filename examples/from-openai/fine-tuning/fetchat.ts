import { createClient, listPages } from "fetchat";

const client = createClient({ env: process.env });

interface Job {
  id: string;
  status: string;
}
const job = await client.request<Job>("/fine_tuning/jobs", { model: "gpt-4.1-mini", training_file: "file-1" });
console.log(job.id, job.status);

const events = await listPages<{ id: string; message: string }>(client, `/fine_tuning/jobs/${job.id}/events`);
for await (const event of events) console.log(event.message);
