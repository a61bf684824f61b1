// What a new user does, from a fresh clone: npm start, add a text, ask, watch the answer stream in, stop, start again.
import { spawn } from 'node:child_process';

const folder = process.argv[2];
const PORT = String(20_000 + Math.floor(Math.random() * 8_000));
const url = `http://127.0.0.1:${PORT}`;

async function start(within) {
  const started = Date.now();
  const child = spawn('npm', ['start'], {
    cwd: folder,
    env: { ...process.env, PORT },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  let over = false;
  const ended = new Promise((resolve) =>
    child.once('exit', (code, signal) => {
      over = true;
      resolve({ code, signal });
    }),
  );
  for (;;) {
    if (output.includes('Parley is ready at') && (await fetch(`${url}/ready`).catch(() => undefined))?.status === 200)
      break;
    if (over || Date.now() - started > within) {
      if (!over) process.kill(-child.pid, 'SIGKILL');
      throw new Error(`not ready after ${within} ms:\n${output}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  console.log(`ready after ${Date.now() - started} ms`);
  const stop = async () => {
    child.kill('SIGTERM');
    const late = setTimeout(() => process.kill(-child.pid, 'SIGKILL'), 20_000);
    const { code, signal } = await ended;
    clearTimeout(late);
    if (code !== 0 && signal !== 'SIGTERM') throw new Error(`ended with ${code ?? signal}:\n${output}`);
    const alive = await fetch(`${url}/health`).then(
      () => true,
      () => false,
    );
    if (alive) throw new Error('the server outlived npm');
  };
  return { stop, output: () => output };
}

async function ask(query, variables, accept = 'application/json') {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept },
    body: JSON.stringify({ query, variables }),
  });
  return response.text();
}
function check(condition, what) {
  if (!condition) throw new Error(`not so: ${what}`);
}

const first = await start(300_000);
const quiet = first.output();
check(
  !/warn|deprecat/i.test(quiet.replaceAll(/npm warn Unknown (user|env|global|builtin) config.*/g, '')),
  `no warning at the start:\n${quiet}`,
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
const second = await start(20_000);
check(
  (await ask('{ conversations { edges { node { title } } } }')).includes('When was the old bridge built?'),
  'what was said is still there',
);
await second.stop();
console.log('all of it');
