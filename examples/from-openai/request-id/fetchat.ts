import { createClient, httpInfo } from "fetchat";
import { createResponse, streamResponse } from "fetchat/responses";

const client = createClient({ env: process.env });

const response = await createResponse(client, "Hello", { model: "gpt-5.5" });
console.log(httpInfo(response)?.requestId);

const stream = await streamResponse(client, "Hello", { model: "gpt-5.5" });
console.log(httpInfo(stream)?.requestId);
for await (const chunk of stream) process.stdout.write(chunk.content);
