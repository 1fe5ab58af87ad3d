/** Sends the question on the command line and prints the answer as it arrives. */
import { createClient, isStreamError } from "fetchat/deno";

const question = Deno.args.join(" ");
if (question === "") {
  console.error("Ask something: … ask.ts Name three rivers");
  Deno.exit(2);
}

const encoder = new TextEncoder();
try {
  const stream = await createClient().streamChat([{ role: "user", content: question }]);
  for await (const chunk of stream) await Deno.stdout.write(encoder.encode(chunk.content));
  console.log();
} catch (error) {
  if (isStreamError(error)) console.log();
  console.error(error instanceof Error ? error.message : error);
  Deno.exit(1);
}
