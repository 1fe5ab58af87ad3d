import { isRecord } from "../contentRules.ts";
import { jsonDraft } from "../drafts.ts";
import { findFieldFault } from "../fieldRules.ts";
import { makeId } from "../ids.ts";
import type { Route } from "../route.ts";
import { words } from "../tokens.ts";

const CATEGORIES = words(`
  harassment harassment/threatening hate hate/threatening illicit illicit/violent self-harm self-harm/intent self-harm/instructions
  sexual sexual/minors violence violence/graphic`);

const WORDS: Readonly<Record<string, RegExp>> = {
  harassment: /\bidiots?\b/i,
  illicit: /\bsteal\b/i,
  violence: /\b(kill|murder|attack)/i,
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
    const texts = list.some(isRecord)
      ? [list.map((part) => (isRecord(part) ? ((part["text"] as string | undefined) ?? "") : "")).join(" ")]
      : list.map(String);
    return jsonDraft({ id: makeId("modr-", 26, request.number), model, results: texts.map(judge) });
  },
};

function judge(text: string): object {
  const categories = Object.fromEntries(CATEGORIES.map((name) => [name, WORDS[name]?.test(text) ?? false]));
  const map = (give: (flagged: boolean) => unknown): object =>
    Object.fromEntries(Object.entries(categories).map(([name, flagged]) => [name, give(flagged)]));
  return {
    flagged: Object.values(categories).includes(true),
    categories,
    category_scores: map((flagged) => (flagged ? 0.97 : 0.0001)),
    category_applied_input_types: map(() => ["text"]),
  };
}
