import { createClient, isTimeoutError } from "fetchat";

const client = createClient({ env: process.env, timeout: 20_000, maxRetries: 0 });

try {
  await client.chat([{ role: "user", content: "Hello" }], { model: "gpt-5.5" }, { timeout: 100 });
} catch (error) {
  if (!isTimeoutError(error)) throw error;
  console.log("no answer in time");
}
