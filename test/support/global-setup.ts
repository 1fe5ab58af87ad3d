import { buildIfStale } from "../../scripts/lib/install.ts";

/** Builds the package, which some tests use. */
export default async function setup(): Promise<void> {
  await buildIfStale();
}
