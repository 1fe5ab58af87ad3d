import { mkdir, writeFile } from "node:fs/promises";
import { bin, INSTALLED } from "./paths.ts";
import { run } from "./run.ts";

/** The number of tools in a program. */
const TOOLS = 50;

interface Kind {
  readonly head: string;
  /** A schema as users write it; each is different. */
  readonly schema: (at: number) => string;
  /** The arguments that a tool uses. */
  readonly args: string;
  /** The type of the arguments, if the program without tools has it too. */
  readonly type?: (at: number) => string;
}

/** The programs with a limit in test/budgets.json. */
const KINDS: Readonly<Record<string, Kind>> = {
  "instantiations of 50 tools with zod, above their schemas": {
    head: 'import { z } from "zod";',
    schema: (at) => `z.object({ city${at}: z.string(), days: z.number() })`,
    args: "days",
  },
  "instantiations of 50 tools with zod, above their arguments' types": {
    head: 'import { z } from "zod";',
    type: (at) => `z.infer<typeof schema${at}>`,
    schema: (at) =>
      `z.object({ city${at}: z.string(), days: z.int().optional(), unit: z.enum(["C", "F", "K${at}"]), place: z.object({ lat: z.number(), lon: z.number() }), tags: z.array(z.string()).default([]) })`,
    args: "place, tags",
  },
  "instantiations of 50 tools with plain JSON Schema, above their schemas": {
    head: "",
    schema: (at) =>
      `{ type: "object", properties: { city${at}: { type: "string" }, days: { type: "integer" }, place: { type: "object", properties: { lat: { type: "number" } } }, tags: { type: "array", items: { type: "string" } } }, required: ["city${at}", "place", "tags"] } as const`,
    args: "place, tags",
  },
};

/**
 * Counts type instantiations: of one program compared with an empty one, and of 50 tools compared with the same program
 * without `tool()`.
 */
export async function countTypes(code: string): Promise<Record<string, number>> {
  const [empty, one] = await Promise.all([
    instantiationsOf("nothing", "export {};"),
    instantiationsOf("one streamed chat", code),
  ]);
  const tools = await Promise.all(
    Object.keys(KINDS).map(async (name) => {
      const [without, with50] = await Promise.all(
        [false, true].map((has) => instantiationsOf(`${name} ${has}`, program(name, has))),
      );
      return [name, with50! - without!] as const;
    }),
  );
  return {
    "instantiations of one streamed chat, above an empty program": one - empty,
    ...Object.fromEntries(tools),
  };
}

function program(name: string, withTools: boolean): string {
  const { head, schema, args, type } = KINDS[name] as Kind;
  const each = Array.from({ length: TOOLS }, (_, at) => at);
  const types = type ? each.map((at) => `export const use${at} = ({ ${args} }: ${type(at)}) => [${args}];`) : [];
  const tools = each.map(
    (at) =>
      `const tool${at} = tool({ name: "tool${at}", parameters: schema${at}, execute: ({ ${args} }) => [${args}] });`,
  );
  return [
    `import { createClient, tool } from "fetchat";`,
    head,
    ...each.map((at) => `export const schema${at} = ${schema(at)};`),
    ...(withTools ? tools : ["export { tool };", ...types]),
    `const chat = createClient({ apiKey: "k" }).newChatSession(${withTools ? `{ tools: [${each.map((at) => `tool${at}`).join(", ")}] }` : ""});`,
    `const said: string = await chat.send("Hello");`,
    ...(withTools ? ["chat.tools = [tool1];"] : []),
    "console.log(said);",
  ].join("\n");
}

/** Returns tsc's count for one program in an ordinary project: `strict`, DOM types, `skipLibCheck`. */
async function instantiationsOf(name: string, source: string): Promise<number> {
  const folder = `${INSTALLED}/types/${name.replaceAll(/\W+/g, "-")}`;
  await mkdir(folder, { recursive: true });
  const compilerOptions = {
    target: "es2022",
    module: "esnext",
    moduleResolution: "bundler",
    lib: ["es2023", "dom", "dom.iterable", "dom.asynciterable"],
    types: [],
    strict: true,
    skipLibCheck: true,
    noEmit: true,
  };
  await writeFile(`${folder}/tsconfig.json`, JSON.stringify({ compilerOptions, files: ["program.ts"] }));
  await writeFile(`${folder}/program.ts`, source);
  const { code, stdout, stderr } = await run(bin("tsc"), ["-p", folder, "--extendedDiagnostics"]);
  if (code !== 0) throw new Error(`tsc refuses ${name}:\n${stdout.slice(0, 2_000)}${stderr}`);
  return Number(/^Instantiations:\s+(\d+)/m.exec(stdout)?.[1]);
}
