/** A chat in a Durable Object: its history survives the object, its answers stream, and its turns run in order. */
import { DurableObject } from "cloudflare:workers";
import { createClient, errorResponse, type ChatSession, type Message } from "fetchat/cloudflare";

interface Env {
  OPENAI_API_KEY: string;
  OPENAI_BASE_URL?: string;
  CHATS: DurableObjectNamespace<Chat>;
}

const BEGINNING: Message[] = [{ role: "system", content: "You are a patient guide to the city of Ghent." }];

export class Chat extends DurableObject<Env> {
  #session!: ChatSession;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    void ctx.blockConcurrencyWhile(async () => {
      const messages = (await ctx.storage.get<Message[]>("messages")) ?? BEGINNING;
      this.#session = createClient({ env }).newChatSession({ messages });
    });
  }

  /** GET returns the history; POST sends a message and streams the answer. */
  override async fetch(request: Request): Promise<Response> {
    if (request.method === "GET") return Response.json(this.#session.messages);
    try {
      const stream = await this.#session.stream(await request.text(), {}, { signal: request.signal });
      const response = stream.toResponse();
      this.ctx.waitUntil(
        stream.final().then(
          () => this.#save(),
          () => this.#save(),
        ),
      );
      return response;
    } catch (error) {
      await this.#save();
      console.error(error);
      return errorResponse(error);
    }
  }

  /** After every turn, even a failed one, the history is valid for the API. */
  #save(): Promise<void> {
    return this.ctx.storage.put("messages", this.#session.messages);
  }
}

export default {
  fetch(request, env): Promise<Response> {
    const { pathname } = new URL(request.url);
    return env.CHATS.getByName(pathname).fetch(request);
  },
} satisfies ExportedHandler<Env>;
