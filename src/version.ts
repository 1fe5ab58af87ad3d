/** The version of this package, equal to the one in package.json and deno.json. */
export const VERSION: string = "0.1.0";
