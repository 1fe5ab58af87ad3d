import { fieldsOf } from "../../wire/read.ts";
import { jsonDraft } from "../drafts.ts";
import { makeHexId } from "../ids.ts";
import { secondsOf } from "../objects.ts";
import { countInput, historyOf } from "../responses/answer.ts";
import { findContextFault } from "../responses/rules.ts";
import type { Route } from "../route.ts";
import { COMPACT_FIELDS, TOKEN_COUNT_FIELDS } from "../storedFields.ts";

/** `POST /responses/input_tokens`. */
export const countInputTokens: Route = {
  method: "POST",
  path: "/responses/input_tokens",
  check: ({ body }, settings) => findContextFault(body, settings, TOKEN_COUNT_FIELDS),
  answer: ({ request, settings }) => {
    const body = fieldsOf(request.body) ?? {};
    const { history } = historyOf(body, request.number, settings);
    const instructions = body["instructions"] == null ? [] : [{ content: body["instructions"] }];
    const tools = body["tools"] == null ? [] : [{ content: body["tools"] }];
    return jsonDraft({
      object: "response.input_tokens",
      input_tokens: countInput([...history, ...instructions, ...tools]),
    });
  },
};

/** `POST /responses/compact`. The user's messages stay, and a compaction stands for the rest. */
export const compactResponse: Route = {
  method: "POST",
  path: "/responses/compact",
  check: ({ body }, settings) => findContextFault(body, settings, COMPACT_FIELDS),
  answer: (call) => {
    const { request, settings } = call;
    const { history } = historyOf(fieldsOf(request.body) ?? {}, request.number, settings);
    const compaction = {
      id: makeHexId("cmp_", 48, request.number),
      type: "compaction",
      encrypted_content: makeHexId("gAAAA", 64, request.number),
    };
    const input_tokens = countInput(history);
    return jsonDraft({
      id: makeHexId("resp_", 48, request.number),
      object: "response.compaction",
      created_at: secondsOf(call),
      output: [...history.filter(({ role }) => role === "user"), compaction],
      usage: {
        input_tokens,
        input_tokens_details: { cached_tokens: 0 },
        output_tokens: 16,
        output_tokens_details: { reasoning_tokens: 0 },
        total_tokens: input_tokens + 16,
      },
    });
  },
};
