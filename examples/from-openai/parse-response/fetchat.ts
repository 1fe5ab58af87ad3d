import { createClient, outputFormat, sendFor, strict } from "fetchat";
import { responses } from "fetchat/responses";
import { z } from "zod";

const client = createClient({ env: process.env });

const river = outputFormat("river", strict(z.object({ name: z.string(), countries: z.array(z.string()) })));

const chat = client.newChatSession({ api: responses(), model: "gpt-5.5" });
const outcome = await sendFor(chat, "Describe the Rhine.", river);

if (outcome.kind === "value") console.log(outcome.value.countries.length);
