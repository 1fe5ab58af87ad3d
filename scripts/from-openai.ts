/** `node scripts/from-openai.ts`: writes the line counts and programs of examples/from-openai into docs/from-openai-node.md. */
import { readFile, writeFile } from "node:fs/promises";
import { PAGE, refreshed } from "./lib/fromOpenAI.ts";

await writeFile(PAGE, await refreshed(await readFile(PAGE, "utf8")));
