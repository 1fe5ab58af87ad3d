import OpenAI from "openai";

const client = new OpenAI();

const store = await client.vectorStores.create({ name: "Rivers" });
const file = new File(["The Rhine is 1,230 km long."], "rhine.txt");
await client.vectorStores.files.uploadAndPoll(store.id, file);

const { data } = await client.vectorStores.search(store.id, { query: "How long is the Rhine?" });
console.log(data[0]?.filename, data[0]?.content[0]?.text);
