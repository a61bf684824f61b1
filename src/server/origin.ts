import type { IncomingHttpHeaders } from 'node:http';

const LOOPBACK = /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])(:\d+)?$/;

/**
 * Without authentication anybody is let in who gets through to the port: so only pages of this machine may, by the Host
 * header (a foreign name that is bound to loopback) and by Origin (a foreign page that calls loopback).
 */
export function isAllowedOrigin({ host = '', origin }: IncomingHttpHeaders): boolean {
  if (!LOOPBACK.test(host)) return false;
  return origin === undefined || origin === `http://${host}` || origin === `https://${host}`;
}
