import { createClient } from "fetchat";

const client = createClient({ env: process.env });

const { results } = await client.moderation("I want to hug everyone.");
console.log(results[0]?.flagged);
