import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { type AdapterName, TITLES } from "../lib/adapter.ts";
import { table } from "../lib/markdown.ts";
import { median } from "../lib/rounds.ts";
import { BENCH, child, TEMPORARY } from "../lib/spawn.ts";

/** tsc's figures for a program. */
export interface TypeCost {
  readonly seconds: number;
  readonly instantiations: number;
  /** The lines of definitions that it read. */
  readonly lines: number;
}

const HELLO = `[{ role: "user", content: "Hello" }]`;

/** A program with one streamed chat in TypeScript; `empty` has no code. */
const SOURCES: Readonly<Partial<Record<AdapterName | "empty", string>>> = {
  empty: "export {};",
  fetchat: `import { createClient } from "fetchat";
for await (const chunk of await createClient({ apiKey: "k" }).streamChat(${HELLO}, { model: "m" })) console.log(chunk.content);`,
  openai: `import OpenAI from "openai";
const stream = await new OpenAI({ apiKey: "k" }).chat.completions.create({ model: "m", messages: ${HELLO}, stream: true });
for await (const chunk of stream) console.log(chunk.choices[0]?.delta.content);`,
  ai: `import { createOpenAI } from "@ai-sdk/openai";
import { streamText } from "ai";
const { textStream } = streamText({ model: createOpenAI({ apiKey: "k" }).chat("m"), messages: ${HELLO} });
for await (const text of textStream) console.log(text);`,
  xsai: `import { streamText } from "@xsai/stream-text";
const { textStream } = streamText({ apiKey: "k", baseURL: "https://api.openai.com/v1/", model: "m", messages: ${HELLO} });
for await (const text of textStream) console.log(text);`,
  openaiFetch: `import { OpenAIClient } from "openai-fetch";
for await (const chunk of await new OpenAIClient({ apiKey: "k" }).streamChatCompletion({ model: "m", messages: ${HELLO} })) console.log(chunk.choices[0]?.delta?.content);`,
};

/** Runs tsc on one program of an ordinary project: `strict`, DOM types, `skipLibCheck`. */
export async function typeCost(name: keyof typeof SOURCES): Promise<TypeCost> {
  await mkdir(TEMPORARY, { recursive: true });
  const folder = await mkdtemp(`${TEMPORARY}/types-`);
  try {
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
    await writeFile(`${folder}/program.ts`, `${SOURCES[name]}\n`);
    const { stdout, code } = await child(`${BENCH}/../node_modules/typescript/bin/tsc`, [
      "-p",
      folder,
      "--extendedDiagnostics",
    ]);
    if (code !== 0) throw new Error(`tsc refuses the program of ${name}: ${stdout.slice(0, 1000)}`);
    const said = (what: string): number =>
      parseFloat(new RegExp(`^${what}:\\s+([\\d.]+)`, "m").exec(stdout)?.[1] ?? "NaN");
    return { seconds: said("Total time"), instantiations: said("Instantiations"), lines: said("Lines of Definitions") };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Measures what each package costs the type checker, compared with an empty program. */
export async function types(rounds: number): Promise<string> {
  const names = Object.keys(SOURCES) as (keyof typeof SOURCES)[];
  const costs = new Map<string, TypeCost[]>(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) for (const name of names) costs.get(name)!.push(await typeCost(name));
  const time = (name: string): number => median(costs.get(name)!.map((cost) => cost.seconds));
  const [empty] = costs.get("empty")!;
  const rows = names.map((name) => {
    const { instantiations, lines } = costs.get(name)![0]!;
    const title = name === "empty" ? "an empty program" : TITLES[name as AdapterName];
    return [
      title,
      `${time(name).toFixed(2)} s`,
      (time(name) / time("empty")).toFixed(2),
      name === "empty" ? "" : `${instantiations - empty!.instantiations}`,
      name === "empty" ? "" : `${lines - empty!.lines}`,
    ];
  });
  return `### Type checking\n\n${table(["", "tsc", "× empty", "instantiations above empty", "lines of definitions above empty"], rows)}`;
}
