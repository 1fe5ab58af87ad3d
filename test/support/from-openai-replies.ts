import { createHmac } from "node:crypto";
import type { Reply } from "./script.ts";

/** The secret of the webhook. */
export const WEBHOOK_SECRET = "whsec_cml2ZXJzLXJ1bi10by10aGUtc2Vh";

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
  errors: [
    {
      mock: {
        status: 404,
        error: { message: "There is no such model.", type: "invalid_request_error", code: "model_not_found" },
      },
    },
  ],
  retries: [failure, failure, { mock: "Hello again." }],
  timeouts: [{ delay: 2_000 }],
  abort: [{ mock: "one two three four five six", faults: [["stall", { afterEvents: 4 }]] }],
  pagination: [filesPage(["a.txt", "b.txt"], true), filesPage(["c.txt"], false), filesPage(["a.txt", "b.txt"], true)],
  undocumented: [body({ name: "Rhine" }), raw(JSON.stringify({ choices: [{ message: { content: "Hello." } }] }))],
  "tool-calls": [call, { mock: "2.4 meters." }],
  "stream-tool-calls": [call],
  "run-tools": [call, { mock: "2.4 meters." }],
  "run-tools-zod": [call, { mock: "2.4 meters." }],
  parse: [{ mock: JSON.stringify({ name: "Rhine", countries: ["CH", "DE", "NL"], length_km: 1230 }) }],
  "parse-stream": [{ mock: JSON.stringify({ steps: ["8x = -29", "x = -29 / 8"], answer: "x = -3.625" }) }],
  "parse-tool-calls": [
    { mock: { toolCalls: [{ name: "query", arguments: { table: "rivers", columns: ["name", "length"] } }] } },
  ],
  logprobs: [{ mock: { chunks: ["The", " Rhine", "."].map(logprobs) } }],
  "recursive-schema": [
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
  "parse-response": [{ mock: JSON.stringify({ name: "Rhine", countries: ["CH", "DE", "NL"] }) }],
  "response-tools": [call, { mock: "2.4 meters." }],
  "stream-response-tools": [call],
  batch: [
    "mock",
    "mock",
    body({ id: "batch_1", status: "completed", request_counts: { completed: 1 }, output_file_id: "file-2" }),
    raw('{"custom_id":"1","response":{"status_code":200}}\n'),
  ],
  "fine-tuning": [
    body({ id: "ftjob-1", object: "fine_tuning.job", status: "queued" }),
    body({
      object: "list",
      data: [
        { id: "e-1", message: "Created" },
        { id: "e-2", message: "Queued" },
      ],
      has_more: false,
    }),
  ],
};

/** The requests that the handler of a program receives: a webhook, and one whose signature does not fit. */
export function requestsTo(name: string): readonly { headers: Record<string, string>; body: string }[] {
  if (name !== "webhook") return [];
  const body = JSON.stringify({ id: "evt_1", type: "response.completed", created_at: 1, data: { id: "resp_1" } });
  const timestamp = String(Math.floor(Date.now() / 1000));
  const hmac = createHmac("sha256", Buffer.from(WEBHOOK_SECRET.slice(6), "base64"));
  const signature = `v1,${hmac.update(`msg_1.${timestamp}.${body}`).digest("base64")}`;
  const headers = { "webhook-id": "msg_1", "webhook-timestamp": timestamp, "webhook-signature": signature };
  return [
    { headers, body },
    { headers, body: body.replace("resp_1", "resp_2") },
  ];
}
