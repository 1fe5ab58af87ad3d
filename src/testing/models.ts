import { badRequest, quoteAll, type Refusal } from "./apiErrors.ts";
import { words } from "./tokens.ts";

type Fields = Readonly<Record<string, unknown>>;

/** The rules of a family of OpenAI's models. */
interface Family {
  readonly models: RegExp;
  /** The efforts that it accepts; empty for models that do not reason. */
  readonly efforts: readonly string[];
  /** The effort of a request that names none. */
  readonly usual: string;
  /** Set if chat completions accept function tools only without reasoning, or not at all. */
  readonly tools?: "none only" | "responses only";
}

// The first match counts. Unmatched names, such as "test-model", have no rules.
const FAMILIES: readonly Family[] = [
  family(/^(gpt-6-astra|gpt-6\.1-sol)\b/, "low medium high xhigh max", "medium", "none only"),
  family(/^gpt-(5\.[6-9]|5\.\d\d|[6-9]|\d\d)/, "none low medium high xhigh max", "medium", "none only"),
  family(/^gpt-5\.\d-pro\b/, "medium high xhigh", "medium", "responses only"),
  family(/^gpt-5-pro\b/, "high", "high"),
  family(/^gpt-5(\.\d)?-codex\b/, "low medium high xhigh", "medium"),
  family(/^gpt-5\.[45]\b/, "none low medium high xhigh", "none", "responses only"),
  family(/^gpt-5\.[23]\b/, "none low medium high xhigh", "none"),
  family(/^gpt-5\.1\b/, "none low medium high", "none"),
  family(/^gpt-5\b/, "minimal low medium high", "medium"),
  family(/^o\d/, "low medium high", "medium"),
  family(/^gpt-(3\.5|4)/, "", "none"),
];

function family(models: RegExp, efforts: string, usual: string, tools?: Family["tools"]): Family {
  return { models, efforts: efforts === "" ? [] : words(efforts), usual, ...(tools && { tools }) };
}

/** Models and their shutdown dates, as OpenAI announced them: https://platform.openai.com/docs/deprecations */
const SHUTDOWNS: readonly (readonly [models: RegExp, date: string])[] = [
  [/^(text|code)-(davinci|curie|babbage|ada)-\d|^(davinci|curie|babbage|ada)$/, "2024-01-04"],
  [/^gpt-3\.5-turbo-(0301|0613|16k)|^gpt-4-0314$/, "2024-09-13"],
  [/^gpt-4-(1106-)?vision-preview/, "2024-12-06"],
  [/^gpt-4-32k/, "2025-06-06"],
  [/^gpt-4\.5-preview/, "2025-07-14"],
  [/^o1-preview/, "2025-07-28"],
  [/^o1-mini/, "2025-10-27"],
  [/^chatgpt-4o-latest/, "2026-02-17"],
  [/^gpt-4-(turbo-preview|1106-preview|0125-preview)/, "2026-03-26"],
  [/^dall-e-/, "2026-05-12"],
  [
    /^gpt-5(\.\d)?-codex|^gpt-5(\.1)?-chat-latest$|^o[34](-mini)?-deep-research|^gpt-4o-(mini-)?search-preview/,
    "2026-07-23",
  ],
  [/^gpt-5\.[23]-chat-latest/, "2026-08-10"],
  [/^gpt-3\.5-turbo-(instruct|1106)|^(babbage|davinci)-002$/, "2026-09-28"],
  [
    /^gpt-3\.5-turbo|^gpt-4(-0613|-turbo|$)|^gpt-4o-2024-05-13$|^gpt-4\.1-nano|^o1(-pro)?\b|^(o3|o4)-mini|^gpt-image-1$/,
    "2026-10-23",
  ],
  [/^gpt-image-1(\.5|-mini)\b|^chatgpt-image-latest$/, "2026-12-01"],
  [/^gpt-5(-mini|-nano|-pro)?(-\d{4}-\d\d-\d\d)?$|^o3(-pro)?(-\d{4}-\d\d-\d\d)?$/, "2026-12-11"],
  [/^tts-1|^gpt-4o-mini-tts\b/, "2027-01-06"],
  [/^whisper-1$|^gpt-4o-(mini-)?transcribe\b/, "2027-02-26"],
  [/^gpt-(4o|4\.1)(-mini)?(-\d{4}-\d\d-\d\d)?$/, "2027-01-14"],
  [/^gpt-5\.1\b/, "2027-04-01"],
];

