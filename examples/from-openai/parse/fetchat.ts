import { createClient, outputFormat, strict } from "fetchat";
import { z } from "zod";

const client = createClient({ env: process.env });

const river = outputFormat(
  "river",
  strict(z.object({ name: z.string(), countries: z.array(z.string()), length_km: z.number() })),
);

const completion = await client.chat([{ role: "user", content: "Describe the Rhine." }], {
  model: "gpt-5.5",
  response_format: river,
});

const outcome = await river.parse(completion);
if (outcome.kind === "value") console.log(outcome.value.countries.length, outcome.value.length_km);
else if (outcome.kind === "refusal") console.log(outcome.refusal);
