import { toBase64 } from "../cassette/base64.ts";
import { jsonDraft } from "../drafts.ts";
import { findFieldFault } from "../fieldRules.ts";
import { hash } from "../ids.ts";
import type { Route } from "../route.ts";
import { countTokens, textsOf } from "../tokens.ts";

/** `POST /embeddings`: vectors of length one; the same input gets the same one. */
export const createEmbedding: Route = {
  method: "POST",
  path: "/embeddings",
  check: (request) =>
    findFieldFault(request, {
      model: "string!",
      input: "any!",
      dimensions: "number",
      encoding_format: ["float", "base64"],
    }),
  answer: ({ request }) => {
    const {
      input,
      model,
      dimensions = 1536,
      encoding_format,
    } = request.body as { input: unknown; model: string; dimensions?: number; encoding_format?: string };
    const inputs = textsOf(input);
    const data = inputs.map((text, index) => {
      const vector = vectorOf(text, dimensions);
      return {
        object: "embedding",
        index,
        embedding: encoding_format === "base64" ? toBase64(new Uint8Array(vector.buffer)) : [...vector],
      };
    });
    const tokens = inputs.reduce((sum, text) => sum + countTokens(text), 0);
    return jsonDraft({ object: "list", data, model, usage: { prompt_tokens: tokens, total_tokens: tokens } });
  },
};

function vectorOf(text: string, length: number): Float32Array {
  const vector = Float32Array.from({ length }, (_, at) => hash(`${text}.${at}`) / 2 ** 31 - 1);
  const size = Math.hypot(...vector);
  return vector.map((value) => value / size);
}
