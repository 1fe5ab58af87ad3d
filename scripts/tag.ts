/**
 * `node scripts/tag.ts v1.2.3`: checks a release tag. package.json, deno.json and VERSION must have its version, the
 * changelog must describe it, and no default model may shut down within 14 days. Otherwise it prints the reasons and
 * exits with 1. The release workflow runs it first.
 */
import { objections, readRelease } from "./lib/release.ts";
import { defaultModels, endingModels, REFUSE_DAYS, shutdownDates } from "./lib/shutdowns.ts";

const found = [
  ...objections(process.argv[2] ?? "", await readRelease()),
  ...endingModels(defaultModels(), shutdownDates(), new Date(), REFUSE_DAYS),
];
for (const one of found) console.error(one);
if (found.length > 0) process.exitCode = 1;
