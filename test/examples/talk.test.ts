import { describe, expect, it } from "vitest";
import { talk } from "../../examples/cloudflare-worker/src/talk.ts";
import type { MockAPI } from "../../src/testing/index.ts";
import { complete, instant as mockWith, say, user } from "../testing/support.ts";

/** Creates the mock API of the Worker example. */
function instant(): MockAPI {
  return mockWith({ defaultReply: talk });
}

describe("the Worker example without a key", () => {
  it.each([
    ["Hello", "no model"],
    ["Who are you?", "without a model"],
    ["Are you an AI?", "without a model"],
    ["What can you do?", "Tell me a joke"],
    ["Show me some code", "```ts"],
    ["Show me some markdown", "| --- |"],
    ["emoji, please", "👩‍👩‍👧‍👦"],
    ["List your top 2 favorite colors", "1. ultramarine\n2. vermilion"],
    ["What's the most boring color?", "Beige"],
    ["And the loudest?", "Vermilion"],
    ["What is 6 × 7?", "6 × 7 = 42"],
    ["0.1 + 0.2", "= 0.3"],
    ["1 / 0", "Nobody"],
    ["Count to 5", "1, 2, 3, 4, 5."],
    ["Say hello world", "hello world"],
    ["My name is Ada", "Nice to meet you, Ada"],
    ["Name three rivers.", "Danube"],
    ["Thanks!", "welcome"],
    ["", "You said nothing"],
  ])("answers %j", async (prompt, part) => {
    expect(await say(instant(), prompt)).toContain(part);
  });

  it("repeats a prompt that it does not know, and says that it is a mock API", async () => {
    const text = await say(instant(), "What about bananas, then?");
    expect(text).toContain("“What about bananas, then?” (4 words)");
    expect(text).toContain("mock API and no model");
  });

  it("shortens a long prompt", async () => {
    expect((await say(instant(), "banana ".repeat(100))).length).toBeLessThan(500);
  });

  it("gives a long answer", async () => {
    expect((await say(instant(), "Write a long essay")).length).toBeGreaterThan(1500);
  });

  it("counts the turns and remembers earlier messages", async () => {
    const history = [...user("My name is Ada"), { role: "assistant", content: "Nice" }];
    const ask = async (content: string): Promise<string | null | undefined> =>
      (await complete(instant(), { messages: [...history, ...user(content)] })).choices[0]?.message.content;
    expect(await ask("What is my name?")).toBe("Your name is Ada. You told me so.");
    expect(await ask("Bananas!")).toContain("This is message 2; before it you said “My name is Ada”.");
    expect(await ask("Hi")).toBe("Hello again! This is message 2 of our conversation.");
  });

  it("tells another joke in the next turn, and the same joke in the same turn", async () => {
    const joke = async (turns: number): Promise<string | null | undefined> => {
      const before = Array.from({ length: turns }, () => [
        ...user("Tell me a joke"),
        { role: "assistant", content: "Ha" },
      ]).flat();
      return (await complete(instant(), { messages: [...before, ...user("Tell me a joke")] })).choices[0]?.message
        .content;
    };
    expect(await joke(0)).toBe(await joke(0));
    expect(await joke(0)).not.toBe(await joke(1));
  });

  it("counts attachments without describing their content", async () => {
    const image = { type: "image_url", image_url: { url: "data:image/png;base64,AA==" } };
    const sound = { type: "input_audio", input_audio: { data: "", format: "wav" } };
    const file = { type: "file", file: { file_id: "f" } };
    expect(await say(instant(), [{ type: "text", text: "What is this?" }, image, image, sound, file])).toBe(
      "I received 2 images and 1 sound and 1 file and the words “What is this?”. I am the mock API and no model: I can tell that it is there, not what it shows.",
    );
  });

  it("leaves requests with tools and response formats to the mock API", async () => {
    const tools = [{ type: "function", function: { name: "tell_joke" } }];
    const { choices } = await complete(instant(), { messages: user("tell_joke"), tools });
    expect(choices[0]?.finish_reason).toBe("tool_calls");
    const json = await say(instant(), "A joke as JSON", { response_format: { type: "json_object" } });
    expect(JSON.parse(json)).toEqual({ answer: "A joke as JSON" });
  });
});
