/** For Prisma's own command, which is installed as prisma-cli. */
export default { schema: 'prisma/schema.prisma', migrations: { path: 'prisma/migrations' } };
