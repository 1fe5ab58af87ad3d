/** Malformed values by their name in a test. */
export const MALFORMED: readonly (readonly [name: string, value: unknown])[] = [
  ["undefined", undefined],
  ["null", null],
  ["NaN", NaN],
  ["-1", -1],
  ["an empty string", ""],
  ["a string", "x"],
  ["true", true],
  ["an empty list", []],
  ["an object without fields", {}],
  ["a list of null", [null]],
  ["a list of different things", [1, "a"]],
  ["a symbol", Symbol("x")],
  ["a bigint", 5n],
  ["a function", () => "x"],
  ["a Date", new Date(0)],
  ["a Map", new Map([["a", 1]])],
  ["a proxy that throws", throwing({})],
  ["a list that throws", throwing([])],
  [
    "an object with a getter that throws",
    Object.defineProperty({}, "model", {
      enumerable: true,
      get() {
        throw new Error("boom");
      },
    }),
  ],
  ["an object that holds itself", cyclic()],
  ["an object with a bigint", { metadata: { count: 5n } }],
  ["half a surrogate pair", "\ud800"],
  ["an object with an unknown name", { nobodyKnowsThis: 1 }],
  ["an AbortSignal", new AbortController().signal],
  ["a revoked proxy", revoked()],
  ["a list with a hole", new Array<string>(1)],
];

function throwing(target: object): object {
  const fail = (): never => {
    throw new TypeError("a trap of the caller's");
  };
  return new Proxy(target, {
    get: fail,
    has: fail,
    ownKeys: fail,
    getPrototypeOf: fail,
    getOwnPropertyDescriptor: fail,
  });
}

function cyclic(): object {
  const circle: Record<string, unknown> = {};
  circle["circle"] = circle;
  return circle;
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}
