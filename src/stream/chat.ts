import type { Exchange } from "../http/connection.ts";
import { ApiStream } from "./apiStream.ts";
import type { StreamOptions } from "./apiStream.ts";
import type { ChatChunk, ChatCompletion } from "../wire/index.ts";
import { ChatDecoder } from "../decode/chat.ts";
import type { ChatDecoderOptions } from "../decode/chat.ts";

/** A streamed chat completion: loop over its {@link ChatChunk}s, wait for `final()`, or pass it on with `toResponse()`. */
export class ChatStream extends ApiStream<ChatChunk, ChatCompletion> {
  /** Made by `streamChat()`. @param read how the answer is read */
  constructor(exchange: Exchange, read: ChatDecoderOptions, options: StreamOptions) {
    super(exchange, new ChatDecoder(options.connection.settings.limits.answer, read), options);
  }
}
