import { InputError } from "../errors.ts";
import { aString, type Rules } from "../options.ts";
import { OPENAI, OPENAI_MODELS } from "./openai.ts";
import { checkEndpoint } from "./provider.ts";
import type { ConnectionSettings } from "./connection.ts";

/** Models of requests that name none, by endpoint. For chats and responses there is the option `model`. */
export interface EndpointModels {
  /** Model of `completion()`. @default none: OpenAI serves no model for it any more */
  completion?: string | undefined;
  /** Model of `embedding()`. @default "text-embedding-3-small" */
  embedding?: string | undefined;
  /** Model of `moderation()`. @default "omni-moderation-latest" */
  moderation?: string | undefined;
  /** Model of `imageGeneration()` and `imageEdit()`. @default "gpt-image-2.6-flare" */
  image?: string | undefined;
  /** Model of `speech()`. @default none: OpenAI ends the endpoint on 2027-01-06 */
  speech?: string | undefined;
  /** Model of `transcription()`. @default "gpt-transcribe" */
  transcription?: string | undefined;
  /** Model of `translation()`. @default none: OpenAI ends the endpoint on 2027-02-26 */
  translation?: string | undefined;
}

/** Checks for the fields of {@link EndpointModels}. */
export const MODELS: Rules = {
  completion: aString,
  embedding: aString,
  moderation: aString,
  image: aString,
  speech: aString,
  transcription: aString,
  translation: aString,
} satisfies Record<keyof EndpointModels, Rules[string]>;

const PATHS: Readonly<Record<keyof EndpointModels, string>> = {
  completion: "/completions",
  embedding: "/embeddings",
  moderation: "/moderations",
  image: "/images/generations",
  speech: "/audio/speech",
  transcription: "/audio/transcriptions",
  translation: "/audio/translations",
};

/**
 * Returns the model of a request that names none.
 *
 * @param name the endpoint
 * @throws InputError if the provider lacks the endpoint, or has no default for it, with the reason if it is known
 */
export function modelFor({ models, provider }: ConnectionSettings, name: keyof EndpointModels): string {
  const { name: service } = provider ?? OPENAI;
  const { models: defaults, noDefault } = provider ?? OPENAI_MODELS;
  const model = models[name] ?? defaults?.[name];
  if (model !== undefined) return model;
  if (provider) checkEndpoint(provider, PATHS[name]);
  const why = noDefault?.[name];
  throw new InputError(
    "params.model",
    `a model: ${service} has no default for ${name}${why === undefined ? "" : ` (${why})`}, so name one here or in the option models`,
    "none",
  );
}
