import { fieldOf, numberOf } from "../../wire/read.ts";
import { EMBEDDING_FIELDS } from "../apiFields.ts";
import { findBodyFault } from "../bodyRules.ts";
import { toBase64 } from "../cassette/base64.ts";
import { jsonDraft } from "../drafts.ts";
import { hash } from "../ids.ts";
import type { Route } from "../route.ts";
import { countTokens, textsOf } from "../tokens.ts";

/** More dimensions than any model has. */
const LARGEST = 16_384;

/** `POST /embeddings`. Returns vectors of length one; equal inputs get equal vectors. */
export const createEmbedding: Route = {
  method: "POST",
  path: "/embeddings",
  check: (request, settings) => findBodyFault(request, settings, { fields: EMBEDDING_FIELDS, isLegacy: true }),
  answer: ({ request }) => {
    const { body } = request;
    const dimensions = Math.min(numberOf(body, "dimensions") ?? 1536, LARGEST);
    const inputs = textsOf(fieldOf(body, "input"));
    const data = inputs.map((text, index) => {
      const vector = vectorOf(text, dimensions);
      return {
        object: "embedding",
        index,
        embedding:
          fieldOf(body, "encoding_format") === "base64" ? toBase64(new Uint8Array(vector.buffer)) : [...vector],
      };
    });
    const tokens = inputs.reduce((sum, text) => sum + countTokens(text), 0);
    const model = fieldOf(body, "model");
    return jsonDraft({ object: "list", data, model, usage: { prompt_tokens: tokens, total_tokens: tokens } });
  },
};

function vectorOf(text: string, length: number): Float32Array {
  const vector = Float32Array.from(
    { length: Math.max(0, Math.floor(length)) },
    (_, at) => hash(`${text}.${at}`) / 2 ** 31 - 1,
  );
  const size = Math.hypot(...vector);
  return vector.map((value) => value / size);
}
