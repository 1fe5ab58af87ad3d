import type { CallDelta, ToolCall } from "../wire/index.ts";
import { fieldOf, stringOf } from "../wire/read.ts";
import type { Fields } from "../wire/read.ts";
import { callIdOf, isCall, outputCalls, textOf } from "./output.ts";
import type { HasOutput, OutputCall } from "./output.ts";
import type { Change } from "./responseItem.ts";

/** Returns a call in chat's form. It keeps its namespace, because the same name in another one is another tool. */
export function chatCall(call: OutputCall): ToolCall {
  const { call_id: id, name } = call;
  const namespace = stringOf(call, "namespace");
  const within = namespace === undefined ? undefined : { namespace };
  return call.type === "function_call"
    ? { id, type: "function", function: { name, arguments: call.arguments }, ...within }
    : { id, type: "custom", custom: { name, input: call.input }, ...within };
}

/** Returns the whole calls of a response in chat's form. */
export function chatCalls(response: HasOutput): ToolCall[] {
  return outputCalls(response).map(chatCall);
}

/** The part of a call that chunks have carried. */
interface Written {
  readonly index: number;
  readonly id: string;
  /** The number of characters of its arguments or input. */
  length: number;
}

/** Turns the calls of a growing output into the fragments that chunks carry. */
export class CallFragments {
  /** By the item's place in the output. */
  readonly #written = new Map<number, Written>();

  /** Returns the fragment that an event added to a call; `undefined` if it belongs to no call or added nothing. */
  of({ growing: { item, place }, text }: Change): CallDelta | undefined {
    if (!isCall(item)) return undefined;
    const written = this.#written.get(place);
    return text === undefined || !written ? this.#upTo(item, place) : this.#fragment(item, written, text);
  }

  /** Returns the calls of a whole output that no chunk has carried: some providers send no events for them. */
  rest(response: HasOutput): CallDelta[] {
    const ids = new Set([...this.#written.values()].map(({ id }) => id));
    return outputCalls(response)
      .filter((call) => !ids.has(call.call_id))
      .flatMap((call, at) => this.#upTo(call, -1 - at) ?? []);
  }

  /** Returns the part of a whole item that no chunk has carried. */
  #upTo(item: OutputCall, place: number): CallDelta | undefined {
    const text = textOf(fieldOf(item, item.type === "function_call" ? "arguments" : "input"));
    const written = this.#written.get(place);
    if (written) return this.#fragment(item, written, text.slice(written.length));
    const begun = { index: this.#written.size, id: callIdOf(item, place), length: 0 };
    this.#written.set(place, begun);
    return fragmentOf(item, begun, text);
  }

  #fragment(item: OutputCall, written: Written, text: string): CallDelta | undefined {
    return text === "" ? undefined : fragmentOf(item, written, text);
  }
}

function fragmentOf(item: Fields | OutputCall, written: Written, text: string): CallDelta {
  written.length += text.length;
  return { index: written.index, id: written.id, name: stringOf(item, "name") ?? "", arguments: text };
}
