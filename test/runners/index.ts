import { bun } from "./bun.ts";
import { chromium } from "./chromium.ts";
import { deno } from "./deno.ts";
import { firefox } from "./firefox.ts";
import { nodeRunner } from "./node.ts";
import type { Runner } from "./runner.ts";
import { webkit } from "./webkit.ts";
import { workerd } from "./workerd.ts";

/** All runtimes of the suite, in the table's order. */
export const runners: readonly Runner[] = [
  nodeRunner("node", "node"),
  nodeRunner("node22", "node22"),
  workerd,
  deno,
  bun,
  chromium,
  firefox,
  webkit,
];
