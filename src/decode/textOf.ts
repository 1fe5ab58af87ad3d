import { InputError } from "../errors.ts";
import { readable, wrong } from "../options.ts";
import type { ChatCompletion } from "../wire/index.ts";
import { fieldOf, listOf, objectOf, objectsIn, stringOf } from "../wire/read.ts";

/**
 * Returns the text of a chat completion: the content of its first choice.
 *
 * @param completion the answer of `chat()`, or a stream's `final()`
 * @returns `""` if it has no text, for instance because the model called a tool or refused
 * @throws InputError for anything else, such as a promise or an answer of the Responses API
 * @example
 * ```ts
 * console.log(textOf(await client.chat([{ role: "user", content: "Name three rivers." }])));
 * ```
 */
export function textOf(completion: ChatCompletion): string {
  return readable("completion", () => {
    if (!Array.isArray(fieldOf(completion, "choices"))) throw wrongAnswer(completion);
    const message = objectOf(listOf(completion, "choices")[0], "message");
    // A request by `request()` keeps the list of parts that some services send.
    const parts = objectsIn(fieldOf(message, "content")).filter((part) => fieldOf(part, "type") === "text");
    return stringOf(message, "content") ?? parts.map((part) => stringOf(part, "text") ?? "").join("");
  });
}

function wrongAnswer(value: unknown): InputError {
  const expected = "a chat completion";
  if (value instanceof Promise) return new InputError("completion", `${expected}: await it`, "a promise");
  if (fieldOf(value, "object") === "response")
    return new InputError("completion", expected, "a response of the Responses API: read its outputText()");
  return wrong("completion", expected, value);
}
