import { readFileSync } from "node:fs";
import prettier from "prettier";
import ts from "typescript";
import { ROOT } from "./paths.ts";

/** The folder of the programs: one folder for each task, with `openai.ts` and `fetchat.ts`. */
export const PROGRAMS: string = `${ROOT}/examples/from-openai`;

/** The page with the table of line counts and some of the programs. */
export const PAGE: string = `${ROOT}/docs/from-openai-node.md`;

/** The clients that the two programs of a task use. */
export const CLIENTS = ["openai", "fetchat"] as const;

/** The tasks in the order of the page, each with the place in openai-node's README or examples that shows it. */
export const TASKS: readonly (readonly [name: string, task: string, shownIn: string])[] = [
  ["response", "answer a question, Responses API", "README, Usage"],
  ["chat", "answer a question, chat completions", "README, Usage; demo.ts"],
  ["conversation", "ask twice, with the history", "demo.ts"],
  ["response-state", "ask twice over the Responses API", "README, Multi-turn; responses/manual-conversation-state.ts"],
  ["vision", "ask about an image", "README, Vision"],
  ["stream-chat", "print a streamed answer", "README, Streaming; demo.ts"],
  ["stream-chat-whole", "print a stream, then use the whole answer", "stream.ts"],
  ["stream-response", "read the events of a streamed response", "responses/stream.ts"],
  ["background", "resume the stream of a background response", "responses/stream_background.ts"],
  ["tool-calls", "run function calls by hand", "function-call.ts, function-call-diy.ts"],
  ["stream-tool-calls", "read streamed function calls", "function-call-stream.ts, tool-calls-stream.ts"],
  ["run-tools", "let the client run tools", "tool-call-helpers.ts"],
  ["run-tools-zod", "run tools with zod, streamed", "tool-call-helpers-zod.ts, parsing-run-tools.ts"],
  ["response-tools", "run tools over the Responses API", "responses/structured-outputs-tools.ts"],
  ["stream-response-tools", "read function calls of a streamed response", "responses/streaming-tools.ts"],
  ["parse", "get an answer that follows a zod schema", "parsing.ts"],
  ["parse-stream", "read structured output while it arrives", "parsing-stream.ts"],
  ["parse-tool-calls", "get the typed arguments of a function call", "parsing-tools.ts"],
  ["parse-response", "get structured output, Responses API", "responses/structured-outputs.ts"],
  ["recursive-schema", "use a recursive schema", "ui-generation.ts"],
  ["logprobs", "read log probabilities", "logprobs.ts"],
  ["types", "name the types of params and answers", "types.ts"],
  ["stream-to-page", "stream from a server to a page", "stream-to-client-next.ts, -browser.ts"],
  ["stream-as-text", "stream plain text from a server", "stream-to-client-raw.ts"],
  ["errors", "handle an error of the API", "README, Handling errors; errors.ts"],
  ["retries", "set the number of retries", "README, Retries"],
  ["timeouts", "set a time limit", "README, Timeouts"],
  ["abort", "stop a stream with a signal", "README, Cancellation"],
  ["request-id", "read request ids", "README, Request IDs"],
  ["raw-response", "read the raw response and its headers", "README, Accessing raw Response data; raw-response.ts"],
  ["pagination", "list all pages, or one", "README, Auto-pagination"],
  ["upload", "upload a file from disk and from memory", "README, File uploads"],
  ["custom-fetch", "log each request with a `fetch` of your own", "README, Customizing the fetch client"],
  ["undocumented", "use endpoints and params without types", "README, Undocumented endpoints"],
  ["azure", "ask Azure OpenAI with a token", "README, Azure; azure/chat.ts"],
  ["webhook", "verify a webhook", "README, Webhook Verification"],
  ["image", "make an image and edit it", "picture.ts"],
  ["stream-image", "stream partial images", "image-stream.ts"],
  ["speech", "make speech and transcribe it", "audio.ts, text-to-speech.ts, speech-to-text.ts"],
  ["embeddings", "make embeddings", "API reference"],
  ["moderation", "moderate a text", "API reference"],
  ["models", "list models", "API reference"],
  ["ephemeral-key", "make an ephemeral key for the Realtime API", "README, Realtime; realtime/websocket.ts"],
  ["vector-store", "fill a vector store and search it", "helpers.md, Polling"],
  ["batch", "start a batch and read its results", "API reference"],
  ["fine-tuning", "start fine-tuning and read its events", "fine-tuning.ts"],
];

/** Returns a program of a task. */
export function programOf(name: string, client: string): string {
  return readFileSync(`${PROGRAMS}/${name}/${client}.ts`, "utf8").trimEnd();
}

/**
 * Returns the number of lines that hold code: blank lines and comments do not count. The source is formatted first as Prettier formats these
 * programs, with every object on one line that fits there, so that the count does not depend on where an author breaks lines.
 */
export async function countLines(source: string): Promise<number> {
  const options = await prettier.resolveConfig(`${PROGRAMS}/chat/openai.ts`);
  const formatted = await prettier.format(source, { ...options, parser: "typescript" });
  const file = ts.createSourceFile("program.ts", formatted, ts.ScriptTarget.Latest);
  const lines = new Set<number>();
  const visit = (node: ts.Node): void => {
    const children = node.getChildren(file);
    children.forEach(visit);
    if (children.length > 0 || node.kind === ts.SyntaxKind.EndOfFileToken) return;
    const first = file.getLineAndCharacterOfPosition(node.getStart(file)).line;
    const last = file.getLineAndCharacterOfPosition(node.getEnd()).line;
    if (node.getEnd() > node.getStart(file)) for (let line = first; line <= last; line += 1) lines.add(line);
  };
  visit(file);
  return lines.size;
}

/** Returns the table of line counts as Markdown, with a total. */
export async function linesTable(): Promise<string> {
  const counts = await Promise.all(
    TASKS.map(([name]) => Promise.all(CLIENTS.map((client) => countLines(programOf(name, client))))),
  );
  const rows = TASKS.map(
    ([name, task, shownIn], at) => `| \`${name}\` | ${task} | ${shownIn} | ${counts[at]?.join(" | ") ?? ""} |`,
  );
  const totals = CLIENTS.map((_, column) => counts.reduce((sum, row) => sum + (row[column] ?? 0), 0));
  return [
    "| folder | task | openai-node shows it in | openai-node | fetchat |",
    "|---|---|---|---:|---:|",
    ...rows,
    `| **all ${TASKS.length}** | | | **${totals.join("** | **")}** |`,
  ].join("\n");
}

const TABLE = /(^<!-- lines -->\n)[^]*?(^<!-- \/lines -->$)/m;
const PROGRAM =
  /(^<!-- examples\/from-openai\/([\w-]+)\/(\w+)\.ts -->\n<!-- runs: node, types only -->\n```ts\n)[^]*?(^```$)/gm;

/** Returns the page with its table and its programs up to date. */
export async function refreshed(page: string): Promise<string> {
  const table = await linesTable();
  return page
    .replace(TABLE, (_, before: string, after: string) => `${before}${table}\n${after}`)
    .replaceAll(
      PROGRAM,
      (_, before: string, name: string, client: string, after: string) =>
        `${before}${programOf(name, client)}\n${after}`,
    );
}
