/** What a program sets on a session between turns, and what it puts into one that was saved. */
import { describe, expect, it } from "vitest";
import type { SavedChat } from "../../src/index.ts";
import { responses } from "../../src/responses/index.ts";
import { responseBody, said, scripted } from "./support.ts";

/** Values that are right nowhere, or nearly. */
const nothing: readonly unknown[] = [null, 5, "x", true, {}, () => 1, Number.NaN, Symbol("s"), 10n];
const lists: readonly unknown[] = [[null], [5], ["x"], [[]]];

const FIELDS: [field: string, error: RegExp, values: readonly unknown[]][] = [
  ["messages", /^messages/, [undefined, ...nothing, ...lists, [{}], [{ role: "user" }]]],
  ["messages", /^messages\[0\]\.responses/, [[{ role: "user", content: "", responses: { items: 5 } }]]],
  ["api", /^api/, [...nothing.filter((value) => value !== null), ...lists]],
  ["tools", /^tools/, [...nothing, ...lists, [{}]]],
  ["params", /^params/, [...nothing.filter((value) => !isEmpty(value)), ...lists]],
  ["spent", /^spent/, [undefined, ...nothing, ...lists, { steps: -1, time: 0 }, { steps: Number.NaN, time: 0 }]],
];

function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

const cases = FIELDS.flatMap(([field, error, values]) => values.map((value) => [field, value, error] as const));

describe("a field of a session that is set to a wrong value", () => {
  it.each(cases)("is an InputError before anything is sent or said: %s = %s", async (field, value, error) => {
    const { client, sent } = scripted([responseBody([said("Fine")]), responseBody([said("Fine")])]);
    const chat = client.newChatSession({ api: responses({ state: "server" }) });
    await chat.send("One");
    const holder = chat as unknown as Record<string, unknown>;
    const before = holder[field];
    const messages = [...chat.messages];
    holder[field] = value;
    for (const ask of [() => chat.send("Two"), () => chat.generateResponse(), () => chat.stream("Two")])
      await expect(ask()).rejects.toMatchObject({
        name: "InputError",
        message: expect.stringMatching(error) as string,
      });
    expect(sent).toHaveLength(1);
    holder[field] = before;
    expect(chat.messages).toEqual(messages);
    expect(await chat.send("Two")).toBe("Fine");
  });
});

describe("a param of the Responses API of a wrong type", () => {
  const WRONG = [5, "x", true, {}, [5], [null]];

  it.each(WRONG)("is an InputError where the session reads it itself: include = %o", async (include) => {
    const { client, sent } = scripted([]);
    expect(() => responses({ include } as object)).toThrow(/^include/);
    const chat = client.newChatSession({ api: responses() });
    await expect(chat.send("Hi", { include } as object)).rejects.toThrow(/^params\.include/);
    expect(sent).toEqual([]);
    expect(chat.messages).toEqual([]);
  });

  it.each([5, true, {}, ["x"]])("is an InputError: previous_response_id = %o", async (value) => {
    const { client, sent } = scripted([]);
    const own = { previous_response_id: value } as object;
    expect(() => responses(own)).toThrow(/^previous_response_id: expected a string/);
    await expect(client.newChatSession({ api: responses() }).send("Hi", own)).rejects.toThrow(
      /^params\.previous_response_id/,
    );
    expect(sent).toEqual([]);
  });
});

it("usage in absurd numbers and names leaves a session that goes on and can be saved", async () => {
  const usage = { input_tokens: 1e308, output_tokens: 3, total_tokens: 1e308, toString: 5, __proto__: 5 };
  const { client } = scripted(Array.from({ length: 4 }, () => responseBody([said("Fine")], { usage })));
  const api = responses({ state: "server" });
  const chat = client.newChatSession({ api });
  for (const words of ["One", "Two", "Three"]) await chat.send(words);
  const saved = JSON.parse(JSON.stringify(chat)) as SavedChat;
  expect(await client.newChatSession({ api, saved }).send("Four")).toBe("Fine");
});
