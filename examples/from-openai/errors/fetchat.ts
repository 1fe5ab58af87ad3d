import { createClient, isAPIError } from "fetchat";

const client = createClient({ env: process.env });

try {
  await client.chat([{ role: "user", content: "Hello" }], { model: "gpt-0" });
} catch (error) {
  if (!isAPIError(error) || error.status !== 404) throw error;
  console.log(error.status, error.code, error.type, error.requestId);
}
