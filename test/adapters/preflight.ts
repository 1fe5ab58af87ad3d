/** What a page asks leave for: computed from the client's own requests, by the rules of the Fetch standard. */
import { uploadFile } from "../../src/media/index.ts";
import type { OpenAI } from "../../src/index.ts";
import * as providers from "../../src/providers/index.ts";
import type { AIBinding, Provider } from "../../src/providers/index.ts";

/** The key of all of them. */
export const KEY = "sk-preflight";

const { azure, aiGateway, aiBinding, custom, ...plain } = providers;
const noBinding: AIBinding = { gateway: () => ({ run: () => Promise.reject(new Error("not asked")) }) };

/** Every provider that the package has; of those that are made, as they come. */
export const PROVIDERS: Readonly<Record<string, Provider>> = {
  ...plain,
  azure: azure({ endpoint: "https://house.openai.azure.com", deployment: "d" }),
  "azure by deployments": azure({ endpoint: "https://house.openai.azure.com", deployment: "d", form: "deployments" }),
  "azure by token": azure({ endpoint: "https://house.openai.azure.com", deployment: "d", token: () => KEY }),
  aiGateway: aiGateway(),
  aiBinding: aiBinding(noBinding, { provider: "openai" }).provider,
  custom: custom({ baseURL: "https://house.example/v1" }),
};

/** Calls by what their body is. */
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

/** Whether a provider has the endpoint of a call. */
export function has(provider: Provider, call: string): boolean {
  return !provider.lacks?.some((name) => name === CALLS[call]?.lacks);
}

/** What a provider needs of a call: its key's header, its own, and the type of JSON. */
export function needed(provider: Provider, call: string): string[] {
  const key = provider.keyHeader ?? "authorization";
  return [key, ...Object.keys(provider.headers ?? {}), ...(CALLS[call]?.json === true ? ["content-type"] : [])]
    .map((name) => name.toLowerCase())
    .sort();
}

/** The names of a request's headers for which a browser asks leave. https://fetch.spec.whatwg.org/#cors-safelisted-request-header */
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
