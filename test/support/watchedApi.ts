import type { Api, Step } from "../../src/conversation/apis/api.ts";

/** Returns an api value that asks like another, and passes each finished step on once. */
export function watchedApi(api: Api, onStep: (step: Step) => void): Api {
  const note = (step: Step): Step => {
    onStep(step);
    return step;
  };
  return {
    name: api.name,
    ask: async (request) => note(await api.ask(request)),
    stream: async (request) => {
      const stream = await api.stream(request);
      let final: Promise<Step> | undefined;
      return {
        [Symbol.asyncIterator]: () => stream[Symbol.asyncIterator](),
        final: () => (final ??= stream.final().then(note)),
        get partial() {
          return stream.partial;
        },
      };
    },
  };
}
