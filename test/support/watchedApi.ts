import type { Api, AskableApi, Step } from "../../src/conversation/apis/api.ts";

/** Returns an api value with what sessions call of it. */
export const askable = (api: Api): AskableApi => api as AskableApi;

/** Returns an api value that asks like another, and passes each finished step on once. */
export function watchedApi(api: Api, onStep: (step: Step) => void): Api {
  const note = (step: Step): Step => {
    onStep(step);
    return step;
  };
  const { ask, stream: open } = askable(api);
  const watched: AskableApi = {
    name: api.name,
    ask: async (request) => note(await ask(request)),
    stream: async (request) => {
      const stream = await open(request);
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
  return watched;
}
