import { endings } from "./endings.ts";
import { framing } from "./framing.ts";
import { providers } from "./providers.ts";
import type { Scenario } from "./scenario.ts";

export type { Scenario } from "./scenario.ts";

/** Streamed answers with their true outcome. The suite runs fetchat on them; the benchmarks also run other clients. */
export const scenarios: readonly Scenario[] = [...framing, ...endings, ...providers];
