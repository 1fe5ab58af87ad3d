/** Jokes. */
export const JOKES: readonly string[] = [
  "Why did the stream cross the network? To get to the other [DONE].",
  "A byte walks into a bar. The bartender asks: “What's wrong?” — “A parity error.” — “I thought you looked a bit off.”",
  "There are two hard things in streaming: knowing where it ends.",
  "I would tell you a joke about UDP, but you might not get it.",
];

/** Haikus. */
export const HAIKUS: readonly string[] = [
  "A word, then a space.\nThe socket hums in the dark.\nThe line ends. So soon.",
  "Cold edge of the net:\na small function wakes and speaks,\nthen it is no more.",
];

/** Every kind of Markdown block that a chat page shows. */
export const MARKDOWN = `## A little of everything

Some *emphasis*, some **strength**, some \`code\`, and a [link](https://example.com/).

1. First a list
2. that is numbered,
   - and one in it that is not

| ending | good? |
| --- | --- |
| complete | yes |
| truncated | no |

> Nothing here was thought of by a model.`;

/** An answer with a code block. */
export const CODE = `Here is a program that reads a response's body to its end:

\`\`\`ts
async function readAll(response: Response): Promise<string> {
  const reader = response.body!.getReader();
  const decoder = new TextDecoder();
  let text = "";
  while (true) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    text += decoder.decode(value, { stream: true });
  }
}
\`\`\`

It works wherever there is \`fetch\`.`;

/** Characters of one to four bytes, joined and combined ones, and right-to-left text. */
export const UNICODE =
  "Grüße aus Zürich — café, naïve, Ωmega, Привет, 你好世界, こんにちは, 안녕하세요, नमस्ते, مرحبا, שלום. 👋🌍 A family: 👩‍👩‍👧‍👦, a flag: 🇳🇴, a wave: 👋🏽, a letter with company: é, and 𝕌𝕟𝕚𝕔𝕠𝕕𝕖 beyond the first plane.";

/** An introduction. */
export const WHO =
  "I am the mock API that comes with fetchat: a program that speaks the OpenAI API without a model, so that you can try a page or test a client without a key. Everything I say was written down beforehand.";

/** A list of the prompts that have an answer. */
export const HELP = `I am fetchat's mock API, no model, and I know a few things by heart:
- “Tell me a joke”, “Write a haiku”, “List your top 5 colors”
- “Show me some code”, “Show me markdown”, “Emoji, please”
- “Write a long answer”, “Count to 50”, “What is 6 × 7?”, “Say hello world”
- “My name is Ada”, and later “What is my name?”`;

const PARAGRAPHS: readonly string[] = [
  "There was once an answer that took its time. It set out from a small server at the edge of the network, one word after the other, each with its space, and none of them knew how many would follow.",
  "The first words travelled light. They crossed a proxy, which looked at them and let them pass; they crossed a second one, which kept them for a while, as proxies do, and then sent them on in a bundle. Nobody at the other end noticed, because somebody there had thought of it.",
  "In the middle of the way there was a silence. A lesser reader would have hung up, or waited for ever; this one looked at its clock, saw that the last word was not old, and stayed. A comment came by, and said only that the line was alive. Then the words went on.",
  "Some of them were longer than others: internationalization, counterrevolutionary, Donaudampfschifffahrtsgesellschaft. They were cut in two on their way and put together again, and came to no harm, not even the ones with an umlaut.",
  "Towards evening the words came into the country of the small devices. There the light is poor and the memory short; a page holds a few hundred lines and forgets the rest. They made themselves small, went by in single file, and left nothing behind that a collector of garbage could complain of.",
  "One of them, a comma, lost its way and arrived a little late, in a piece of its own, one byte long. It was let in all the same. Whoever counts on words to arrive whole has not read enough of them.",
  "You could have stopped it here. There is a button for that, and when it is pressed the server hears of it and falls silent, because words that nobody reads cost as much as those that somebody does.",
  "But you did not, and so the answer came to what every answer hopes to come to: a last word, a reason for having ended, an account of what it cost, and a plain mark behind it that says that it is done.",
];

/** A long answer, to scroll a page and to stop a stream half-way. */
export const LONG_ANSWER: string = PARAGRAPHS.join("\n\n");
