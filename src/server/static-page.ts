import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};
const SECURITY = {
  'content-security-policy':
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-cache',
};

/** The first page: / and /assets/NAME, read once. Answers false for a path that is none of its. */
export function staticPage(
  directory: URL,
): (request: IncomingMessage, response: ServerResponse, path: string) => boolean {
  const files = new Map(
    readdirSync(directory).map((name) => {
      const content = readFileSync(new URL(name, directory));
      const etag = `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`;
      return [name === 'index.html' ? '/' : `/assets/${name}`, { content, etag, type: TYPES[extname(name)] }];
    }),
  );
  return (request, response, path) => {
    const file = files.get(path);
    if (!file?.type || (request.method !== 'GET' && request.method !== 'HEAD')) return false;
    const fresh = request.headers['if-none-match'] === file.etag;
    response.writeHead(fresh ? 304 : 200, {
      ...SECURITY,
      etag: file.etag,
      ...(fresh ? {} : { 'content-type': file.type, 'content-length': file.content.length }),
    });
    response.end(fresh || request.method === 'HEAD' ? undefined : file.content);
    return true;
  };
}
