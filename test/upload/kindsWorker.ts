/** Uploads what a Worker has for files: an object of a bucket, a file of a form, the body of a request. */
import { createClient } from "../../src/adapters/cloudflare.ts";
import { uploadFile } from "../../src/media/index.ts";

/** The parts of a bucket that the Worker uses. */
interface Bucket {
  put(key: string, value: Uint8Array, options: object): Promise<unknown>;
  get(key: string): Promise<{ readonly key: string; readonly body: ReadableStream<Uint8Array> } | null>;
}

interface Env {
  readonly FILES: Bucket;
  readonly OPENAI_API_KEY: string;
  readonly OPENAI_BASE_URL: string;
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const client = createClient({ env });
    const send = async (kind: string, file: unknown, filename?: string): Promise<[string, unknown]> => [
      kind,
      await uploadFile(client, file as Blob, { purpose: "user_data" }, { filename }).catch((error: unknown) => ({
        error: String(error),
      })),
    ];
    if (request.headers.get("content-type") === "audio/mpeg")
      return Response.json([await send("the body of a request", request)]);
    const form = await request.formData();
    const talk = form.get("talk") as File;
    await env.FILES.put("talks/talk.mp3", new Uint8Array(await talk.arrayBuffer()), {
      httpMetadata: { contentType: "audio/mpeg" },
    });
    return Response.json([
      await send("a file of a form", talk),
      await send("an object of a bucket", await env.FILES.get("talks/talk.mp3")),
      await send("a stream of a bucket", (await env.FILES.get("talks/talk.mp3"))?.body, "talk.mp3"),
      await send("no object", await env.FILES.get("none.mp3")),
      await send("a form", form),
    ]);
  },
};
