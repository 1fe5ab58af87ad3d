import { isRecord } from "../contentRules.ts";
import { jsonDraft } from "../drafts.ts";
import { findFieldFault } from "../fieldRules.ts";
import { makeId } from "../ids.ts";
import type { Route } from "../route.ts";

const CATEGORIES: Readonly<Record<string, RegExp | undefined>> = {
  "harassment": /\bidiots?\b/i, "harassment/threatening": undefined, "hate": undefined, "hate/threatening": undefined,
  "illicit": /\bsteal\b/i, "illicit/violent": undefined, "self-harm": undefined, "self-harm/intent": undefined,
  "self-harm/instructions": undefined, "sexual": undefined, "sexual/minors": undefined, "violence": /\b(kill|murder|attack)/i,
  "violence/graphic": undefined,
};

/** `POST /moderations`: a few words are flagged. */
export const createModeration: Route = {
  method: "POST",
  path: "/moderations",
  check: (request) => findFieldFault(request, { input: "any!", model: "string" }),
  answer: ({ request }) => {
    const { input, model = "omni-moderation-latest" } = request.body as { input: unknown; model?: string };
    const list: unknown[] = Array.isArray(input) ? input : [input];
    // Parts make up one input.
    const texts = list.some(isRecord) ? [list.map((part) => (isRecord(part) ? part["text"] as string | undefined ?? "" : "")).join(" ")] : list.map(String);
    return jsonDraft({ id: makeId("modr-", 26, request.number), model, results: texts.map(judge) });
  },
};

function judge(text: string): object {
  const categories = Object.fromEntries(Object.entries(CATEGORIES).map(([name, words]) => [name, words?.test(text) ?? false]));
  const map = (give: (flagged: boolean) => unknown): object => Object.fromEntries(Object.entries(categories).map(([name, flagged]) => [name, give(flagged)]));
  return {
    flagged: Object.values(categories).includes(true),
    categories,
    category_scores: map((flagged) => (flagged ? 0.97 : 0.0001)),
    category_applied_input_types: map(() => ["text"]),
  };
}
