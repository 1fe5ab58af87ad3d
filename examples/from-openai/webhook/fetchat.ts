import { errorResponse } from "fetchat";
import { verifyWebhook } from "fetchat/webhooks";

export default {
  async fetch(request: Request): Promise<Response> {
    try {
      const { event } = await verifyWebhook(request, process.env.OPENAI_WEBHOOK_SECRET);
      if (event.type === "response.completed") console.log(event.data.id);
      return new Response(null, { status: 204 });
    } catch (error) {
      return errorResponse(error);
    }
  },
};
