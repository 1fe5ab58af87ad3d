/** What wrangler.toml runs before it bundles the Worker: makes the page's script. */
import { bundlePage } from "./lib/example.ts";

await bundlePage();
