import OpenAI from "openai";

const client = new OpenAI();

let id = "";
const begun = client.responses.stream({ model: "gpt-5.5", input: "Solve 8x + 31 = 2.", background: true });
for await (const event of begun) {
  if (event.type === "response.created") id = event.response.id;
  if (event.sequence_number === 3) break;
}

const resumed = client.responses.stream({ response_id: id, starting_after: 3 });
for await (const event of resumed) console.log(event.sequence_number, event.type);
console.log((await resumed.finalResponse()).output_text);
