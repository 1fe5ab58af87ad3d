// wrangler's [build] command or scripts/start.ts builds this script from page/chat.ts.
import script from "../dist/chat.js.txt";
import html from "../page/index.html";
import css from "../page/style.css";

/** The data that the page gets from its Worker. */
export interface PageInfo {
  readonly answers: "api" | "mock";
  readonly model: string;
}

const HEADERS = {
  "cache-control": "no-cache",
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

/** Returns the page's file at a path, or 404. */
export function pageFile(path: string, info: PageInfo): Response {
  if (path === "/") return answer(withInfo(html, info), "text/html");
  if (path === "/chat.js") return answer(script, "text/javascript");
  if (path === "/style.css") return answer(css, "text/css");
  return answer("There is nothing here. The chat is at /\n", "text/plain", 404);
}

/** Returns the response in place of the page while the relay is closed. */
export function closedPage(): Response {
  return answer(CLOSED, "text/plain", 403);
}

const CLOSED = `This chat is closed.

It relays to an API with its owner's key, so once it is deployed it answers nobody until it has a token of its own:

    npx wrangler secret put RELAY_TOKEN

Then open this page again and enter the token. On your own machine it answers only as localhost, 127.0.0.1 or [::1].
`;

function withInfo(page: string, { answers, model }: PageInfo): string {
  return page.replace("{{answers}}", answers).replace("{{model}}", () => escaped(model));
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function answer(body: string, type: string, status = 200): Response {
  return new Response(body, { status, headers: { ...HEADERS, "content-type": `${type}; charset=utf-8` } });
}
