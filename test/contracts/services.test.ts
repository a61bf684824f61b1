import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EtcdDirectory } from '../../src/adapters/etcd/directory.ts';
import { EtcdRegistration } from '../../src/adapters/etcd/registration.ts';
import { hasEtcd, type OwnEtcd, startEtcd } from '../support/etcd.ts';
import { describeWith } from '../support/services.ts';

const SOON = { interval: 20 };
const CALLED = ['a', 'b', 'sleeper', 'far', 'close', 'closed', 'late'];

for (const authentication of [false, true])
  describeWith(
    `services in an etcd ${authentication ? 'with' : 'without'} authentication`,
    hasEtcd,
    'set ETCD_URL: scripts/services/services up etcd',
    () => {
      let etcd: OwnEtcd;
      let url: string;
      const stops: (() => Promise<void>)[] = [];

      beforeAll(async () => {
        etcd = await startEtcd(authentication ? ['--auth-token-ttl', '1'] : []);
        url = etcd.url;
        if (!authentication) return;
        await etcd.ask('auth/user/add', { name: 'root', password: 'p@ss' });
        await etcd.ask('auth/role/add', { name: 'root' });
        await etcd.ask('auth/user/grant', { user: 'root', role: 'root' });
        await etcd.ask('auth/enable', {});
        url = etcd.url.replace('http://', 'http://root:p%40ss@');
      });
      afterAll(async () => {
        for (const stop of stops) await stop();
        await etcd.stop();
      });

      async function directory(address = url, loopbackOnly = true): Promise<EtcdDirectory> {
        const opened = new EtcdDirectory({ url: address, services: CALLED, loopbackOnly });
        await opened.start();
        stops.push(() => opened.stop());
        return opened;
      }
      function register(service: string, address: string): EtcdRegistration {
        const registration = new EtcdRegistration({ url, service, address });
        registration.start();
        stops.push(() => registration.stop());
        return registration;
      }

      test('those that were there before are known at the start, others as they come and go', async () => {
        const first = register('a', 'http://127.0.0.1:1');
        await expect.poll(() => first.registered, SOON).toBe(true);
        const known = await directory();
        expect(known.addresses('a')).toEqual(['http://127.0.0.1:1']);
        const second = register('a', 'http://127.0.0.1:2');
        register('b', 'http://127.0.0.1:3');
        await expect.poll(() => [known.addresses('a').length, known.addresses('b').length], SOON).toEqual([2, 1]);
        await first.stop();
        await expect.poll(() => known.addresses('a'), SOON).toEqual(['http://127.0.0.1:2']);
        await second.stop();
        await expect.poll(() => known.addresses('a'), SOON).toEqual([]);
        expect(known.addresses('b')).toHaveLength(1);
        expect(known.addresses('none')).toEqual([]);
      });

      test('they stay while etcd sleeps past their lease, and come back after it', async () => {
        const registration = register('sleeper', 'http://127.0.0.1:4');
        const known = await directory();
        await expect.poll(() => known.addresses('sleeper').length, SOON).toBe(1);
        etcd.pause();
        await sleep(3_500);
        expect(known.addresses('sleeper')).toHaveLength(1);
        expect(registration.registered).toBe(false);
        etcd.resume();
        await expect.poll(() => registration.registered, SOON).toBe(true);
        await expect.poll(() => known.addresses('sleeper').length, SOON).toBe(1);
      });

      test('a name that is not called is not known', async () => {
        const known = await directory();
        const stranger = register('stranger', 'http://127.0.0.1:7');
        await expect.poll(() => stranger.registered, SOON).toBe(true);
        register('late', 'http://127.0.0.1:8'); // once it is known, what was written before it is known too
        await expect.poll(() => known.addresses('late').length, SOON).toBe(1);
        expect(known.addresses('stranger')).toEqual([]);
      });

      test('one on another machine is called only where there is a secret', async () => {
        register('far', 'http://10.0.0.7:4000');
        const [near, all] = [await directory(), await directory(url, false)];
        await expect.poll(() => all.addresses('far'), SOON).toEqual(['http://10.0.0.7:4000']);
        register('close', 'http://127.0.0.1:6'); // once it is known, what was written before it is known too
        await expect.poll(() => near.addresses('close').length, SOON).toBe(1);
        expect(near.addresses('far')).toEqual([]);
      });

      test('a start does not wait for an etcd that is away', async () => {
        const known = await directory('http://127.0.0.1:9');
        expect(known.addresses('a')).toEqual([]);
      });

      if (authentication)
        test('nothing is known to one without the password', async () => {
          register('closed', 'http://127.0.0.1:5');
          const known = await directory();
          await expect.poll(() => known.addresses('closed').length, SOON).toBe(1);
          const stranger = await directory(etcd.url);
          expect(stranger.addresses('closed')).toEqual([]);
        });
    },
  );
