import type { RequestOptions, Connection } from "../http/connection.ts";
import { readable } from "../options.ts";
import type { ImagePart, TextPart } from "../wire/index.ts";
import type { Fields } from "../wire/read.ts";
import { aListOf, checkCall, isListOf } from "./arguments.ts";
import { bodyOf } from "./body.ts";
import { jsonCall, requestObject } from "./request.ts";

/** The content to classify: a text, several texts, or texts and images together. */
export type ModerationInput = string | readonly string[] | readonly (TextPart | ImagePart)[];

/** The API's own fields of a moderation request. */
export interface ModerationParams {
  /** The model. @default the client's model for moderations */
  model?: string | undefined;
}

/** The judgement on one input. */
export interface ModerationResult {
  /** `true` if any category was flagged. */
  flagged: boolean;
  /** `true` for each flagged category. The API may add categories. */
  categories: Record<
    | "hate"
    | "hate/threatening"
    | "harassment"
    | "harassment/threatening"
    | "illicit"
    | "illicit/violent"
    | "self-harm"
    | "self-harm/intent"
    | "self-harm/instructions"
    | "sexual"
    | "sexual/minors"
    | "violence"
    | "violence/graphic"
    | (string & {}),
    boolean
  >;
  /** Confidence for each category, from 0 to 1. */
  category_scores: Record<keyof ModerationResult["categories"], number>;
  /** The kinds of input by which each category was judged. */
  category_applied_input_types?: Record<keyof ModerationResult["categories"], ("text" | "image")[]> | undefined;
}

/** Judgements, one for each input. */
export interface Moderation {
  /** The moderation's id. */
  id: string;
  /** The model that judged. */
  model: string;
  /** The judgements, in the order of the inputs. */
  results: ModerationResult[];
}

/**
 * Classifies texts and images as harmful or not. `POST /moderations`, https://platform.openai.com/docs/api-reference/moderations/create
 *
 * @throws APIError, ConnectionError, TimeoutError, InputError, or the abort
 */
export async function moderation(
  connection: Connection,
  input: ModerationInput,
  params?: ModerationParams,
  options?: RequestOptions,
): Promise<Moderation> {
  checkCall(connection, params, options, { input: "input", streams: "no stream: moderations have none" });
  checkInput(input);
  const body = bodyOf(connection, "moderation", { input }, params);
  const test = ({ results }: Fields): boolean => Array.isArray(results);
  const call = jsonCall("/moderations", body, options, "input");
  return requestObject<Moderation>(connection, call, { expected: "judgements", test });
}

function checkInput(input: unknown): void {
  const isText = (one: unknown): boolean => typeof one === "string";
  const isTexts = readable("input", () => isText(input) || isListOf(input, isText));
  if (!isTexts) someParts(input, "input");
}

const someParts = aListOf("strings, or of texts and images", "type");
