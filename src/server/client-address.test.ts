import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { clientAddress } from './client-address.ts';

function requestFrom(address: string, forwarded?: string): IncomingMessage {
  const request = new IncomingMessage(Object.defineProperty(new Socket(), 'remoteAddress', { value: address }));
  if (forwarded !== undefined) request.headers['x-forwarded-for'] = forwarded;
  return request;
}

test.each([
  { trusted: [], from: '203.0.113.7', forwarded: '198.51.100.1', client: '203.0.113.7' },
  { trusted: ['10.0.0.0/8'], from: '203.0.113.7', forwarded: '198.51.100.1', client: '203.0.113.7' },
  { trusted: ['10.0.0.0/8'], from: '10.1.2.3', forwarded: '198.51.100.1', client: '198.51.100.1' },
  { trusted: ['10.0.0.0/8'], from: '::ffff:10.1.2.3', forwarded: '198.51.100.1', client: '198.51.100.1' },
  { trusted: ['10.0.0.0/8'], from: '10.1.2.3', forwarded: 'forged, 198.51.100.1, 10.9.9.9', client: '198.51.100.1' },
  { trusted: ['loopback', 'fd00::/8'], from: 'fd00::1', forwarded: '2001:db8::5', client: '2001:db8::5' },
  { trusted: ['10.0.0.0/8'], from: '10.1.2.3', forwarded: undefined, client: '10.1.2.3' },
])(
  'with trusted proxies $trusted a connection from $from for $forwarded is of $client',
  ({ trusted, from, forwarded, client }) => {
    expect(clientAddress(trusted)(requestFrom(from, forwarded))).toBe(client);
  },
);
