import OpenAI from "openai";

const client = new OpenAI(); // and OPENAI_WEBHOOK_SECRET

export default {
  async fetch(request: Request): Promise<Response> {
    try {
      const event = await client.webhooks.unwrap(await request.text(), request.headers);
      if (event.type === "response.completed") console.log(event.data.id);
      return new Response(null, { status: 204 });
    } catch (error) {
      if (!(error instanceof OpenAI.InvalidWebhookSignatureError)) throw error;
      return new Response("Invalid signature", { status: 400 });
    }
  },
};
