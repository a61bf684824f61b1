/** How often a property is tried: the smaller number in `npm test`, the larger one where ALL_ROUNDS=1, as in CI. */
export const rounds = (few: number, all: number): number => (process.env['ALL_ROUNDS'] === '1' ? all : few);
