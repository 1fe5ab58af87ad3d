/** Reads the text that an event brings, with no safety at all: for the floors. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a floor checks nothing
export type TextOf = (event: any) => string | undefined;

export const CONTENT: TextOf = (event) => event.choices[0]?.delta?.content;
export const ARGUMENTS: TextOf = (event) => event.choices[0]?.delta?.tool_calls?.[0]?.function?.arguments;
export const OUTPUT: TextOf = (event) => (event.type === "response.output_text.delta" ? event.delta : "");
