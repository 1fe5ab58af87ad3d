import { buildIfStale } from "../../scripts/lib/install.ts";

/** Some tests look at the built package. */
export default async function setup(): Promise<void> {
  await buildIfStale();
}
