/**
 * Services with OpenAI's API, as plain data: `createClient({ provider: groq, env })`.
 *
 * @example
 * ```ts
 * import { createClient } from "fetchat";
 * import { groq } from "fetchat/providers";
 *
 * const client = createClient({ provider: groq, env: process.env }); // reads GROQ_API_KEY
 * console.log((await client.chat([{ role: "user", content: "Hello" }])).choices[0]?.message.content);
 * ```
 *
 * @module
 */
export { azure } from "./azure.ts";
export type { AzureOptions } from "./azure.ts";
export { aiBinding, aiGateway, workersAI } from "./cloudflare.ts";
export type { AIBinding, AIBindingOptions } from "./cloudflare.ts";
export { custom } from "./custom.ts";
export type { CustomOptions } from "./custom.ts";
export { cerebras, deepseek, fireworks, gemini, groq, mistral, openrouter, together, xai } from "./hosted.ts";
export { llamaCpp, lmStudio, ollama, vllm } from "./local.ts";
export { openai } from "./openai.ts";
export type {
  CallIds,
  EndpointName,
  Provider,
  ProviderVariables,
  ToolEffort,
  UnsignedCalls,
} from "../http/provider.ts";
export type { EndpointModels } from "../http/models.ts";
export type { Fetch } from "../http/connection.ts";
