import type { IncomingMessage } from 'node:http';
import proxyAddress from '@fastify/proxy-addr';

/**
 * Makes a function that returns the client's address: the last address of X-Forwarded-For that is no trusted proxy, if the connection
 * comes from one, else the connection's own. So a client that reaches the port directly cannot choose its address.
 */
export function clientAddress(trustedProxies: readonly string[]): (request: IncomingMessage) => string {
  const trusts = proxyAddress.compile([...trustedProxies]);
  return (request) => proxyAddress(request, trusts);
}

/** Whether the connection comes from a trusted proxy. */
export function fromProxy(trustedProxies: readonly string[]): (request: IncomingMessage) => boolean {
  const trusts = proxyAddress.compile([...trustedProxies]);
  return ({ socket: { remoteAddress } }) => remoteAddress !== undefined && trusts(remoteAddress, 0);
}
