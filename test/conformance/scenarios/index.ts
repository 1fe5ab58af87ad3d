import { endings } from "./endings.ts";
import { framing } from "./framing.ts";
import { providers } from "./providers.ts";
import type { Scenario } from "./scenario.ts";

export type { Scenario } from "./scenario.ts";

/** Streamed answers and the truth about each. The suite asks fetchat; the benchmarks ask other clients. */
export const scenarios: readonly Scenario[] = [...framing, ...endings, ...providers];
