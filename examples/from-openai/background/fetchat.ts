import { createClient } from "fetchat";
import { outputText, resumeResponse, streamResponse } from "fetchat/responses";

const client = createClient({ env: process.env });

let id = "";
const begun = await streamResponse(client, "Solve 8x + 31 = 2.", { model: "gpt-5.5", background: true });
for await (const { raw: event } of begun) {
  if (event.type === "response.created") id = event.response.id;
  if (event.sequence_number === 3) break;
}

const resumed = await resumeResponse(client, id, { starting_after: 3 });
for await (const { raw: event } of resumed) console.log(event.sequence_number, event.type);
console.log(outputText(await resumed.final()));
