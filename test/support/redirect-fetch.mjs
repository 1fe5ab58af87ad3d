// Put before a snippet: what it asks of api.openai.com goes to the server.
/** @param {string} server */
export function redirectFetch(server) {
  const real = globalThis.fetch;
  const redirected = (url) => String(url).replace("https://api.openai.com", server);
  globalThis.fetch = (input, init) =>
    typeof input === "string" || input instanceof URL
      ? real(redirected(input), init)
      : real(new Request(redirected(input.url), input), init);
}

/** Servers of Node and Bun listen on a free port of loopback, and print it. Deno has DENO_SERVE_ADDRESS. */
export async function freePort() {
  const { Bun, Deno, process } = globalThis;
  if (Bun) {
    const serve = Bun.serve;
    Bun.serve = (options) => {
      const server = serve({ ...options, port: 0, hostname: "127.0.0.1" });
      console.error(`http://127.0.0.1:${server.port}/`);
      return server;
    };
  } else if (process && !Deno) {
    const { Server } = await import("node:net");
    const { listen } = Server.prototype;
    Server.prototype.listen = function (...args) {
      this.once("listening", () => console.error(`http://127.0.0.1:${this.address().port}/`));
      const callback = args.find((arg) => typeof arg === "function");
      return listen.call(this, 0, "127.0.0.1", callback);
    };
  }
}

/** Serves a module's default export that has `fetch`, as `bun` and `deno serve` do. */
export function serveDefault({ default: served }) {
  if (typeof served?.fetch !== "function") return;
  if (globalThis.Bun) globalThis.Bun.serve(served);
  else if (globalThis.Deno) globalThis.Deno.serve(served.fetch);
}
