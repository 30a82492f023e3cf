/** An error that a client is told of: a code of AWS's, a message, and the HTTP status it travels with. Rendered by the endpoint. */
export class ServiceError extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.name = 'ServiceError';
    this.code = code;
    this.status = status;
  }
}

/** The request is not valid, or asks for what this deployment can't honour. */
export const validation = (message: string) => new ServiceError('ValidationException', message);
