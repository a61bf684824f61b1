/** What replicas share, over Redis. */
export { connectRedis } from './connection.ts';
export { redisEventLog } from './event-log.ts';
export { redisJobs } from './jobs.ts';
export { redisPubSub } from './pub-sub.ts';
export { redisSharedCache } from './shared-cache.ts';
export { redisStoreMarks } from './store-marks.ts';
