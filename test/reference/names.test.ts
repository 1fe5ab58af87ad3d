import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { ROOT } from "../../scripts/lib/paths.ts";

interface Recordings {
  readonly recordings: readonly { readonly calls: readonly { readonly returned: readonly unknown[] }[] }[];
}

const page = readFileSync(`${ROOT}/docs/from-lua-openai.md`, "utf8");
const left = page
  .split("\n")
  .filter((line) => line.startsWith("|"))
  .map((line) => line.split("|")[1] ?? "")
  .join("\n");

/** The names that lua-openai 1.4.3 and 1.7.0 export, and those that their clients have. */
function recordedNames(): string[] {
  const path = `${ROOT}/test/reference/scenarios/module-exports.json`;
  const { recordings } = JSON.parse(readFileSync(path, "utf8")) as Recordings;
  const lists = recordings.flatMap(({ calls }) => calls.flatMap(({ returned }) => returned));
  return lists.filter(Array.isArray).flat() as string[];
}

/** Names of sessions, responses and modules, which the recordings do not list. */
const OTHERS = [
  ...["append_message", "last_message", "send", "generate_response", "messages", "functions", "tools"],
  ...["response_history", "current_response_id", "get_output_text", "get_images", "tostring"],
  ...["test_message", "parse_completion_chunk", "tool_call_shape", "ResponsesChatSession", "create_stream_filter"],
  ...["compat.gemini", "compat.openrouter", "http_provider", "previous_response_id", "stream"],
];

it("Each name of lua-openai has a row on the page for those who come from it", () => {
  const missing = [...new Set([...recordedNames(), ...OTHERS])].filter((name) => !left.includes(name));
  expect(missing).toEqual([]);
});
