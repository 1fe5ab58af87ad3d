import OpenAI from "openai";

const client = new OpenAI();

const secret = await client.realtime.clientSecrets.create({ session: { type: "realtime", model: "gpt-realtime-2" } });
console.log(secret.value);
