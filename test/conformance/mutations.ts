import type { Pieces } from "./case.ts";

/** A change of the source that breaks promises: the cases that it makes fail prove that they can fail. */
export interface Mutation {
  /** What the change does. */
  readonly name: string;
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  /** How the reply is cut where only that shows it; whole if not given. */
  readonly pieces?: Pieces | undefined;
  /** The names of the cases that are tried, where it would fail all too many that have a mutation of their own; all if not given. */
  readonly cases?: RegExp | undefined;
}

const sse = "src/sse/apiStream.ts";

/** Mutations that no runtime may let live, each with the cases that must fail for it in all of them. */
export const everywhere: Readonly<Record<string, readonly string[]>> = {
  "drop the last event": [
    "a streamed chat gives each delta, and then the whole completion",
    "length ends a stream well, and the ending says it",
    "a streamed response gives every event of the API's, and the whole that is kept",
  ],
  "ignore the abort": [
    "an abort in the middle ends the stream as aborted, and stops the request at the server",
    "an abort while the server is silent stops the request there",
    "an abort before the headers rejects as an abort",
  ],
  "send the key to a redirect's target": [301, 302, 303, 307, 308].map(
    (status) => `a redirect by ${status} is refused, and no header goes to its target`,
  ),
};

/** The particular ones come first: a case is told of the one that the fewest cases fail for. */
export const mutations: readonly Mutation[] = [
  {
    name: "drop the last event",
    file: sse,
    find: 'const passedOn = this.#owner === "response";\n    if (this.#protocol.take',
    replace:
      'const before = Reflect.get(this, "before") as [object, string, string | undefined] | undefined;\n    Reflect.set(this, "before", [raw, data, event]);\n    if (before === undefined) return;\n    [raw, data, event] = before;\n    const passedOn = this.#owner === "response";\n    if (this.#protocol.take',
    cases: /gives each delta|length ends a stream well|gives every event/,
  },
  {
    name: "ignore the abort",
    file: "src/http/watch.ts",
    find: 'else this.#signal?.addEventListener("abort", this.#onAbort);',
    replace: "",
  },
  {
    name: "send the key to a redirect's target",
    file: "src/http/transport.ts",
    find: 'redirect: "manual",',
    replace: "",
  },
];
