/** An error of the relay itself, in the shape of the API's errors. */
export interface RelayError {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** A refusal by the relay, which ends the handling of a request. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly error: RelayError;

  constructor(status: number, code: string, message: string, headers?: Record<string, string>) {
    super(message);
    this.error = { status, code, message, headers };
  }
}

/** Returns the error as a JSON response. */
export function refusalResponse(error: RelayError): Response {
  const body = JSON.stringify({ error: apiShape(error) });
  return new Response(body, {
    status: error.status,
    headers: { ...error.headers, "content-type": "application/json" },
  });
}

/** The endings of a stream that fails after it began. */
export type FailedEnding = "truncated" | "stalled" | "provider_error";

/** Returns the error as an event, for a client that has already received a 200. */
export function errorEvent(error: object, ending: FailedEnding): Uint8Array {
  const data = JSON.stringify({ error: { message: "", type: null, param: null, code: null, ...error, ending } });
  return new TextEncoder().encode(`event: error\ndata: ${data}\n\n`);
}

/** Returns the fields of an error object of the API. */
export function apiShape({ status, code, message }: RelayError): Record<string, unknown> {
  return { message, type: errorType(status), param: null, code };
}

function errorType(status: number): string {
  if (status === 401) return "authentication_error";
  return status < 500 ? "invalid_request_error" : "api_error";
}
