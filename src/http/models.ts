import { InputError } from "../errors.ts";
import { aString, type Rules } from "../options.ts";
import { OPENAI } from "./openai.ts";
import type { ConnectionSettings } from "./connection.ts";

/** The models of requests that name none, by endpoint. A chat's and a response's is the `model` option. */
export interface EndpointModels {
  /** For `completion()`. No default: OpenAI serves no model for it any more. */
  completion?: string | undefined;
  /** For `embedding()`. Default `text-embedding-3-small`. */
  embedding?: string | undefined;
  /** For `moderation()`. Default `omni-moderation-latest`. */
  moderation?: string | undefined;
  /** For `imageGeneration()` and `imageEdit()`. Default `gpt-image-2.6-flare`. */
  image?: string | undefined;
  /** For `speech()`. No default: OpenAI ends the endpoint on 2027-01-06. */
  speech?: string | undefined;
  /** For `transcription()`. Default `gpt-transcribe`. */
  transcription?: string | undefined;
  /** For `translation()`. No default: OpenAI ends the endpoint on 2027-02-26. */
  translation?: string | undefined;
}

/** The names of {@link EndpointModels}. */
export const MODELS: Rules = {
  completion: aString,
  embedding: aString,
  moderation: aString,
  image: aString,
  speech: aString,
  transcription: aString,
  translation: aString,
} satisfies Record<keyof EndpointModels, Rules[string]>;

/**
 * Returns the model of a request that names none.
 *
 * @throws InputError where there is no default for the endpoint, with the reason if it is known
 */
export function modelFor({ models, provider }: ConnectionSettings, name: keyof EndpointModels): string {
  const { name: service, models: defaults, noDefault } = provider ?? OPENAI;
  const model = models[name] ?? defaults?.[name];
  if (model !== undefined) return model;
  const why = noDefault?.[name];
  throw new InputError(
    "params.model",
    `a model: ${service} has no default for ${name}${why === undefined ? "" : ` (${why})`}, so name one here or in the option models`,
    "none",
  );
}
