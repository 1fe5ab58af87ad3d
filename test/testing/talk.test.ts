import { describe, expect, it } from "vitest";
import { complete, instant, say, user } from "./support.ts";

describe("what the mock API says", () => {
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

  it("repeats what it does not know, and says what it is", async () => {
    const text = await say(instant(), "What about bananas, then?");
    expect(text).toContain("“What about bananas, then?” (4 words)");
    expect(text).toContain("mock API and no model");
  });

  it("shortens what is long", async () => {
    expect((await say(instant(), "banana ".repeat(100))).length).toBeLessThan(500);
  });

  it("can be long", async () => {
    expect((await say(instant(), "Write a long essay")).length).toBeGreaterThan(1500);
  });

  it("counts the turns and remembers what was said", async () => {
    const history = [...user("My name is Ada"), { role: "assistant", content: "Nice" }];
    const ask = async (content: string): Promise<string | null | undefined> =>
      (await complete(instant(), { messages: [...history, ...user(content)] })).choices[0]?.message.content;
    expect(await ask("What is my name?")).toBe("Your name is Ada. You told me so.");
    expect(await ask("Bananas!")).toContain("This is message 2; before it you said “My name is Ada”.");
    expect(await ask("Hi")).toBe("Hello again! This is message 2 of our conversation.");
  });

  it("tells another joke the next time, and the same in the same place", async () => {
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

  it("sees that something is attached, and not what", async () => {
    const image = { type: "image_url", image_url: { url: "data:image/png;base64,AA==" } };
    const sound = { type: "input_audio", input_audio: { data: "", format: "wav" } };
    const file = { type: "file", file: { file_id: "f" } };
    expect(await say(instant(), [{ type: "text", text: "What is this?" }, image, image, sound, file])).toBe(
      "I received 2 images and 1 sound and 1 file and the words “What is this?”. I am the mock API and no model: I can tell that it is there, not what it shows.",
    );
  });
});
