/** The part of Bun's own types that the example needs; `npm install --save-dev @types/bun` brings them all. */
declare const Bun: {
  serve(options: {
    hostname?: string;
    port?: number | string;
    idleTimeout?: number;
    fetch(request: Request): Response | Promise<Response>;
  }): { readonly url: URL };
};
