import { connect, type Socket } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { serveCommands } from '../support/measure.ts';
import { delayOf, TOKEN_LENGTH } from '../support/ticker.ts';

/**
 * Clients of many streams over WebSocket in one process, light enough to read more than a server can send: raw sockets, frames are not
 * parsed, and the text is cut out where it stands. Timed streams are read as their bytes come. The others are read in turn, each
 * twice a second: what comes meanwhile waits in the kernel.
 */
interface Opening {
  readonly url: string;
  readonly query: string;
  readonly ids: readonly string[];
  /** One stream of so many is timed: its tokens from one place to another. */
  readonly timed: number;
  readonly from: number;
  readonly to: number;
}

const READ_EVERY = 500;
const TURNS = 25;
/** Milliseconds between pongs: a server that pings takes a silent client for a dead one. */
const PONG = 20_000;
const TEXT = '"text":"';

class Reader {
  readonly delays: number[] | null;
  readonly ended: Promise<void>;
  tokens = 0;
  messages = 0;
  #socket: Socket | undefined;
  #rest = '';
  #last = '';
  #end = () => {};
  readonly #from: number;
  readonly #to: number;

  constructor(isTimed: boolean, { from, to }: Opening) {
    this.delays = isTimed ? [] : null;
    this.#from = from;
    this.#to = to;
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  open({ url, query }: Opening, id: string): Promise<void> {
    const { hostname, port } = new URL(url);
    return new Promise((resolve, reject) => {
      let opening: string | null = '';
      const hear = (text: string) => {
        const before = opening ?? '';
        opening = before + text;
        if (!before.includes('\r\n\r\n') && opening.includes('\r\n\r\n'))
          socket.write(frame('{"type":"connection_init"}'));
        if (!opening.includes('"connection_ack"')) return;
        opening = null;
        socket.write(frame(JSON.stringify({ id: '1', type: 'subscribe', payload: { query, variables: { id } } })));
        resolve();
      };
      const callback = (length: number, bytes: Uint8Array) => {
        const text = Buffer.from(bytes.buffer, bytes.byteOffset, length).toString('latin1');
        if (opening !== null) hear(text);
        else this.#read(text);
        return opening !== null || this.delays !== null; // false: read no more until it is resumed
      };
      const socket = connect({
        host: hostname,
        port: Number(port),
        noDelay: true,
        onread: { buffer: BUFFER, callback },
      });
      this.#socket = socket;
      socket.on('error', reject).on('close', this.#end);
      socket.write(
        `GET /graphql HTTP/1.1\r\nhost: ${hostname}\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-key: ${KEY}\r\nsec-websocket-version: 13\r\nsec-websocket-protocol: graphql-transport-ws\r\n\r\n`,
      );
    });
  }

  resume(): void {
    this.#socket?.resume();
  }

  pong(): void {
    this.#socket?.write(PONG_FRAME);
  }

  leave(): void {
    this.#socket?.destroy();
  }

  #read(text: string): void {
    const data = this.#rest + text;
    let place = 0;
    for (;;) {
      const start = data.indexOf(TEXT, place);
      const end = start < 0 ? -1 : data.indexOf('"', start + TEXT.length);
      if (end < 0) {
        this.#rest = start < 0 ? data.slice(Math.max(place, data.length - TEXT.length)) : data.slice(start);
        break;
      }
      this.#take(data.slice(start + TEXT.length, end));
      place = end;
    }
    if (data.includes('"complete"', place)) this.#end();
  }

  /** Tokens tell when they were due, and so their order. */
  #take(text: string): void {
    this.messages += 1;
    for (let place = 0; place < text.length; place += TOKEN_LENGTH) {
      const token = text.slice(place, place + TOKEN_LENGTH);
      if (token <= this.#last) throw new Error(`token ${token} came after ${this.#last}`);
      this.#last = token;
      this.tokens += 1;
      if (this.tokens > this.#from && this.tokens <= this.#to) this.delays?.push(delayOf(token));
    }
  }
}

/** Of all sockets: what is read is used at once. */
const BUFFER = Buffer.allocUnsafe(65_536);
const KEY = Buffer.alloc(16).toString('base64');
/** A frame as clients send it, masked with zeros: https://www.rfc-editor.org/rfc/rfc6455#section-5.2 */
function frame(text: string): Buffer {
  const payload = Buffer.from(text);
  const length =
    payload.length < 126 ? [0x80 | payload.length] : [0x80 | 126, payload.length >> 8, payload.length & 255];
  return Buffer.concat([Buffer.from([0x81, ...length, 0, 0, 0, 0]), payload]);
}
const PONG_FRAME = Buffer.from([0x8a, 0x80, 0, 0, 0, 0]);

let readers: Reader[] = [];
const sum = (figure: 'tokens' | 'messages') => readers.reduce((total, reader) => total + reader[figure], 0);
const lag = monitorEventLoopDelay({ resolution: 5 });
serveCommands('', {
  async open(opening: Opening) {
    readers = opening.ids.map((_id, index) => new Reader(index % opening.timed === 0, opening));
    const batch = 100;
    for (let start = 0; start < readers.length; start += batch)
      await Promise.all(
        readers
          .slice(start, start + batch)
          .map((reader, index) => reader.open(opening, opening.ids[start + index] ?? '')),
      );
    let turn = 0;
    setInterval(() => {
      for (let index = turn; index < readers.length; index += TURNS) readers[index]?.resume();
      turn = (turn + 1) % TURNS;
    }, READ_EVERY / TURNS);
    setInterval(() => {
      for (const reader of readers) reader.pong();
    }, PONG);
    lag.enable();
  },
  /** Tokens and messages that have been sent so far: what waits in the kernel is read first. */
  async count() {
    for (const reader of readers) reader.resume();
    await sleep(200);
    return { tokens: sum('tokens'), messages: sum('messages') };
  },
  async ended() {
    await Promise.all(readers.map(({ ended }) => ended));
    for (const reader of readers) reader.leave();
    return {
      tokens: sum('tokens'),
      delays: readers.flatMap(({ delays }) => delays ?? []),
      /** 99th percentile of how late this process was itself, in milliseconds. */
      late: lag.percentile(99) / 1e6,
    };
  },
});
