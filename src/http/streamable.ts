/** The platform's support for request bodies that are streams. */
export interface Streamable {
  /** `true` if `fetch` can send a stream. */
  readonly sends: boolean;
  /** Fields that `fetch` needs besides `body`. */
  readonly init: RequestInit & { duplex: "half" };
}

/**
 * Detects if `fetch` can send a stream. A Request that does not support streams turns one into text and sets a content type.
 *
 * Deno, Bun and workerd never read `duplex`, so an unread getter proves nothing there. Platforms that read it (Node, Chromium) must treat a
 * redirect as an error: to be able to hand one out, Node's fetch keeps a copy of everything that it sends.
 */
export function streamable(): Streamable {
  let readsDuplex = false;
  const probe = {
    method: "POST",
    body: new ReadableStream(),
    get duplex(): "half" {
      readsDuplex = true;
      return "half";
    },
  };
  const init: Streamable["init"] = { duplex: "half" };
  try {
    const sends = !new Request("http://localhost/", probe).headers.has("content-type");
    return { sends, init: readsDuplex ? { ...init, redirect: "error" } : init };
  } catch {
    return { sends: false, init };
  }
}
