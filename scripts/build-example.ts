/** Builds the script of the example's page. wrangler.toml runs this before it bundles the Worker. */
import { bundlePage } from "./lib/example.ts";

await bundlePage();
