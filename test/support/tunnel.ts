import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface Tunnel {
  readonly url: string;
  /** Breaks every connection that is open now; new ones are let through. */
  cut(): void;
  /** While true every connection is broken, and none is let through. */
  down: boolean;
  /** While true nothing passes, and every connection stays: the server answers nothing. */
  held: boolean;
  /** Milliseconds that each piece waits on its way, in both directions. */
  delayMs: number;
  close(): Promise<void>;
}

/** A TCP connection to a server of this machine that can be cut, held and delayed like a real one. */
export async function startTunnel(port: number): Promise<Tunnel> {
  const open = new Set<Socket>();
  const state = { down: false, held: false, delayMs: 0 };
  const server = createServer((near) => {
    if (state.down) {
      near.destroy();
      return;
    }
    const far = connect(port, '127.0.0.1');
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(socket);
      pass(socket, other, state);
      if (state.held) queueMicrotask(() => socket.pause());
      socket.on('error', () => undefined);
      socket.on('close', () => {
        open.delete(socket);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = () => {
    for (const socket of open) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut,
    get down() {
      return state.down;
    },
    set down(value) {
      state.down = value;
      if (value) cut();
    },
    get held() {
      return state.held;
    },
    set held(value) {
      state.held = value;
      for (const socket of open) value ? socket.pause() : socket.resume();
    },
    get delayMs() {
      return state.delayMs;
    },
    set delayMs(value) {
      state.delayMs = value;
    },
    close() {
      cut();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** Passes what comes from one socket to the other, in order, each piece after the delay that holds when it comes. */
function pass(from: Socket, to: Socket, state: { readonly delayMs: number; readonly held: boolean }): void {
  const waiting: Buffer[] = [];
  let due = 0;
  const write = (chunk: Buffer) => {
    if (to.destroyed || to.write(chunk)) return;
    from.pause();
    to.once('drain', () => {
      if (!state.held) from.resume();
    });
  };
  from.on('data', (chunk: Buffer) => {
    const now = performance.now();
    due = Math.max(due, now + state.delayMs);
    if (due <= now) {
      write(chunk);
      return;
    }
    waiting.push(chunk);
    // Whichever timer fires first writes what came first.
    setTimeout(() => write(waiting.shift() as Buffer), due - now);
  });
  from.on('end', () => setTimeout(() => to.end(), Math.max(0, due - performance.now())));
}
