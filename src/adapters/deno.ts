/**
 * fetchat for Deno: `createClient()` reads the key and the base URL from the environment, as far as permissions allow.
 *
 * @example
 * ```ts
 * import { createClient } from "fetchat/deno";
 *
 * const stream = await createClient().streamChat([{ role: "user", content: "Name three rivers." }]);
 * for await (const chunk of stream) console.log(chunk.content);
 * ```
 *
 * @module
 */
import { checkClientOptions, keyVariable, requireKey } from "../env.ts";
import { ConnectionError, InputError, OpenAI } from "../index.ts";
import type { ClientOptions, Fetch } from "../index.ts";

export * from "../index.ts";

interface DenoNamespace {
  env: { get(name: string): string | undefined };
  permissions: { querySync(query: { name: "env"; variable: string }): { state: string } };
}

/**
 * Creates a client with the settings of the environment; `options` override them. It needs the permissions
 * `--allow-env=OPENAI_API_KEY --allow-net=api.openai.com`. It reads other variables only if that is already permitted,
 * without a prompt.
 *
 * @throws InputError for an option that cannot work, or for OpenAI's API without a key
 * @example
 * ```ts
 * const client = createClient();
 * console.log((await client.chat([{ role: "user", content: "Name three rivers." }])).choices[0]?.message.content);
 * ```
 */
export function createClient(options: ClientOptions = {}): OpenAI {
  const own = checkClientOptions(options);
  const filled = requireKey(
    { env: environment(own), ...own },
    (variable) => `the variable ${variable} (and --allow-env=${variable})`,
  );
  return new OpenAI({ ...filled, fetch: filled.fetch ?? fetchWith(unread(own)) });
}

function environment(options: ClientOptions): object {
  const deno = namespace();
  const needsKey = options.apiKey === undefined && options.env === undefined && !options.provider?.keyless;
  const key = keyVariable(options);
  return new Proxy(
    {},
    {
      get: (_, name) => {
        if (typeof name !== "string" || !deno) return undefined;
        if (name === key && needsKey) return readKey(deno, key);
        return mayRead(deno, name) ? deno.env.get(name) : undefined;
      },
    },
  );
}

function namespace(): DenoNamespace | undefined {
  return (globalThis as unknown as { Deno?: DenoNamespace }).Deno;
}

function mayRead(deno: DenoNamespace, variable: string): boolean {
  return deno.permissions.querySync({ name: "env", variable }).state === "granted";
}

/** Reads the one variable that Deno may prompt for. */
function readKey(deno: DenoNamespace, name: string): string | undefined {
  try {
    return deno.env.get(name);
  } catch {
    throw new InputError(name, `permission to read it (--allow-env=${name}), or the apiKey option`, "no permission");
  }
}

/**
 * Warns that a base URL in the environment could not be read, because the client would then ask another host than
 * intended.
 */
function unread({ baseURL, env, provider }: ClientOptions): string {
  const [variable] = provider ? (provider.variables.baseURL ?? []) : ["OPENAI_BASE_URL"];
  const deno = namespace();
  if (variable === undefined || !deno || baseURL !== undefined || env !== undefined || mayRead(deno, variable))
    return "";
  return `; for a base URL in ${variable}, with --allow-env=${variable} too`;
}

/** A missing permission is not a broken connection, so retrying does not help. */
function fetchWith(hint: string): Fetch {
  return async (url, init) => {
    try {
      return await fetch(url, init);
    } catch (error) {
      if (!["NotCapable", "PermissionDenied"].includes(error instanceof Error ? error.name : "")) throw error;
      throw new ConnectionError(`Not allowed: run with --allow-net=${new URL(url).host}${hint}`, { cause: error });
    }
  };
}
