/**
 * The headers for which a page needs permission, computed from the client's own requests by the rules of the Fetch
 * standard.
 */
import { uploadFile } from "../../src/media/index.ts";
import type { OpenAI } from "../../src/index.ts";
import * as providers from "../../src/providers/index.ts";
import type { AIBinding, Provider } from "../../src/providers/index.ts";

/** The key of all providers. */
export const KEY = "sk-preflight";

const { azure, aiGateway, aiBinding, custom, ...plain } = providers;
const noBinding: AIBinding = { gateway: () => ({ run: () => Promise.reject(new Error("not asked")) }) };

/** All providers of the package; functions are called first. */
export const PROVIDERS: Readonly<Record<string, Provider>> = {
  ...plain,
  azure: azure({ endpoint: "https://house.openai.azure.com", deployment: "d" }),
  "azure by deployments": azure({ endpoint: "https://house.openai.azure.com", deployment: "d", form: "deployments" }),
  "azure by token": azure({ endpoint: "https://house.openai.azure.com", deployment: "d", token: () => KEY }),
  aiGateway: aiGateway(),
  aiBinding: aiBinding(noBinding, { provider: "openai" }).provider,
  custom: custom({ baseURL: "https://house.example/v1" }),
};

/** The calls, by the kind of their body. */
export const CALLS: Readonly<
  Record<string, { readonly lacks: string; readonly json: boolean; readonly run: (client: OpenAI) => Promise<unknown> }>
> = {
  chat: { lacks: "", json: true, run: (client) => client.chat([{ role: "user", content: "Hello" }], { model: "m" }) },
  stream: {
    lacks: "",
    json: true,
    run: async (client) => (await client.streamChat([{ role: "user", content: "Hello" }], { model: "m" })).final(),
  },
  models: { lacks: "models", json: false, run: (client) => client.models() },
  upload: {
    lacks: "files",
    json: false,
    run: (client) => uploadFile(client, new File(["x"], "a.txt"), { purpose: "batch" }),
  },
};

/** Returns true if a provider has the endpoint of a call. */
export function has(provider: Provider, call: string): boolean {
  return !provider.lacks?.some((name) => name === CALLS[call]?.lacks);
}

/** Returns the headers that a provider's call needs: for its key, its own, and the content type of JSON. */
export function needed(provider: Provider, call: string): string[] {
  const key = provider.keyHeader ?? "authorization";
  return [key, ...Object.keys(provider.headers ?? {}), ...(CALLS[call]?.json === true ? ["content-type"] : [])]
    .map((name) => name.toLowerCase())
    .sort();
}

/**
 * Returns the names of a request's headers that need permission.
 * https://fetch.spec.whatwg.org/#cors-safelisted-request-header
 */
export function unsafeHeaders(request: Request): string[] {
  return [...request.headers]
    .filter(([name, value]) => !isSafe(name, value))
    .map(([name]) => name)
    .sort();
}

function isSafe(name: string, value: string): boolean {
  if (value.length > 128) return false;
  const plainValue = /^[\t\x20-\x7e\x80-\xff]*$/.test(value) && !/["():<>?@[\\\]{}]/.test(value);
  if (name === "accept") return plainValue;
  if (name === "accept-language" || name === "content-language") return /^[\w *,\-.;=]*$/.test(value);
  if (name === "range") return /^bytes=\d+-\d*$/.test(value);
  const type = value.split(";")[0]?.trim().toLowerCase() ?? "";
  return (
    name === "content-type" &&
    plainValue &&
    ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"].includes(type)
  );
}
