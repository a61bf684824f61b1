import { createHash, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Store } from '#core/ports/store.ts';
import type { Viewer } from '#core/viewer.ts';
import { finish, id, open, someone } from '../../support/turns.ts';

const secret = () => createHash('sha256').update(randomBytes(16)).digest('hex');
const key = (viewer: Viewer, hash = secret()) => ({
  id: id(),
  viewerId: viewer.id,
  name: 'laptop',
  prefix: 'pk_abc',
  hash,
  role: viewer.role,
});

export function identity(store: () => Store): void {
  test('a subject is one viewer within its tenant, also when it is first seen twenty times at once', async () => {
    const { viewers } = store();
    const tenant = id();
    const seen = await Promise.all(
      Array.from({ length: 20 }, () => viewers.ensure({ subject: 'ann', tenant, role: 'USER' })),
    );
    expect(new Set(seen.map((viewer) => viewer.id)).size).toBe(1);
    const elsewhere = await viewers.ensure({ subject: 'ann', tenant: id(), role: 'USER' });
    expect(elsewhere.id).not.toBe(seen[0]?.id);
  });

  test('what many ask for at once each gets for itself: viewers, keys, generations and messages, and nothing of another’s', async () => {
    const { viewers, apiKeys, generations, messages } = store();
    const tenant = id();
    const subjects = Array.from({ length: 20 }, (_, place) => `subject ${place}\0`);
    const made = await Promise.all(subjects.map((subject) => viewers.ensure({ subject, tenant, role: 'USER' })));
    expect(new Set(made.map((viewer) => viewer.id)).size).toBe(20);
    const again = await Promise.all(subjects.map((subject) => viewers.ensure({ subject, tenant, role: 'USER' })));
    expect(again).toEqual(made);

    const hashes = made.map(() => secret());
    await Promise.all(made.map((viewer, place) => apiKeys.create(key(viewer, hashes[place]))));
    const asked = [...hashes, secret(), ...hashes];
    const found = await Promise.all(asked.map((hash) => apiKeys.find(hash)));
    const ids = made.map((viewer) => viewer.id);
    expect(found.map((one) => one?.viewer.id)).toEqual([...ids, undefined, ...ids]);

    const turns = await Promise.all(made.map((viewer) => open(store(), viewer, `of ${viewer.id}`)));
    const next = (place: number) => turns[(place + 1) % turns.length]?.generation;
    const read = await Promise.all(
      made.flatMap((viewer, place) => [
        generations.get(viewer, turns[place]?.generation.id ?? ''),
        generations.get(viewer, next(place)?.id ?? ''),
        messages.get(viewer, turns[place]?.generation.userMessageId ?? ''),
        messages.get(viewer, next(place)?.userMessageId ?? ''),
      ]),
    );
    expect(read.map((record) => record?.id)).toEqual(
      turns.flatMap(({ generation }) => [generation.id, undefined, generation.userMessageId, undefined]),
    );
  });

  test('the role is that of the credential, not one of before', async () => {
    const { viewers } = store();
    const asked = { subject: 'ann', tenant: id() };
    expect((await viewers.ensure({ ...asked, role: 'OPERATOR' })).role).toBe('OPERATOR');
    expect((await viewers.ensure({ ...asked, role: 'USER' })).role).toBe('USER');
  });

  test('usage sums the turns begun since an instant, whatever they ended as', async () => {
    const viewer = await someone(store());
    const none = { inputTokens: 0, outputTokens: 0, costUsd: 0, turns: 0 };
    expect(await store().viewers.usage(viewer, null)).toEqual(none);
    const first = await open(store(), viewer, 'one');
    await finish(store(), first, { usage: { inputTokens: 3, outputTokens: 5, costUsd: 0.25 } });
    const second = await open(store(), viewer, 'two');
    await finish(store(), second, { status: 'FAILED', usage: { inputTokens: 4, outputTokens: 1, costUsd: 0.5 } });
    await open(store(), viewer, 'three');
    expect(await store().viewers.usage(viewer, null)).toEqual({
      inputTokens: 7,
      outputTokens: 6,
      costUsd: 0.75,
      turns: 3,
    });
    const since = second.generation.startedAt;
    expect((await store().viewers.usage(viewer, since)).turns).toBe(first.generation.startedAt < since ? 2 : 3);
    expect(await store().viewers.usage(viewer, new Date(Date.now() + 60_000))).toEqual(none);
  });

  test('a key in force is found by its hash, with its viewer in the role of the key', async () => {
    const viewer = await someone(store(), 'acme', 'OPERATOR');
    const hash = secret();
    const made = await store().apiKeys.create({ ...key(viewer, hash), role: 'USER' });
    expect(made).toMatchObject({ name: 'laptop', prefix: 'pk_abc', lastUsedAt: null, revokedAt: null });
    expect(made).not.toHaveProperty('hash');
    const found = await store().apiKeys.find(hash);
    expect(found?.viewer).toEqual({ ...viewer, role: 'USER' });
    expect(found?.key.id).toBe(made.id);
    expect(await store().apiKeys.find(secret())).toBeNull();
    expect(await store().apiKeys.find("' OR '1' = '1")).toBeNull();
  });

  test('the use of a key is noted, and not again within a minute', async () => {
    const viewer = await someone(store());
    const hash = secret();
    await store().apiKeys.create(key(viewer, hash));
    const lastUse = async () => (await store().apiKeys.list(viewer))[0]?.lastUsedAt;
    expect(await lastUse()).toBeNull();
    await store().apiKeys.find(hash);
    const first = await lastUse();
    expect(first).toBeInstanceOf(Date);
    await new Promise((resolve) => setTimeout(resolve, 5));
    await store().apiKeys.find(hash);
    expect(await lastUse()).toEqual(first);
  });

  test('a revoked key is found no more; revoking it again changes nothing', async () => {
    const viewer = await someone(store());
    const hash = secret();
    const { id: keyId } = await store().apiKeys.create(key(viewer, hash));
    const revoked = await store().apiKeys.revoke(viewer, keyId);
    expect(revoked?.revokedAt).toBeInstanceOf(Date);
    expect(await store().apiKeys.find(hash)).toBeNull();
    expect(await store().apiKeys.revoke(viewer, keyId)).toEqual(revoked);
    expect(await store().apiKeys.revoke(viewer, id())).toBeNull();
    expect(await store().apiKeys.revoke(viewer, 'no id')).toBeNull();
  });

  test("an operator revokes any key of the own tenant, and the platform's operator any of any tenant", async () => {
    const tenant = id();
    const viewer = await someone(store(), tenant);
    const { id: keyId } = await store().apiKeys.create(key(viewer));
    const [stranger, colleague, operator, platform] = [
      await someone(store(), id(), 'OPERATOR'),
      await someone(store(), tenant),
      await someone(store(), tenant, 'OPERATOR'),
      await someone(store(), 'default', 'OPERATOR'),
    ];
    expect(await store().apiKeys.revoke(stranger, keyId)).toBeNull();
    expect(await store().apiKeys.revoke(colleague, keyId)).toBeNull();
    expect((await store().apiKeys.list(viewer))[0]?.revokedAt).toBeNull();
    expect((await store().apiKeys.revoke(operator, keyId))?.revokedAt).toBeInstanceOf(Date);
    const { id: other } = await store().apiKeys.create(key(stranger));
    expect((await store().apiKeys.revoke(platform, other))?.revokedAt).toBeInstanceOf(Date);
  });

  test("a viewer's keys are listed newest first, revoked ones too", async () => {
    const viewer = await someone(store());
    const first = await store().apiKeys.create(key(viewer));
    const second = await store().apiKeys.create(key(viewer));
    await store().apiKeys.revoke(viewer, first.id);
    expect((await store().apiKeys.list(viewer)).map((one) => one.id)).toEqual([second.id, first.id]);
  });

  test('bootstrap leaves one key of that name in force: the latest, however often it comes', async () => {
    const viewer = await someone(store(), id(), 'OPERATOR');
    const [old, current, next] = [secret(), secret(), secret()];
    const inForce = async () => (await store().apiKeys.list(viewer)).filter((one) => one.revokedAt === null);
    expect(await store().apiKeys.bootstrap(viewer, old, 'old')).toBe(true);
    await Promise.all([1, 2, 3].map(() => store().apiKeys.bootstrap(viewer, current, 'current')));
    expect((await inForce()).map((one) => one.prefix)).toEqual(['current']);
    expect(await store().apiKeys.find(old)).toBeNull();
    expect((await store().apiKeys.find(current))?.viewer).toMatchObject({ id: viewer.id, role: 'OPERATOR' });
    const other = await store().apiKeys.create(key(viewer));
    await store().apiKeys.bootstrap(viewer, next, 'next');
    expect((await inForce()).map((one) => one.id)).toContain(other.id);
  });

  test('a bootstrap key that was revoked stays revoked, and revokes no other', async () => {
    const viewer = await someone(store(), id(), 'OPERATOR');
    const [old, current] = [secret(), secret()];
    await store().apiKeys.bootstrap(viewer, old, 'old');
    await store().apiKeys.bootstrap(viewer, current, 'current');
    expect(await store().apiKeys.bootstrap(viewer, old, 'old')).toBe(false);
    expect(await store().apiKeys.find(old)).toBeNull();
    const found = await store().apiKeys.find(current);
    await store().apiKeys.revoke(viewer, found?.key.id ?? '');
    expect(await store().apiKeys.bootstrap(viewer, current, 'current')).toBe(false);
    expect(await store().apiKeys.find(current)).toBeNull();
  });
}