/** The date on which {@link SHUTDOWNS} was last checked. */
const KNOWN_UNTIL = "2026-11-27";

/** Returns a model's announced shutdown date as `YYYY-MM-DD`, or `null` if it has none. */
export function shutdownDate(model: string): string | null {
  return SHUTDOWNS.find(([models]) => models.test(model))?.[1] ?? null;
}

/**
 * Returns the API's refusal of a model that has shut down.
 *
 * @param today the mock API's date as `YYYY-MM-DD`, if a test sets its clock: models that have shut down by then are
 *   refused. Without it the date of this list counts, so that no test begins to fail with time
 */
export function findRetired(model: unknown, today: string = KNOWN_UNTIL): Refusal | undefined {
  const date = typeof model === "string" ? shutdownDate(model) : null;
  if (date === null || date > (today > KNOWN_UNTIL ? today : KNOWN_UNTIL)) return undefined;
  const text = `The model \`${String(model)}\` has been deprecated, learn more here: https://platform.openai.com/docs/deprecations`;
  return badRequest(text, null, "model_not_found", 404);
}

/** Returns true if a model reasons before it answers, or `undefined` for an unknown model. */
export function isReasoningModel(model: unknown): boolean | undefined {
  const found = familyOf(model);
  return found && found.efforts.length > 0;
}

function familyOf(model: unknown): Family | undefined {
  const name = typeof model === "string" ? model.replace(/^ft:/, "") : "";
  // ChatGPT's own models, such as gpt-5-chat-latest, have other rules.
  if (/-chat\b/.test(name)) return undefined;
  return FAMILIES.find(({ models }) => models.test(name));
}

// Fields that reasoning models refuse, each with the default value that they accept.
const WITHOUT_REASONING: Readonly<Record<string, unknown>> = {
  temperature: 1,
  top_p: 1,
  presence_penalty: 0,
  frequency_penalty: 0,
  logprobs: false,
  top_logprobs: 0,
};

/** Returns a model's refusal of the body of a chat completion request. */
export function findChatModelFault(body: Fields): Refusal | undefined {
  const found = familyOf(body["model"]);
  if (found === undefined) return undefined;
  const effort = body["reasoning_effort"];
  if (effort != null && found.efforts.length === 0)
    return badRequest("Unrecognized request argument supplied: reasoning_effort");
  return (
    findEffortFault(effort, found, "reasoning_effort") ??
    (found.efforts.length === 0
      ? findVerbosityFault(body["verbosity"], "verbosity")
      : findReasoningFault(body, found)) ??
    findToolsFault(body, found, effort)
  );
}

function findReasoningFault(body: Fields, { usual }: Family): Refusal | undefined {
  if (body["max_tokens"] != null) return unsupported("max_tokens", " Use 'max_completion_tokens' instead.");
  const never = ["logit_bias", "prediction"].find((name) => body[name] != null);
  if (never !== undefined) return unsupported(never);
  if (body["stop"] != null && !/^o1\b/.test(String(body["model"]))) return unsupported("stop");
  const param = (body["reasoning_effort"] ?? usual) === "none" ? undefined : findSampling(body);
  if (param !== "temperature") return param === undefined ? undefined : unsupported(param);
  const text = `Unsupported value: 'temperature' does not support ${String(body["temperature"])} with this model. Only the default (1) value is supported.`;
  return badRequest(text, "temperature", "unsupported_value");
}

function findSampling(body: Fields): string | undefined {
  return Object.keys(WITHOUT_REASONING).find((name) => body[name] != null && body[name] !== WITHOUT_REASONING[name]);
}

/** With these models chat completions accept no function tools while reasoning is on, even by the model's default. */
function findToolsFault(body: Fields, { tools, usual }: Family, effort: unknown): Refusal | undefined {
  const offered = [body["tools"], body["functions"]].some((list) => Array.isArray(list) && list.length > 0);
  if (!tools || !offered || (effort ?? usual) === "none") return undefined;
  const advice =
    tools === "none only"
      ? "To use function tools, use /v1/responses or set reasoning_effort to 'none'."
      : "Please use /v1/responses instead.";
  const text = `Function tools with reasoning_effort are not supported for ${String(body["model"])} in /v1/chat/completions. ${advice}`;
  return badRequest(text, "reasoning_effort");
}

