import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface Tunnel {
  readonly url: string;
  /** Breaks every connection that is open now; new ones are let through. */
  cut(): void;
  /** While true every connection is broken, and none is let through. */
  down: boolean;
  /** While true nothing passes, and every connection stays: the server answers nothing. */
  held: boolean;
  close(): Promise<void>;
}

/** A TCP connection to a server of this machine that can be cut like a real one. */
export async function startTunnel(port: number): Promise<Tunnel> {
  const open = new Set<Socket>();
  let down = false;
  let held = false;
  const server = createServer((near) => {
    if (down) {
      near.destroy();
      return;
    }
    const far = connect(port, '127.0.0.1');
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(socket);
      if (held) queueMicrotask(() => socket.pause());
      socket.pipe(other);
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
      return down;
    },
    set down(value) {
      down = value;
      if (down) cut();
    },
    get held() {
      return held;
    },
    set held(value) {
      held = value;
      for (const socket of open) held ? socket.pause() : socket.resume();
    },
    close() {
      cut();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
