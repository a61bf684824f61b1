// What a new user does, from a fresh clone: npm start, add a text, ask, watch the answer stream in, stop, start again.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const folder = process.argv[2];
const port = await freePort();
const url = `http://127.0.0.1:${port}`;
/** Process groups that are alive; none of them outlives this script. */
const groups = new Set();
process.on('exit', () => groups.forEach(kill));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1));

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return String(port);
}
function kill(group) {
  try {
    process.kill(-group, 'SIGKILL');
  } catch {} // it is gone
}
function check(condition, what) {
  if (!condition) throw new Error(`not so: ${what}`);
}

/** Runs `npm start` until it is ready, for at most `within` milliseconds. */
async function start(within) {
  const started = Date.now();
  const child = spawn('npm', ['start'], {
    cwd: folder,
    env: { ...process.env, PORT: port },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  groups.add(child.pid);
  const exit = once(child, 'exit');
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  while (!(output.includes('Parley is ready at') && (await statusOf('/ready')) === 200)) {
    check(child.exitCode === null && child.signalCode === null, `npm start goes on:\n${output}`);
    check(Date.now() - started < within, `ready within ${within} ms:\n${output}`);
    await sleep(50);
  }
  console.log(`ready after ${Date.now() - started} ms`);
  return { output, stop: () => stop(child, exit, () => output) };
}
async function stop(child, exit, output) {
  child.kill('SIGTERM');
  const ended = await Promise.race([exit, sleep(60_000, undefined, { ref: false })]);
  check(ended, `it ends on SIGTERM:\n${output()}`);
  const [code, signal] = ended;
  check(code === 0 || signal === 'SIGTERM', `a clean end, not ${code ?? signal}:\n${output()}`);
  check((await statusOf('/health')) === undefined, 'the server does not outlive npm');
  groups.delete(child.pid);
}
const statusOf = (path) =>
  fetch(url + path).then(
    ({ status }) => status,
    () => undefined,
  );

async function ask(query, variables, accept = 'application/json') {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept },
    body: JSON.stringify({ query, variables }),
  });
  return response.text();
}

const first = await start(600_000);
check(first.output.includes('Installing packages'), `the first start says what it does:\n${first.output}`);
check(
  !/warn|deprecat/i.test(first.output.replaceAll(/npm warn Unknown (user|env|global|builtin) config.*/g, '')),
  `no warning at the start:\n${first.output}`,
);
const added = JSON.parse(
  await ask(
    'mutation { addDocument(input: { title: "Bridge", text: "The old bridge was built in 1932 by Anna Meyer. 老桥建于1932年。" }) { status } }',
  ),
);
check(added.data.addDocument.status === 'INDEXED', 'the text is indexed');
for (const [question, expected] of [
  ['When was the old bridge built?', 'built in 1932'],
  ['老桥建于哪一年？', '老桥建于1932年'],
]) {
  const stream = await ask(
    'subscription($content: String!) { chat(input: { content: $content }) { __typename ... on TextDelta { text } ... on CitationAdded { citation { quote } } ... on GenerationCompleted { message { content } } } }',
    { content: question },
    'text/event-stream',
  );
  check(
    stream.split('TextDelta').length > 3 && stream.includes(expected) && stream.includes('CitationAdded'),
    `an answer to ${question} streams, with a citation:\n${stream}`,
  );
}
await first.stop();
const second = await start(120_000); // for a machine that is slow and busy
check(!second.output.includes('Installing packages'), `the second start installs nothing:\n${second.output}`);
check(
  (await ask('{ conversations { edges { node { title } } } }')).includes('When was the old bridge built?'),
  'what was said is still there',
);
await second.stop();
console.log('all of it');
