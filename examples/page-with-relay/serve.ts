/** Serves a page and relays its requests to the API with the key, which stays here. Bun bundles the page's script. */
import { createRelay } from "fetchat/relay";
import page from "./index.html";

const { OPENAI_API_KEY, OPENAI_BASE_URL, PORT } = process.env;
if (!OPENAI_API_KEY) throw new Error("Set OPENAI_API_KEY.");

// Open to everyone who can reach the local machine's names. For other clients set a `token` and the `hosts` to serve.
const relay = createRelay({ apiKey: OPENAI_API_KEY, baseURL: OPENAI_BASE_URL, open: true });

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: PORT ?? 3000,
  development: false,
  routes: { "/": page, "/v1/*": (request) => relay(request) },
  fetch: () => new Response("The chat is at /\n", { status: 404 }),
});
console.log(`Listening on ${server.url.href}`);
