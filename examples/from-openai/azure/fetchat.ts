import { createClient, textOf } from "fetchat";
import { azure } from "fetchat/providers";

const getToken = async () => "the token of DefaultAzureCredential";

const client = createClient({ provider: azure({ token: getToken }), env: process.env });

const completion = await client.chat([{ role: "user", content: "Hello" }]);
console.log(textOf(completion));
