/**
 * `node scripts/tag.ts v1.2.3`: may a release bear this tag? It may where package.json, deno.json and VERSION say 1.2.3, and the changelog
 * has something to say of it, and no default model is shut down within 14 days. Else it prints what is against it, and ends with 1. The release workflow begins with it.
 */
import { objections, readRelease } from "./lib/release.ts";
import { defaultModels, endingModels, REFUSE_DAYS, shutdownDates } from "./lib/shutdowns.ts";

const found = [
  ...objections(process.argv[2] ?? "", await readRelease()),
  ...endingModels(defaultModels(), shutdownDates(), new Date(), REFUSE_DAYS),
];
for (const one of found) console.error(one);
if (found.length > 0) process.exitCode = 1;
