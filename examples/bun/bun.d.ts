/** The part of Bun's types that the examples need. `npm install --save-dev @types/bun` installs all of them. */
declare const Bun: {
  serve(options: {
    hostname?: string;
    port?: number | string;
    idleTimeout?: number;
    development?: boolean;
    routes?: Record<string, string | ((request: Request) => Response | Promise<Response>)>;
    fetch(request: Request): Response | Promise<Response>;
  }): { readonly url: URL };
};

declare module "*.html" {
  const page: string;
  export default page;
}
