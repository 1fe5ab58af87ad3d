import { createClient } from "fetchat";
import { createResponse, outputText } from "fetchat/responses";

const client = createClient({ env: process.env });

const response = await createResponse(client, "Why is the sky blue?", {
  model: "gpt-5.5",
  instructions: "Answer in one sentence.",
});

console.log(outputText(response));
