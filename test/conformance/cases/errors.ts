import type { ConformanceCase } from "../case.ts";
import { equal, match, ok, rejects, show } from "../expect.ts";
import { completion, HELLO, refusal } from "../wire.ts";

export const errors: ConformanceCase[] = [
  {
    name: "a 401 is an APIError with the server's message, thrown before the stream is returned",
    async run({ talk }) {
      const bad = refusal(
        401,
        { message: "Incorrect API key provided", code: "invalid_api_key" },
        { "x-request-id": "req_1" },
      );
      const { client } = await talk(bad);
      const error = await rejects(client.streamChat(HELLO), {
        name: "APIError",
        status: 401,
        code: "invalid_api_key",
        requestId: "req_1",
        message: /Incorrect API key/,
      });
      ok(!`${show(error)}${JSON.stringify(error)}${error.stack ?? ""}`.includes("sk-test"), "the key is in the error");
    },
  },
  {
    name: "a 429 is retried, and the result has the number of attempts",
    async run(context) {
      const busy = refusal(429, { type: "rate_limit_error" }, { "retry-after-ms": "1" });
      const script = await context.script(busy, busy, completion("Finally"));
      const answer = await context.client(script, { maxRetries: 2 }).chat(HELLO);
      match(answer, { choices: [{ message: { content: "Finally" } }] });
      match(context.fetchat.httpInfo(answer), { status: 200, attempts: 3 });
      const bodies = (await script.exchanges()).map((exchange) => JSON.stringify(exchange.body));
      equal(bodies, [bodies[0], bodies[0], bodies[0]], "the three requests");
    },
  },
  {
    name: "httpInfo reads the rate limits of an error",
    async run({ talk, fetchat }) {
      const headers = {
        "x-ratelimit-limit-requests": "60",
        "x-ratelimit-remaining-requests": "0",
        "x-ratelimit-reset-requests": "1s",
      };
      const { client } = await talk(refusal(429, {}, headers));
      const error = await rejects(client.chat(HELLO), { status: 429 });
      match(fetchat.httpInfo(error), { status: 429, rateLimits: { requests: { limit: 60, remaining: 0 } } });
    },
  },
  ...[301, 302, 303, 307, 308].map((status): ConformanceCase => ({
    name: `a redirect by ${status} is refused, and no header goes to its target`,
    hostile: true,
    async run(context) {
      const target = await context.script(completion("stolen"), completion("stolen"));
      const location = `${target.baseURL}/chat/completions`;
      const script = await context.script({ status, headers: { location } }, { status, headers: { location } });
      const client = context.client(script, { headers: { "api-key": "sk-other", "x-own": "private" } });
      // Browsers hide the response.
      const expected = { name: "APIError", code: "redirect", status: (seen: unknown) => seen === status || seen === 0 };
      const error = await rejects(client.chat(HELLO), expected);
      if (error["status"] === status)
        match(error, { location, message: (text: unknown) => String(text).includes(location) });
      await rejects(client.streamChat(HELLO), expected);
      equal(await target.exchanges(), [], "requests at the redirect's target");
    },
  })),
];
