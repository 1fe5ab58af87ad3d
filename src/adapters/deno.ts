/**
 * fetchat for Deno: `createClient()` takes key and base URL from the environment, as far as permissions allow.
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
 * Makes a client with what the environment holds; `options` rank above it. Least permissions:
 * `--allow-env=OPENAI_API_KEY --allow-net=api.openai.com`. Other variables are read where that is allowed, never asked for.
 *
 * @throws InputError for options that cannot work, or where OpenAI's own API is to be asked without a key
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

/** The one variable that is asked for: in a terminal Deno puts the question to the user. */
function readKey(deno: DenoNamespace, name: string): string | undefined {
  try {
    return deno.env.get(name);
  } catch {
    throw new InputError(name, `permission to read it (--allow-env=${name}), or the apiKey option`, "no permission");
  }
}

/** What to say of a base URL that may stand in the environment, unseen: then another host is asked than was meant. */
function unread({ baseURL, env, provider }: ClientOptions): string {
  const [variable] = provider ? (provider.variables.baseURL ?? []) : ["OPENAI_BASE_URL"];
  const deno = namespace();
  if (variable === undefined || !deno || baseURL !== undefined || env !== undefined || mayRead(deno, variable))
    return "";
  return `; for a base URL in ${variable}, with --allow-env=${variable} too`;
}

/** A missing permission is no broken connection: trying again does not help. */
function fetchWith(hint: string): Fetch {
  return async (url, init) => {
    try {
      return await fetch(url, init);
    } catch (error) {
      if (!["NotCapable", "PermissionDenied"].includes((error as Error).name)) throw error;
      throw new ConnectionError(`Not allowed: run with --allow-net=${new URL(url).host}${hint}`, { cause: error });
    }
  };
}
