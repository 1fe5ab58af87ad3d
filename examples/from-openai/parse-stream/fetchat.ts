import { createClient, outputFormat, strict } from "fetchat";
import { z } from "zod";

const client = createClient({ env: process.env });

const solution = outputFormat("solution", strict(z.object({ steps: z.array(z.string()), answer: z.string() })));

const stream = await client.streamChat([{ role: "user", content: "Solve 8x + 31 = 2." }], {
  model: "gpt-5.5",
  response_format: solution,
});

let known = 0;
for await (const { steps = [] } of solution.partials(stream)) {
  if (steps.length > known) console.log(`step ${(known = steps.length)}`);
}

const outcome = await solution.parse(await stream.final());
if (outcome.kind === "value") console.log(outcome.value.answer);
