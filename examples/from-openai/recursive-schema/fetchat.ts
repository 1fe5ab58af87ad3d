import { createClient, outputFormat, strict } from "fetchat";
import { z } from "zod";

const client = createClient({ env: process.env });

interface UI {
  type: "div" | "button" | "field";
  label: string;
  children: UI[];
}
const UI: z.ZodType<UI> = z.lazy(() =>
  z.object({ type: z.enum(["div", "button", "field"]), label: z.string(), children: z.array(UI) }),
);
const format = outputFormat("ui", strict(UI));

const completion = await client.chat(
  [
    { role: "system", content: "You make forms." },
    { role: "user", content: "A login form." },
  ],
  { model: "gpt-5.5", response_format: format },
);

const outcome = await format.parse(completion);
if (outcome.kind === "value") console.dir(outcome.value, { depth: 5 });
