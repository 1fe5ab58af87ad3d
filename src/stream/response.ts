import type { Exchange } from "../http/connection.ts";
import { ApiStream } from "./apiStream.ts";
import type { StreamOptions } from "./apiStream.ts";
import type { HeldResponse, ResponseChunk } from "../wire/responseEvents.ts";
import type { ResponseObject } from "../wire/responses.ts";
import { ResponseDecoder } from "../decode/response.ts";

/** A streamed response: loop over its {@link ResponseChunk}s, wait for `final()`, or pass it on with `toResponse()`. */
export class ResponseStream extends ApiStream<ResponseChunk, ResponseObject> {
  /** Made by `streamResponse()`. @param decoder has read the beginning of the response, if an earlier connection brought it */
  constructor(
    exchange: Exchange,
    options: StreamOptions,
    decoder: ResponseDecoder = new ResponseDecoder(options.connection.settings.limits.answer),
  ) {
    super(exchange, decoder, options);
  }

  /** What has arrived so far; can be read at any time, also after a failure. */
  override get partial(): HeldResponse {
    return super.partial as HeldResponse;
  }
}
