import { fieldsOf, numberOf, objectOf } from "../../wire/read.ts";
import { findBodyFault } from "../bodyRules.ts";
import { jsonDraft } from "../drafts.ts";
import { makeHexId } from "../ids.ts";
import { secondsOf } from "../objects.ts";
import type { Route } from "../route.ts";
import { CLIENT_SECRET_FIELDS } from "../storedFields.ts";

/** `POST /realtime/client_secrets`. */
export const createClientSecret: Route = {
  method: "POST",
  path: "/realtime/client_secrets",
  check: (request, settings) => findBodyFault(request, settings, { fields: CLIENT_SECRET_FIELDS }),
  answer: (call) => {
    const { body, number } = call.request;
    const given = fieldsOf(objectOf(body, "session")) ?? { type: "realtime" };
    const isRealtime = given["type"] === "realtime";
    const defaults = isRealtime ? { model: "gpt-realtime", output_modalities: ["audio"], instructions: "" } : {};
    return jsonDraft({
      value: makeHexId("ek_", 32, number),
      expires_at: secondsOf(call) + (numberOf(objectOf(body, "expires_after"), "seconds") ?? 600),
      session: {
        object: isRealtime ? "realtime.session" : "realtime.transcription_session",
        id: makeHexId("sess_", 32, number),
        expires_at: 0,
        ...defaults,
        ...given,
      },
    });
  },
};
