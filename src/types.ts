// The types of the chat API's wire, and of what this package makes of it.
export type * from "./types/answers.ts";
export type * from "./types/messages.ts";
export type * from "./types/params.ts";
