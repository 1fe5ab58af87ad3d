import type { KeptItems } from "../wire/index.ts";

/** The refusals of one model of one service so far. */
export interface Refused {
  /** The answers whose ids the service has lost. */
  readonly lost: WeakSet<KeptItems>;
  /** The answers whose items the service does not accept. */
  readonly items: WeakSet<KeptItems>;
  /** The number of ids that were lost in a row. */
  losses: number;
  /** True once it refused a request for encrypted reasoning. */
  withoutReasoning: boolean;
}

/** Remembers what services have refused, by service and model, so that it is not sent again. */
export class Refusals {
  readonly #byModel = new Map<string, Refused>();

  /** Returns the mutable record of a model's refusals. */
  of(service: string, model: string): Refused {
    const key = `${service} ${model}`;
    let refused = this.#byModel.get(key);
    if (!refused) {
      refused = { lost: new WeakSet(), items: new WeakSet(), losses: 0, withoutReasoning: false };
      this.#byModel.set(key, refused);
    }
    return refused;
  }
}
