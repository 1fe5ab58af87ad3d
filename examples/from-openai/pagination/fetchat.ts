import { createClient } from "fetchat";
import { files } from "fetchat/media";

const client = createClient({ env: process.env });

for await (const file of await files(client, { limit: 2 })) {
  console.log(file.filename);
}

const page = await files(client, { limit: 2 });
console.log(page.data.length, page.has_more);
