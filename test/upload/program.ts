/**
 * The sender as a program: `program.ts BASE_URL` on Node, Deno or Bun. Each line of input is a number of megabytes;
 * each line of output is the outcome of their upload.
 */
import process from "node:process";
import { createInterface } from "node:readline";
import { createClient } from "../../src/index.ts";
import { send } from "./send.ts";

const baseURL = process.argv.at(-1) ?? "";
for await (const line of createInterface({ input: process.stdin })) {
  console.log(
    JSON.stringify(
      await send(createClient, baseURL, Number(line)).catch((error: unknown) => ({ error: String(error) })),
    ),
  );
}
