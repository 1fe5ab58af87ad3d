/** How `fetch` takes a stream here. */
export interface Streamable {
  /** Whether it can send one at all. */
  readonly sends: boolean;
  /** What it must be told, besides `body`. */
  readonly init: RequestInit & { duplex: "half" };
}

/**
 * Finds out how `fetch` takes a stream. Where a Request does not know streams it takes one for text, and says so in its type.
 *
 * Deno, Bun and workerd send streams without ever looking at `duplex`, so that it is not read says nothing. Where it is (Node, Chromium)
 * a redirect has to be an error: so that it could hand one out, Node's fetch keeps a copy of all that it sends.
 */
export function streamable(): Streamable {
  let known = false;
  const probe = {
    method: "POST",
    body: new ReadableStream(),
    get duplex(): "half" {
      known = true;
      return "half";
    },
  };
  const init: Streamable["init"] = { duplex: "half" };
  try {
    const sends = !new Request("http://localhost/", probe).headers.has("content-type");
    return { sends, init: known ? { ...init, redirect: "error" } : init };
  } catch {
    return { sends: false, init };
  }
}
