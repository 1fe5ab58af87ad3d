// Put before a snippet: what it asks of api.openai.com goes to the server at FETCHAT_TEST_SERVER.
/** @param {string} server */
export function redirectFetch(server) {
  const real = globalThis.fetch;
  const redirected = (url) => String(url).replace("https://api.openai.com", server);
  globalThis.fetch = (input, init) =>
    typeof input === "string" || input instanceof URL
      ? real(redirected(input), init)
      : real(new Request(redirected(input.url), input), init);
}
