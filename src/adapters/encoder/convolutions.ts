import { ALL_CHANNELS, BRANCHES, CHANNELS, DIMENSIONS, FLOAT, JOINED, PARTIALS, TILE } from './layout.ts';
import type { Machine } from './machine.ts';

/** Both convolutions of each branch over the tokens in these slots. Leaves the sum of the tokens' normalised layers at `at.sum`. */
export function convolve(machine: Machine, slots: Int32Array): void {
  const { floats, at } = machine;
  for (let token = 0; token < slots.length; token += 1) {
    const to = token * ALL_CHANNELS;
    floats.copyWithin(at.layer1 / FLOAT + to, at.bias1 / FLOAT, at.bias1 / FLOAT + ALL_CHANNELS);
    floats.copyWithin(at.layer2 / FLOAT + to, at.bias2 / FLOAT, at.bias2 / FLOAT + ALL_CHANNELS);
  }
  let start = 0;
  for (const [branch, { width }] of BRANCHES.entries()) {
    firstLayer(machine, slots, branch, start);
    secondLayer(machine, slots.length, branch);
    start += width * CHANNELS;
  }
  sumTokens(machine, slots);
}

/** The first convolution is the sum of what the tokens around give, then ReLU and the projection as a residual. */
function firstLayer({ kernel, at }: Machine, slots: Int32Array, branch: number, start: number): void {
  const { width, before } = BRANCHES[branch] as (typeof BRANCHES)[number];
  for (let token = 0; token < slots.length; token += 1) {
    const to = at.layer1 + (token * ALL_CHANNELS + branch * CHANNELS) * FLOAT;
    for (let place = 0; place < width; place += 1) {
      const slot = slots[token - before + place];
      if (slot === undefined) continue;
      kernel.add(to, at.partials + (slot * PARTIALS + start + place * CHANNELS) * FLOAT, CHANNELS);
    }
    const projection = at.projections + ((slots[token] as number) * ALL_CHANNELS + branch * CHANNELS) * FLOAT;
    kernel.reluAdd(to, to, projection, CHANNELS);
  }
}

/** The second convolution: each token's products are added to the tokens around it. */
function secondLayer(machine: Machine, tokens: number, branch: number): void {
  const { kernel, at } = machine;
  const { name, width, before } = BRANCHES[branch] as (typeof BRANCHES)[number];
  for (let tile = 0; tile < tokens; tile += TILE) {
    const rows = Math.min(TILE, tokens - tile);
    for (let row = 0; row < rows; row += 1)
      machine.setRow(row, at.layer1 + ((tile + row) * ALL_CHANNELS + branch * CHANNELS) * FLOAT, `window2_${name}`);
    machine.multiply(`window2_${name}`, rows);
    for (let row = 0; row < rows; row += 1)
      for (let place = 0; place < width; place += 1) {
        const other = tile + row + before - place;
        if (other < 0 || other >= tokens) continue;
        const to = at.layer2 + (other * ALL_CHANNELS + branch * CHANNELS) * FLOAT;
        kernel.add(to, at.out + (row * width + place) * CHANNELS * FLOAT, CHANNELS);
      }
  }
}

function sumTokens({ kernel, floats, at, epsilon }: Machine, slots: Int32Array): void {
  floats.fill(0, at.sum / FLOAT, at.sum / FLOAT + JOINED);
  for (const [token, slot] of slots.entries()) {
    const vector = at.vectors / FLOAT + slot * DIMENSIONS;
    floats.copyWithin(at.values / FLOAT, vector, vector + DIMENSIONS);
    const layer = token * ALL_CHANNELS * FLOAT;
    kernel.reluAdd(at.values + DIMENSIONS * FLOAT, at.layer2 + layer, at.layer1 + layer, ALL_CHANNELS);
    kernel.addNormalized(at.sum, at.values, JOINED, epsilon);
  }
}
