/** What the relay says itself, in the shape of the API's own errors. */
export interface RelayError {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** An answer of the relay's own that ends the handling of a request. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly error: RelayError;

  constructor(status: number, code: string, message: string, headers?: Record<string, string>) {
    super(message);
    this.error = { status, code, message, headers };
  }
}

/** The error as a JSON answer. */
export function refusalResponse(error: RelayError): Response {
  const body = JSON.stringify({ error: apiShape(error) });
  return new Response(body, {
    status: error.status,
    headers: { ...error.headers, "content-type": "application/json" },
  });
}

/** How a stream that has begun can end badly here. */
export type FailedEnding = "truncated" | "stalled" | "provider_error";

/** The error as an event, for a client to whom a 200 has already gone out. */
export function errorEvent(error: object, ending: FailedEnding): Uint8Array {
  const data = JSON.stringify({ error: { message: "", type: null, param: null, code: null, ...error, ending } });
  return new TextEncoder().encode(`event: error\ndata: ${data}\n\n`);
}

/** The fields that the API gives its own errors. */
export function apiShape({ status, code, message }: RelayError): Record<string, unknown> {
  return { message, type: errorType(status), param: null, code };
}

function errorType(status: number): string {
  if (status === 401) return "authentication_error";
  return status < 500 ? "invalid_request_error" : "api_error";
}
