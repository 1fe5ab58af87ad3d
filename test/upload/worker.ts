/** The sender as a Worker: `GET /?server=BASE_URL&megabytes=N` uploads, and responds with the outcome. */
import { createClient } from "../../src/index.ts";
import { send } from "./send.ts";

const worker: { fetch(request: Request): Promise<Response> } = {
  async fetch(request) {
    const { searchParams } = new URL(request.url);
    try {
      return Response.json(
        await send(createClient, searchParams.get("server") ?? "", Number(searchParams.get("megabytes"))),
      );
    } catch (error) {
      return Response.json({ error: String(error) });
    }
  },
};

export default worker;