/** Returns a model's refusal of the body of a request for a response. */
export function findResponseModelFault(body: Fields, effort: unknown, verbosity: unknown): Refusal | undefined {
  const found = familyOf(body["model"]);
  if (found === undefined) return undefined;
  if (found.efforts.length === 0) {
    const include = body["include"];
    if (effort != null) return unsupported("reasoning.effort");
    if (Array.isArray(include) && include.includes("reasoning.encrypted_content"))
      return badRequest("Encrypted content is not supported with this model.", "include");
    return findVerbosityFault(verbosity, "text.verbosity");
  }
  const param = (effort ?? found.usual) === "none" ? undefined : findSampling(body);
  return findEffortFault(effort, found, "reasoning.effort") ?? (param === undefined ? undefined : unsupported(param));
}

function findEffortFault(effort: unknown, { efforts }: Family, param: string): Refusal | undefined {
  return effort == null || efforts.length === 0 || efforts.some((one) => one === effort)
    ? undefined
    : unsupportedValue(param, effort, efforts);
}

function findVerbosityFault(verbosity: unknown, param: string): Refusal | undefined {
  return verbosity == null || verbosity === "medium" ? undefined : unsupportedValue(param, verbosity, ["medium"]);
}

function unsupported(param: string, advice = ""): Refusal {
  const text = `Unsupported parameter: '${param}' is not supported with this model.${advice}`;
  return badRequest(text, param, "unsupported_parameter");
}

function unsupportedValue(param: string, value: unknown, allowed: readonly string[]): Refusal {
  const list = quoteAll(allowed, "and");
  const text = `Unsupported value: '${param}' does not support '${String(value)}' with this model. Supported values are: ${list}.`;
  return badRequest(text, param, "unsupported_value");
}

/** The fields that a model for audio or images accepts, where models differ. */
interface MediaFamily {
  readonly models: RegExp;
  readonly formats?: readonly string[];
  /** Fields that other models accept. */
  readonly refuses: readonly string[];
}

const SPEAKERS = "known_speaker_names known_speaker_references";

const TRANSCRIBERS: readonly MediaFamily[] = [
  {
    models: /^whisper-/,
    formats: words("json text srt verbose_json vtt"),
    refuses: words(`languages keywords include chunking_strategy ${SPEAKERS}`),
  },
  {
    models: /^gpt-4o-transcribe-diarize/,
    formats: words("json text diarized_json"),
    refuses: words("prompt include timestamp_granularities languages keywords"),
  },
  {
    models: /^gpt-4o-(mini-)?transcribe/,
    formats: words("json text"),
    refuses: words(`timestamp_granularities languages keywords ${SPEAKERS}`),
  },
  {
    models: /^gpt-(live-)?transcribe/,
    formats: words("json text"),
    refuses: words(`timestamp_granularities ${SPEAKERS}`),
  },
];

/** Returns a model's refusal of a request for a transcription. */
export function findTranscriptionFault(body: Fields): Refusal | undefined {
  const model = String(body["model"]);
  const found = TRANSCRIBERS.find(({ models }) => models.test(model));
  const format = body["response_format"];
  if (found?.formats && typeof format === "string" && format !== "" && !found.formats.includes(format)) {
    const text = `response_format '${format}' is not compatible with model '${model}'. Use ${quoteAll(found.formats, "or")} instead.`;
    return badRequest(text, "response_format", "unsupported_value");
  }
  const refused = found?.refuses.find((name) => body[name] !== undefined);
  if (refused !== undefined) return unsupported(refused);
  if (body["timestamp_granularities"] === undefined || format === "verbose_json") return undefined;
  const text = "'timestamp_granularities' requires 'response_format' to be 'verbose_json'.";
  return badRequest(text, "timestamp_granularities", "unsupported_value");
}

/** Returns a model's refusal of a request for images. */
export function findImageFault(body: Fields): Refusal | undefined {
  if (!/^(chat)?gpt-image/.test(String(body["model"]))) return undefined;
  const refused = ["response_format", "style"].find((name) => body[name] != null);
  if (refused !== undefined) return badRequest(`Unknown parameter: '${refused}'.`, refused, "unknown_parameter");
  return body["quality"] === "standard" || body["quality"] === "hd"
    ? unsupportedValue("quality", body["quality"], words("low medium high auto"))
    : undefined;
}

/** Returns the refusal of a chat model on `/completions`. */
export function findCompletionFault(body: Fields): Refusal | undefined {
  if (familyOf(body["model"]) === undefined || /-instruct\b/.test(String(body["model"]))) return undefined;
  const text =
    "This is a chat model and not supported in the v1/completions endpoint. Did you mean to use v1/chat/completions?";
  return badRequest(text, "model", null, 404);
}
