import { createClient } from "fetchat";
import { createClientSecret } from "fetchat/realtime";

const client = createClient({ env: process.env });

const secret = await createClientSecret(client, { session: { type: "realtime", model: "gpt-realtime-2" } });
console.log(secret.value);
