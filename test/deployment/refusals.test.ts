/** What nginx does with requests that a server refuses before it has done anything, and with those that it may have done. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import { type Nginx, startNginx } from '../support/nginx.ts';
import { hasProgram } from '../support/programs.ts';
import { describeWith } from '../support/services.ts';

const BODY = JSON.stringify({ query: 'mutation { sendMessage }', variables: { text: '词😀'.repeat(2_000) } });
const REFUSAL = JSON.stringify({ errors: [{ message: 'Not here', extensions: { code: 'STORE_UNAVAILABLE' } }] });
const DEAD = 'http://127.0.0.1:1';

type Conduct = (request: IncomingMessage, response: ServerResponse) => void;
interface Standing {
  readonly url: string;
  /** The bodies that came whole. */
  readonly bodies: string[];
  asked: number;
}

const answers: Conduct = (_request, response) => response.end('{"data":{}}');
const refuses: Conduct = (_request, response) =>
  response.writeHead(503, { 'content-type': 'application/json', 'retry-after': '1' }).end(REFUSAL);
/** Does it, perhaps, and dies before it says so. */
const dies: Conduct = (_request, response) => response.destroy();

describeWith('nginx and what servers refuse (nginx)', hasProgram('nginx'), 'apt-get install nginx', () => {
  const servers: Server[] = [];
  let nginx: Nginx | undefined;
  afterEach(async () => {
    await nginx?.stop();
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });

  async function serverThat(conduct: Conduct): Promise<Standing> {
    const bodies: string[] = [];
    const standing = { bodies, asked: 0, url: '' };
    const server = createServer(async (request, response) => {
      standing.asked += 1;
      if (conduct !== refuses) bodies.push(await text(request));
      conduct(request, response);
    });
    server.on('upgrade', (_request, socket) => {
      standing.asked += 1;
      socket.end(
        conduct === answers
          ? 'HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n\r\n'
          : 'HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n',
      );
    });
    servers.push(server.listen(0, '127.0.0.1'));
    await once(server, 'listening');
    return Object.assign(standing, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  }
  const before = async (urls: readonly string[]) => {
    nginx = await startNginx(urls);
    return nginx.url;
  };
  const post = (url: string, body: BodyInit = BODY, headers: Readonly<Record<string, string>> = {}) =>
    fetch(`${url}/graphql`, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });

  test('a mutation that servers refuse is done by the one that does not, once, with its whole body', async () => {
    const [well, ...others] = [await serverThat(answers), await serverThat(refuses), await serverThat(refuses)];
    const url = await before([...others, well].map((server) => server.url));
    for (let count = 0; count < 30; count += 1) expect((await post(url)).status).toBe(200);
    expect(well.bodies).toEqual(Array.from({ length: 30 }, () => BODY));
    expect(others.every(({ asked }) => asked > 0)).toBe(true);
  });

  test('so also after every server has failed, while one is dead', async () => {
    let isDown = true;
    const lost = await serverThat((request, response) => (isDown ? dies : refuses)(request, response));
    const well = await serverThat((request, response) => (isDown ? dies : answers)(request, response));
    const url = await before([DEAD, lost.url, well.url]);
    for (let count = 0; count < 12; count += 1) await (await post(url)).text();
    isDown = false; // nginx remembers three failures of each
    const statuses: number[] = [];
    for (let count = 0; count < 60; count += 1) statuses.push((await post(url)).status);
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(lost.asked).toBeGreaterThan(0);
  });

  test('where all refuse, the client gets what the last one says', async () => {
    const all = [await serverThat(refuses), await serverThat(refuses), await serverThat(refuses)];
    const url = await before(all.map((server) => server.url));
    for (let count = 0; count < 5; count += 1) {
      const answer = await post(url);
      expect([answer.status, answer.headers.get('retry-after'), await answer.text()]).toEqual([503, '1', REFUSAL]);
    }
  });

  test('a mutation that was sent and got no answer is not sent again', async () => {
    const all = [await serverThat(dies), await serverThat(dies), await serverThat(dies)];
    const url = await before(all.map((server) => server.url));
    const answer = await post(url);
    expect([answer.status, (await answer.json()).errors[0].extensions.code]).toEqual([503, 'OVERLOADED']);
    expect(all.reduce((sum, { asked }) => sum + asked, 0)).toBe(1);
  });

  test('nor is one that another server has refused before', async () => {
    const [lost, ...others] = [await serverThat(refuses), await serverThat(dies), await serverThat(dies)];
    const url = await before([lost, ...others].map((server) => server.url));
    let sent = 0;
    for (let count = 0; count < 12; count += 1) {
      const asked = others.reduce((sum, server) => sum + server.asked, 0);
      await (await post(url)).text();
      sent = Math.max(sent, others.reduce((sum, server) => sum + server.asked, 0) - asked);
    }
    expect(sent).toBe(1);
  });

  test('a large request, and one of unknown length, are not held: the refusal is passed on', async () => {
    const [well, lost] = [await serverThat(answers), await serverThat(refuses)];
    const url = await before([lost.url]);
    for (const body of ['a'.repeat(30_000), new Blob(['a']).stream()]) {
      const answer = await fetch(`${url}/graphql`, { method: 'POST', body, duplex: 'half' } as RequestInit);
      expect([answer.status, await answer.text()]).toEqual([503, REFUSAL]);
    }
    expect([lost.asked, well.asked]).toEqual([2, 0]);
  });

  test('a WebSocket that one server refuses opens at another', async () => {
    const [lost, well] = [await serverThat(refuses), await serverThat(answers)];
    const url = await before([lost.url, well.url]);
    for (let count = 0; count < 10; count += 1) {
      const opened = await new Promise<boolean>((resolve) => {
        const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`);
        socket.onerror = () => resolve(false);
        socket.onclose = () => resolve(false);
      });
      expect(opened).toBe(false); // neither server speaks the protocol: what counts is who was asked last
    }
    expect(well.asked).toBe(10);
  });
});
