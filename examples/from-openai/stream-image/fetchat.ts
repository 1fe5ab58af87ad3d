import { createClient } from "fetchat";
import { decodeBase64, streamImageGeneration } from "fetchat/media";

const client = createClient({ env: process.env });

const stream = await streamImageGeneration(client, "A heron at dawn", { model: "gpt-image-2", partial_images: 2 });

for await (const chunk of stream) {
  const bytes = decodeBase64(chunk.image);
  console.log(chunk.partialIndex ?? "finished", bytes.length);
}
