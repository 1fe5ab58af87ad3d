import { readFileSync } from "node:fs";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createClient } from "../src/index.ts";

const limit = Error.stackTraceLimit;
beforeEach(() => void (Error.stackTraceLimit = 100));
afterEach(() => {
  Error.stackTraceLimit = limit;
  vi.restoreAllMocks();
});

it("CONTRIBUTING walks a message from send() to fetch as a stack trace shows it", async () => {
  let walked: string[] = [];
  const client = createClient({
    apiKey: "key",
    fetch: () => {
      walked = ownFrames().toReversed();
      const message = { role: "assistant", content: "Hello." };
      return Promise.resolve(Response.json({ choices: [{ index: 0, message, finish_reason: "stop" }] }));
    },
  });
  await client.newChatSession().send("Hi");
  expect(walked).toEqual(stepsOf("A message, from `send()` to `fetch`"));
});

it("CONTRIBUTING walks a byte from the body to chunk.content as a stack trace shows it", async () => {
  let walked: string[] = [];
  const parse = JSON.parse;
  const probe = { content: "second" };
  Object.defineProperty(probe, "content", {
    enumerable: true,
    get: () => {
      if (walked.length === 0) walked = ownFrames().toReversed();
      return "second";
    },
  });
  // The decoder is watched at work: the delta of the second event notes who reads its content.
  vi.spyOn(JSON, "parse").mockImplementation((text: string): unknown =>
    text.includes("second") ? { choices: [{ index: 0, delta: probe }] } : parse(text),
  );
  const events = ["first", "second"].map((content) => JSON.stringify({ choices: [{ index: 0, delta: { content } }] }));
  const last = JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] });
  const frames = [...events, last, "[DONE]"].map((data) => new TextEncoder().encode(`data: ${data}\n\n`));
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull: (controller) => {
      const frame = frames.shift();
      if (frame) controller.enqueue(frame);
      else controller.close();
    },
  });
  const headers = { "content-type": "text/event-stream" };
  const client = createClient({
    apiKey: "key",
    fetch: () => Promise.resolve(new Response(body, { headers })),
  });
  let text = "";
  for await (const chunk of await client.streamChat([{ role: "user", content: "Hi" }])) text += chunk.content;
  expect(text).toBe("firstsecond");
  expect(walked).toEqual(stepsOf("A byte, from the body to `chunk.content`"));
});

/** Returns the frames of the project's own sources, the innermost first: `function in file`. */
function ownFrames(): string[] {
  const frames = (new Error("Where am I?").stack ?? "").split("\n");
  return frames.flatMap((frame) => {
    const [, name = "", file] = /at (?:async )?(.+) \(.*\/(src\/[^:]+\.ts):/.exec(frame) ?? [];
    return file === undefined ? [] : [`${plainName(name)} in ${file}`];
  });
}

/** Returns a frame's function without the engine's additions: a subclass before the dot, `Object.`, `[as name]`. */
function plainName(name: string): string {
  return (
    name
      .replace(/ \[as .*\]$/, "")
      .split(".")
      .at(-1) ?? name
  );
}

/** Returns the numbered steps of a section of CONTRIBUTING. */
function stepsOf(heading: string): string[] {
  const text = readFileSync(new URL("../CONTRIBUTING.md", import.meta.url), "utf8");
  const section = text.split(`### ${heading}\n`)[1]?.split(/\n##/)[0] ?? "";
  return [...section.matchAll(/^\d+\. `([^`]+?)(?:\(\))?` in `([^`]+)`/gm)].map(
    ([, name, file]) => `${plainName(name ?? "")} in ${file}`,
  );
}
