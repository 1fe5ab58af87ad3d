import { InputError } from "../errors.ts";
import { OPENAI } from "../http/openai.ts";
import type { EndpointName, Provider } from "../http/provider.ts";
import { aString, checkOptions } from "../options.ts";
import type { Fetch } from "../http/connection.ts";

const LACKS: readonly EndpointName[] = ["completions", "moderations", "files", "images", "audio"];

/**
 * Workers AI through Cloudflare's API. https://developers.cloudflare.com/workers-ai/configuration/open-ai-compatibility
 * Its variables are `CLOUDFLARE_ACCOUNT_ID` and `CLOUDFLARE_API_TOKEN`. Inside a Worker use {@link aiBinding}.
 */
export const workersAI: Provider = {
  name: "Workers AI",
  baseURL: "https://api.cloudflare.com/client/v4/accounts/{CLOUDFLARE_ACCOUNT_ID}/ai/v1",
  model: "@cf/openai/gpt-oss-120b",
  variables: { apiKey: ["CLOUDFLARE_API_TOKEN", "CLOUDFLARE_API_KEY"], model: ["WORKERS_AI_MODEL"] },
  lacks: LACKS,
  includeUsage: false,
  // Refuses null content beside calls; several models refuse lists of parts:
  // https://github.com/cloudflare/ai/tree/main/packages/workers-ai-provider
  plainContent: true,
  // Its reasoning models leave their reasoning in the content.
  thinkTags: "opened",
  // api.cloudflare.com does not answer preflights.
  cors: "none",
};

/**
 * AI Gateway through the same API: models of Workers AI and of other providers, as `openai/…`, billed by Cloudflare.
 * https://developers.cloudflare.com/ai-gateway/usage/rest-api
 *
 * @param gateway the gateway's name. Cloudflare creates `default` on first use
 * @returns a provider for `createClient({ provider, env })`
 * @example
 * ```ts
 * const client = createClient({ provider: aiGateway("my-gateway"), env: process.env, model: "openai/gpt-6-luna" });
 * ```
 */
export function aiGateway(gateway = "default"): Provider {
  return { ...workersAI, name: "AI Gateway", headers: { "cf-aig-gateway-id": gateway } };
}

/**
 * The part of a Worker's `AI` binding that {@link aiBinding} uses.
 * https://developers.cloudflare.com/ai-gateway/usage/worker-binding-methods
 */
export interface AIBinding {
  /** Returns a gateway by its name. */
  gateway(id: string): {
    run(
      request: { provider: string; endpoint: string; headers: Record<string, string>; query: unknown },
      options?: { signal?: AbortSignal },
    ): Promise<Response>;
  };
}

/** The options of {@link aiBinding}. */
export interface AIBindingOptions {
  /**
   * The gateway's name.
   *
   * @default "default"
   */
  gateway?: string | undefined;
  /**
   * The provider behind the gateway, by Cloudflare's name. Any but Workers AI needs its own key (`apiKey`).
   *
   * @default "workers-ai"
   */
  provider?: string | undefined;
}

/**
 * Sends requests to a gateway through a Worker's `AI` binding, without an account id or a token. The binding supports
 * only requests with a JSON body.
 *
 * @param ai the binding, `env.AI`
 * @param options the gateway and the provider
 * @returns options for `createClient()`: a provider and a `fetch`
 * @example
 * ```ts
 * const client = createClient({ ...aiBinding(env.AI), model: "@cf/meta/llama-4-scout-17b-16e-instruct" });
 * ```
 */
export function aiBinding(ai: AIBinding, options: AIBindingOptions = {}): { provider: Provider; fetch: Fetch } {
  checkOptions(options, { gateway: aString, provider: aString }, "");
  const { gateway = "default", provider = "workers-ai" } = options;
  // No request goes to this address; the binding receives the path alone.
  const base = "https://ai.binding";
  const own = provider === "workers-ai";
  return {
    provider: {
      ...workersAI,
      name: `AI binding (${provider})`,
      baseURL: base,
      variables: {},
      keyless: own,
      plainContent: own,
      lacks: ["models", "files"],
      model: own ? workersAI.model : "",
      toolEffort: provider === "openai" ? OPENAI.toolEffort : undefined,
    },
    async fetch(url, { body, headers, signal }) {
      const { pathname, search } = new URL(url);
      const path = pathname.replace(/^\/(?:v1\/)?/, "") + search;
      const request = {
        provider,
        endpoint: own ? `v1/${path}` : path,
        headers: Object.fromEntries(new Headers(headers)),
        query: parsed(body),
      };
      return ai.gateway(gateway).run(request, signal ? { signal } : undefined);
    },
  };
}

/** Parses the JSON of a body: a text, or bytes from a relay. */
function parsed(body: unknown): unknown {
  const bytes = body instanceof ArrayBuffer || ArrayBuffer.isView(body);
  const text = bytes ? new TextDecoder().decode(body) : body;
  try {
    if (typeof text === "string") return JSON.parse(text);
  } catch {
    // Rethrows without the parser's own error, which quotes the text.
  }
  throw new InputError(
    "body",
    "JSON: a Worker's AI binding takes no other body",
    typeof text === "string" ? "text that is not JSON" : typeof body,
  );
}
