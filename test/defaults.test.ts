import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ROOT } from "../scripts/lib/paths.ts";
import { settingsOf } from "../src/http/connection.ts";
import { resolveTimeouts } from "../src/http/timeouts.ts";
import { createClient } from "../src/index.ts";
import * as relay from "../src/relay/options.ts";

/** Returns the row of a page's table that begins with a text. */
function rowOf(page: string, first: string): string {
  const lines = readFileSync(`${ROOT}/docs/${page}`, "utf8").split("\n");
  return lines.find((line) => line.startsWith(`| ${first} |`)) ?? `${page} has no row for ${first}`;
}

const number = (value: number): string => value.toLocaleString("en-US");

describe("The pages name the defaults:", () => {
  const streamed = resolveTimeouts(true);
  const client = createClient({ apiKey: "sk-test" });

  it.each(["headers", "firstContent", "idle", "total", "grace"] as const)("the time limit %s", (name) => {
    expect(rowOf("streams.md", `\`${name}\``)).toContain(`| ${number(streamed[name])}`);
  });

  it("the time limit of a whole answer", () => {
    const { total, headers } = resolveTimeouts(false);
    expect(rowOf("streams.md", "`total`")).toContain(`${number(total)} for a whole answer`);
    expect(headers).toBe(Infinity);
  });

  it("the limits of size", () => {
    const { answer, event } = settingsOf(client).limits;
    expect(rowOf("streams.md", "a whole answer")).toContain(`| ${number(answer)} characters`);
    expect(rowOf("streams.md", "one event")).toContain(`| ${number(event)} characters`);
  });

  it("the number of retries", () => {
    expect(settingsOf(client).maxRetries).toBe(2);
    expect(readFileSync(`${ROOT}/docs/streams.md`, "utf8")).toContain("retried, twice by default (`maxRetries`)");
  });

  it("the limits of a session", () => {
    const { maxSteps, maxParallelTools } = client.newChatSession();
    expect(rowOf("tools.md", "limit the requests of a turn")).toContain(`default ${maxSteps}.`);
    expect(rowOf("tools.md", "run calls of one answer one by one")).toContain(`default ${maxParallelTools} `);
    expect(rowOf("runtimes.md", "subrequests")).toContain(`${maxSteps * 3} by default`);
    expect(rowOf("runtimes.md", "connections")).toContain(`\`maxParallelTools\` is ${maxParallelTools}`);
  });

  it("the relay's limits", () => {
    expect(rowOf("relay.md", "`bodyTimeout`")).toContain(`${number(relay.BODY_TIMEOUT)} ms`);
    expect(rowOf("relay.md", "`answerTimeout`")).toContain(`${number(relay.ANSWER_TIMEOUT)} ms`);
    expect(rowOf("relay.md", "`idleTimeout`")).toContain(`${number(relay.IDLE_TIMEOUT)} ms`);
    expect(rowOf("relay.md", "413")).toContain(`${relay.MAX_BODY / 2 ** 20} MiB`);
    const page = readFileSync(`${ROOT}/docs/relay.md`, "utf8");
    expect(page).toContain(`waits ${relay.HEADERS_WAIT / 1000} seconds (\`headersWait\`)`);
    expect(page).toContain(`After ${relay.HEARTBEAT / 1000} seconds of silence (\`heartbeat\`)`);
    for (const host of relay.LOOPBACK_HOSTS) expect(page).toContain(`\`${host}\``);
    for (const path of relay.RELAY_PATHS) expect(page).toContain(`by default \`${path}\``);
  });
});
