/** The properties of what becomes of any answer, in workerd: another engine's streams, and other words of its errors. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningWorker, startWorker } from "../support/worker.ts";

const RUNS = Number(process.env["FETCHAT_RUNS"] ?? 300);
const SEED = Number(process.env["FETCHAT_SEED"] ?? 1);
/** How many runs one request asks for: one that takes long would be one that hangs. */
const RUNS_PER_REQUEST = 100;

/** `GET /PROPERTY?runs=N&seed=N` answers with an empty text, or with what failed. */
const WORKER = `
  import { anyAnswer } from "./test/properties/anyAnswer.ts";
  import { checkAnyAnswer } from "./test/properties/sessionAnswers.ts";
  import { conversationsSurviveChanges } from "./test/properties/twoAPIs.ts";
  import { anyAnswerLeavesAGoodSession } from "./test/support/responsesProperty.ts";

  const properties = {
    "/anyAnswer": async (runs, seed) => (await anyAnswer(runs, seed)).join("; "),
    "/chatSessions": async (runs, seed) => (await checkAnyAnswer(runs, seed)) ?? "",
    // Ten turns each.
    "/conversations": async (runs, seed) => void (await conversationsSurviveChanges(Math.ceil(runs / 10), seed)) ?? "",
    "/responsesSessions": async (runs, seed) => (await anyAnswerLeavesAGoodSession(runs, seed)) ?? "",
  };
  const unhandled = [];
  addEventListener("unhandledrejection", ({ reason }) => unhandled.push("an unhandled rejection: " + reason));

  export default {
    async fetch(request) {
      const { pathname, searchParams } = new URL(request.url);
      try {
        const faults = await properties[pathname](Number(searchParams.get("runs")), Number(searchParams.get("seed")));
        await new Promise((resolve) => setTimeout(resolve, 0));
        return new Response([faults, ...unhandled.splice(0)].filter(Boolean).join("; "));
      } catch (error) {
        return new Response(String(error?.stack ?? error));
      }
    },
  };`;

/** The runs and the seed of each request. */
const parts = Array.from({ length: Math.ceil(RUNS / RUNS_PER_REQUEST) }, (_, at) => ({
  runs: Math.min(RUNS_PER_REQUEST, RUNS - at * RUNS_PER_REQUEST),
  seed: SEED + at,
}));

describe("in workerd, after an answer with any JSON at any place", () => {
  let worker: RunningWorker;
  beforeAll(async () => {
    worker = await startWorker(WORKER);
  });
  afterAll(() => worker.close());

  it.each([
    ["the client gives a result or one of our errors", "anyAnswer"],
    ["a chat session goes on, and its history passes all checks", "chatSessions"],
    ["a session over the Responses API goes on with a request that the API accepts", "responsesSessions"],
    ["conversations survive any change of API, service, key and model", "conversations"],
  ])("%s", { timeout: 60_000 + RUNS * 100 }, async (_, property) => {
    for (const { runs, seed } of parts) {
      const response = await fetch(`${worker.url}/${property}?runs=${runs}&seed=${seed}`);
      expect({ seed, status: response.status, faults: await response.text() }).toEqual({
        seed,
        status: 200,
        faults: "",
      });
    }
  });
});
