/** A shop's chat with two tools. The one that refunds money waits for a person's approval, however long that takes. */
import { DurableObject } from "cloudflare:workers";
import { createClient, errorResponse, tool, type ChatSession, type RunTool, type SavedChat } from "fetchat/cloudflare";

interface Env {
  OPENAI_API_KEY: string;
  OPENAI_BASE_URL?: string;
  CHATS: DurableObjectNamespace<Chat>;
}

interface Order {
  order?: string;
}

const parameters = { type: "object", properties: { order: { type: "string" } }, required: ["order"] };

const lookUp = tool<Order>({
  name: "look_up_order",
  description: "What is known of an order",
  parameters,
  execute: ({ order }) => ({ order, paid: 40, state: "lost by the carrier" }),
});

function refund(storage: DurableObjectStorage): RunTool {
  return tool<Order>({
    name: "refund_order",
    description: "Gives an order's money back",
    parameters,
    needsApproval: true,
    execute: async ({ order }) => {
      const refunds = (await storage.get<string[]>("refunds")) ?? [];
      await storage.put("refunds", [...refunds, order]);
      return `refunded ${order}`;
    },
  });
}

export class Chat extends DurableObject<Env> {
  #session!: ChatSession;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    const { storage } = ctx;
    void ctx.blockConcurrencyWhile(async () => {
      this.#session = createClient({ env }).newChatSession({
        messages: [{ role: "system", content: "You answer for a small shop." }],
        tools: [lookUp, refund(storage)],
        saved: (await storage.get<SavedChat>("chat")) ?? null,
        save: (saved) => storage.put("chat", saved),
      });
    });
  }

  /**
   * GET returns the history and the pending calls; POST sends a message; POST with `?approve=ID` or `?reject=ID`
   * decides and continues.
   */
  override async fetch(request: Request): Promise<Response> {
    const session = this.#session;
    const { searchParams } = new URL(request.url);
    const [approve, reject] = [searchParams.get("approve"), searchParams.get("reject")];
    const decided = approve ?? reject;
    if (decided && !session.pending.some(({ id }) => id === decided))
      return Response.json({ error: { message: "No such call waits for approval." } }, { status: 404 });
    try {
      if (request.method !== "GET") {
        if (approve) session.approve(approve);
        if (reject) session.reject(reject, "the shop's owner said no.");
        if (approve || reject) await session.generateResponse();
        else await session.send(await request.text());
      }
      const refunds = (await this.ctx.storage.get<string[]>("refunds")) ?? [];
      return Response.json({ answer: session.lastTurn?.text, pending: session.pending, refunds });
    } catch (error) {
      console.error(error);
      return errorResponse(error);
    }
  }
}

export default {
  fetch(request, env): Promise<Response> {
    const { pathname } = new URL(request.url);
    return env.CHATS.getByName(pathname).fetch(request);
  },
} satisfies ExportedHandler<Env>;
