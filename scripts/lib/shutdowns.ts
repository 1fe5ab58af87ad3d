import { readFileSync } from "node:fs";
import { OPENAI, OPENAI_MODELS } from "../../src/http/openai.ts";

/** Days before a shutdown from which `npm run check` warns. */
export const WARN_DAYS = 60;
/** Days before a shutdown from which releases are refused. */
export const REFUSE_DAYS = 14;

const DAY = 86_400_000;

/** The shutdown date of each model as `YYYY-MM-DD`, or null if none is announced. */
export type ShutdownDates = Readonly<Record<string, string | null>>;

/** Returns OpenAI's default models from src/http/openai.ts. */
export function defaultModels(): string[] {
  return [OPENAI.model, ...Object.values(OPENAI_MODELS.models).filter((model) => typeof model === "string")];
}

/** Returns the shutdown dates in the repository. */
export function shutdownDates(): ShutdownDates {
  const { $comment: _, ...dates } = JSON.parse(
    readFileSync(new URL("shutdowns.json", import.meta.url), "utf8"),
  ) as Record<string, string | null>;
  return dates;
}

/**
 * Returns a sentence for each model that has shut down or will soon.
 *
 * @param models the default models
 * @param dates their shutdown dates
 * @param today the current day in UTC
 * @param within the number of days that count as soon
 */
export function endingModels(models: readonly string[], dates: ShutdownDates, today: Date, within: number): string[] {
  const from = Date.UTC(today.getUTCFullYear(), today.getUTCMonth(), today.getUTCDate());
  return models.flatMap((model) => {
    const date = dates[model];
    if (date === undefined)
      return [`scripts/lib/shutdowns.json does not say when the default model ${model} is shut down.`];
    if (date === null) return [];
    const days = Math.round((Date.parse(date) - from) / DAY);
    if (days > within) return [];
    return [
      `The default model ${model} ${days < 0 ? "was" : "will be"} shut down on ${date}${days < 0 ? "" : `, in ${days} days`}.`,
    ];
  });
}
