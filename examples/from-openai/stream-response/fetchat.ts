import { createClient } from "fetchat";
import { streamResponse } from "fetchat/responses";

const client = createClient({ env: process.env });

const stream = await streamResponse(client, "Solve 8x + 31 = 2.", { model: "gpt-5.5" });

for await (const { raw: event } of stream) {
  if (event.type === "response.output_text.delta") process.stdout.write(event.delta);
  else console.log(event.type);
}

const response = await stream.final();
console.log(response.status);
