import { Duplex } from 'node:stream';
import { type Exchange, joined } from './pglite-exchange.ts';

/** The socket for node-postgres: a connection to PGlite's only session, which continues when this ends. */
export class PgliteStream extends Duplex {
  readonly #session: () => Promise<Exchange>;
  #exchange: Exchange | undefined;

  constructor(session: () => Promise<Exchange>) {
    super();
    this.#session = session;
  }

  connect(): void {
    this.#session().then(
      (exchange) => {
        this.#exchange = exchange;
        this.emit('connect');
      },
      (error) => this.destroy(error),
    );
  }

  override _read(): void {
    // Answers come when there were messages, and then at once.
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error) => void): void {
    this.#send([chunk], done);
  }

  /** A statement's messages, which come corked, are one exchange. */
  override _writev(chunks: readonly { readonly chunk: Buffer }[], done: (error?: Error) => void): void {
    this.#send(
      chunks.map(({ chunk }) => chunk),
      done,
    );
  }

  override _final(done: () => void): void {
    this.push(null);
    done();
  }

  #send(chunks: readonly Buffer[], done: (error?: Error) => void): void {
    this.#exchange?.(joined(chunks)).then((answer) => {
      if (answer.length > 0) this.push(answer);
      done();
    }, done);
  }

  // Further methods that node-postgres calls on a socket.
  setNoDelay(): void {}
  ref(): void {}
  unref(): void {}
}
