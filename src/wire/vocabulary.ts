// Vocabularies of the API. Every list is open: other words pass, because providers and later versions have more.

/** A model's id. Editors suggest OpenAI's current models; any other id passes. */
export type ModelId =
  | "gpt-6-luna"
  | "gpt-6-astra"
  | "gpt-6.1-sol"
  | "gpt-6.1-terra"
  | "gpt-5.6-luna"
  | "gpt-5.6-sol"
  | "gpt-5.6-terra"
  | (string & {});

/** The effort of a model's reasoning. No model accepts all of them. */
export type ReasoningEffort = "none" | "minimal" | "low" | "medium" | "high" | "xhigh" | "max" | (string & {});

/** The length of an answer. */
export type Verbosity = "low" | "medium" | "high" | (string & {});

/** The tier that processes a request and sets its price. */
export type ServiceTier = "auto" | "default" | "flex" | "scale" | "priority" | "fast" | (string & {});

/** Contents that a response has only on request. */
export type ResponseInclude =
  | "reasoning.encrypted_content"
  | "message.output_text.logprobs"
  | "message.input_image.image_url"
  | "web_search_call.results"
  | "web_search_call.action.sources"
  | "file_search_call.results"
  | "code_interpreter_call.outputs"
  | "computer_call_output.output.image_url"
  | (string & {});
