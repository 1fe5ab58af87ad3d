import type { Reply } from "./script.ts";

const failure: Reply = { mock: { status: 500, headers: { "retry-after-ms": "1" } } };
const body = (value: object): Reply => ({ mock: { body: JSON.stringify(value) } });
const filesPage = (names: readonly string[], has_more: boolean): Reply => {
  const data = names.map((filename) => ({ id: `file-${filename}`, object: "file", filename }));
  return body({ object: "list", data, has_more, first_id: data[0]?.id, last_id: data.at(-1)?.id });
};

const call: Reply = { mock: { toolCalls: [{ name: "get_level", arguments: { river: "Rhine" }, id: "call_1" }] } };
const raw = (text: string): Reply => ({ headers: { "content-type": "application/json" }, body: [text] });
const logprobs = (content: string): object => ({
  id: "chatcmpl-1",
  object: "chat.completion.chunk",
  created: 1,
  model: "gpt-4.1",
  choices: [
    {
      index: 0,
      delta: { role: "assistant", content },
      logprobs: { content: [{ token: content, logprob: -0.25, bytes: null, top_logprobs: [] }], refusal: null },
      finish_reason: content === "." ? "stop" : null,
    },
  ],
});

/** The replies of the mock API to the programs of a pair, where its own answers do not do. */
export const REPLIES: Readonly<Record<string, readonly Reply[]>> = {
  "09-errors": [
    {
      mock: {
        status: 404,
        error: { message: "There is no such model.", type: "invalid_request_error", code: "model_not_found" },
      },
    },
  ],
  "10-retries": [failure, failure, { mock: "Hello again." }],
  "11-timeouts": [{ delay: 2_000 }],
  "12-abort": [{ mock: { text: "one two three four five six", pace: { firstToken: 0, perToken: 10 } } }],
  "15-pagination": [
    filesPage(["a.txt", "b.txt"], true),
    filesPage(["c.txt"], false),
    filesPage(["a.txt", "b.txt"], true),
  ],
  "18-undocumented": [body({ name: "Rhine" }), raw(JSON.stringify({ choices: [{ message: { content: "Hello." } }] }))],
  "20-tool-calls": [call, { mock: "2.4 meters." }],
  "21-stream-tool-calls": [call],
  "22-run-tools": [call, { mock: "2.4 meters." }],
  "23-run-tools-zod": [call, { mock: "2.4 meters." }],
  "24-parse": [{ mock: JSON.stringify({ name: "Rhine", countries: ["CH", "DE", "NL"], length_km: 1230 }) }],
  "25-parse-stream": [{ mock: JSON.stringify({ steps: ["8x = -29", "x = -29 / 8"], answer: "x = -3.625" }) }],
  "26-parse-tool-calls": [
    { mock: { toolCalls: [{ name: "query", arguments: { table: "rivers", columns: ["name", "length"] } }] } },
  ],
  "27-logprobs": [{ mock: { chunks: ["The", " Rhine", "."].map(logprobs) } }],
  "28-recursive-schema": [
    {
      mock: JSON.stringify({
        type: "div",
        label: "",
        children: [
          { type: "field", label: "Name", children: [] },
          { type: "button", label: "Log in", children: [] },
        ],
      }),
    },
  ],
  "32-parse-response": [{ mock: JSON.stringify({ name: "Rhine", countries: ["CH", "DE", "NL"] }) }],
  "33-response-tools": [call, { mock: "2.4 meters." }],
  "34-stream-response-tools": [call],
  "42-fine-tuning": [
    body({ id: "ftjob-1", object: "fine_tuning.job", status: "queued" }),
    body({ object: "list", data: [{ id: "e-1", message: "Created" }, { id: "e-2", message: "Queued" }], has_more: false }),
  ],
};
