import { fieldOf, stringOf } from "../../wire/read.ts";
import { MODERATION_FIELDS } from "../apiFields.ts";
import { findBodyFault } from "../bodyRules.ts";
import { isRecord } from "../contentRules.ts";
import { jsonDraft } from "../drafts.ts";
import { makeId } from "../ids.ts";
import type { Route } from "../route.ts";
import { textsOf, words } from "../tokens.ts";

const CATEGORIES = words(`
  harassment harassment/threatening hate hate/threatening illicit illicit/violent self-harm self-harm/intent self-harm/instructions
  sexual sexual/minors violence violence/graphic`);

const WORDS: Readonly<Record<string, RegExp>> = {
  harassment: /\bidiots?\b/i,
  illicit: /\bsteal\b/i,
  violence: /\b(kill|murder|attack)/i,
};

/** `POST /moderations`. Flags a few words. */
export const createModeration: Route = {
  method: "POST",
  path: "/moderations",
  check: (request, settings) => findBodyFault(request, settings, { fields: MODERATION_FIELDS, isLegacy: true }),
  answer: ({ request }) => {
    const model = stringOf(request.body, "model") ?? "omni-moderation-latest";
    const list = [fieldOf(request.body, "input")].flat();
    // A list of parts is one input.
    const texts = list.some(isRecord)
      ? [list.map((part) => stringOf(part, "text") ?? "").join(" ")]
      : list.flatMap((one) => textsOf(one));
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
