import { createClient, textOf } from "fetchat";

const client = createClient({
  env: process.env,
  fetch: async (url, init) => {
    const response = await fetch(url, init);
    console.log(init.method, new URL(url).pathname.split("/").pop(), response.status);
    return response;
  },
});

const completion = await client.chat([{ role: "user", content: "Hello" }], { model: "gpt-5.5" });
console.log(textOf(completion));
