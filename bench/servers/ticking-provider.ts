import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { serveCommands } from '../support/measure.ts';
import { ticker } from '../support/ticker.ts';

/** A provider that speaks OpenAI's chat completions: every call that has joined by the start gets its tokens at the rate. */
const options = JSON.parse(process.argv[2] ?? '{}') as { streams: number; rate: number; seconds: number };
const tokens = ticker(options);
let joined = 0;

const chunk = (delta: object, more: object = {}) =>
  `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'bench', choices: [{ index: 0, delta, finish_reason: null, ...more }] })}\n\n`;
const USAGE = `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'bench', choices: [], usage: { prompt_tokens: 10, completion_tokens: 5 } })}\n\n`;

const server = createServer(async (request, response) => {
  request.resume();
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(chunk({ role: 'assistant', content: '' }));
  joined += 1;
  for await (const content of tokens.join()) response.write(chunk({ content }));
  response.end(`${chunk({}, { finish_reason: 'stop' })}${USAGE}data: [DONE]\n\n`);
});
server.listen(0, '127.0.0.1', () =>
  serveCommands(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, {
    /** Answers when every stream waits for its first token. */
    async joined() {
      while (joined < options.streams) await sleep(20);
      await sleep(500);
      return { joined };
    },
    start: () => tokens.start(),
  }),
);
