import { expect, it } from "vitest";
import { createClient, textOf, type ChatCompletion } from "../../src/index.ts";
import { createMockAPI } from "../../src/testing/index.ts";

const completion = (message: object): ChatCompletion => ({ choices: [{ index: 0, message }] }) as never;

it("textOf() returns the text of an answer", async () => {
  const api = createMockAPI({ pace: "instant" });
  api.reply("Ultramarine.");
  const client = createClient({ apiKey: "sk-test", fetch: api.fetch });
  expect(textOf(await client.chat([{ role: "user", content: "A color?" }]))).toBe("Ultramarine.");
});

it("textOf() returns an empty text for an answer without one", () => {
  const empty = [
    completion({ role: "assistant", content: null, refusal: "No." }),
    completion({}),
    { choices: [] },
    { choices: [null] },
    { choices: [{ message: { content: 5 } }] },
  ];
  expect(empty.map((one) => textOf(one as never))).toEqual(["", "", "", "", ""]);
});

it("textOf() joins the text parts that some services send in place of a text", () => {
  const parts = [
    { type: "thinking", thinking: [] },
    { type: "text", text: "One" },
    { type: "text", text: "Two" },
    null,
  ];
  expect(textOf(completion({ content: parts }))).toBe("OneTwo");
});

it.each([
  [Promise.resolve(completion({})), "completion: expected a chat completion: await it, received a promise"],
  [
    { object: "response", output: [] },
    "completion: expected a chat completion, received a response of the Responses API: read its outputText()",
  ],
  [undefined, "completion: expected a chat completion, received undefined"],
  ["Hello", "completion: expected a chat completion, received string"],
  [{ choices: "x" }, "completion: expected a chat completion, received object"],
  [[], "completion: expected a chat completion, received a list"],
])("textOf() refuses what is no chat completion: %o", (value, message) => {
  expect(() => textOf(value as never)).toThrow(message);
});
