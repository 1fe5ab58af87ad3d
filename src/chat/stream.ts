import type { Exchange } from "../http/transport.ts";
import { ApiStream } from "../sse/apiStream.ts";
import type { StreamOptions } from "../sse/apiStream.ts";
import type { ChatChunk, ChatCompletion } from "../types.ts";
import { ChatFold } from "./fold.ts";
import type { ChatFoldOptions } from "./fold.ts";

/** A streamed chat completion: loop over its {@link ChatChunk}s, wait for `final()`, or pass it on with `toResponse()`. */
export class ChatStream extends ApiStream<ChatChunk, ChatCompletion> {
  /** Made by `streamChat()`. @param read how the answer is read */
  constructor(exchange: Exchange, read: ChatFoldOptions, options: StreamOptions) {
    super(exchange, new ChatFold(options.transport.limits.answer, read), options);
  }
}
