export interface RidgeModel {
  readonly weights: Float64Array;
  /** Subtracted from the product of weights and features: the mean over the examples. */
  readonly offset: number;
}

/**
 * Ridge regression over centred features (Hoerl and Kennard 1970): the least sum of squared errors plus `penalty` times the sum of
 * squared weights. Solved by Cholesky, so that the same examples give the same model.
 */
export function fitRidge(rows: readonly Float32Array[], targets: readonly number[], penalty: number): RidgeModel {
  const size = rows[0]?.length ?? 0;
  const means = Float64Array.from({ length: size }, (_, column) => average(rows, (row) => row[column] as number));
  const target = average(targets, (value) => value);
  const matrix = new Float64Array(size * size);
  const right = new Float64Array(size);
  for (const [index, row] of rows.entries()) {
    const centred = Float64Array.from(row, (value, column) => value - (means[column] as number));
    const error = (targets[index] as number) - target;
    for (let one = 0; one < size; one += 1) {
      const value = centred[one] as number;
      right[one] = (right[one] as number) + value * error;
      for (let other = 0; other <= one; other += 1)
        matrix[one * size + other] = (matrix[one * size + other] as number) + value * (centred[other] as number);
    }
  }
  for (let one = 0; one < size; one += 1) matrix[one * size + one] = (matrix[one * size + one] as number) + penalty;
  const weights = solve(matrix, right, size);
  return { weights, offset: dot(weights, means) };
}

export const dot = (one: ArrayLike<number>, other: ArrayLike<number>): number => {
  let sum = 0;
  for (let index = 0; index < one.length; index += 1) sum += (one[index] as number) * (other[index] as number);
  return sum;
};

export const average = <T>(values: readonly T[], of: (value: T) => number): number =>
  values.reduce((sum, value) => sum + of(value), 0) / values.length;

/** Solves a positive definite system; overwrites the lower triangle of `matrix` with its Cholesky factor. */
function solve(matrix: Float64Array, right: Float64Array, size: number): Float64Array {
  const at = (row: number, column: number) => matrix[row * size + column] as number;
  for (let row = 0; row < size; row += 1)
    for (let column = 0; column <= row; column += 1) {
      let sum = at(row, column);
      for (let index = 0; index < column; index += 1) sum -= at(row, index) * at(column, index);
      matrix[row * size + column] = row === column ? Math.sqrt(sum) : sum / at(column, column);
    }
  const solution = Float64Array.from(right);
  for (let row = 0; row < size; row += 1) {
    let sum = solution[row] as number;
    for (let index = 0; index < row; index += 1) sum -= at(row, index) * (solution[index] as number);
    solution[row] = sum / at(row, row);
  }
  for (let row = size - 1; row >= 0; row -= 1) {
    let sum = solution[row] as number;
    for (let index = row + 1; index < size; index += 1) sum -= at(index, row) * (solution[index] as number);
    solution[row] = sum / at(row, row);
  }
  return solution;
}
