import { describe, expect, it } from '@jest/globals';
import { goSort } from '../../src/machinery/gosort.ts';

// Recorded from genuine kubectl: `get cm --sort-by=.metadata.labels.grp`; null stands for objects without the label.
const groups = [
  null,
  1,
  2,
  null,
  4,
  5,
  null,
  0,
  1,
  null,
  3,
  4,
  null,
  6,
  0,
  null,
  2,
  3,
  null,
  5,
  6,
  null,
  1,
  2,
  null,
  4,
  5,
  null,
  0,
  1,
  null,
  3,
  4,
  null,
  6,
  0,
  null,
  2,
  3,
  null,
  5,
  6,
  null,
  1,
  2,
  null,
  4,
  5,
  null,
  0,
  1,
  null,
  3,
  4,
  null,
  6,
  0,
  null,
  2,
  3,
  null,
  5,
  6,
  null,
  1,
  2,
  null,
  4,
  5,
  null,
  null,
  null,
  null,
];
const order = [
  66, 39, 72, 36, 0, 9, 60, 45, 48, 70, 24, 63, 6, 3, 18, 42, 15, 54, 33, 30, 27, 51, 71, 57, 21, 12, 69, 7, 28, 14, 35,
  49, 56, 1, 64, 22, 43, 50, 29, 8, 37, 23, 2, 16, 44, 65, 58, 17, 10, 52, 38, 31, 59, 25, 46, 4, 53, 11, 67, 32, 26,
  61, 47, 19, 68, 40, 5, 62, 20, 13, 34, 55, 41,
];

describe('goSort', () => {
  it('leaves equal elements where Go leaves them', () => {
    const items = groups.map((group, index) => ({ group, index }));
    goSort(items, (a, b) => a.group === null || (b.group !== null && a.group < b.group));
    expect(items.map(({ index }) => index)).toEqual(order);
  });

  it.each([0, 1, 2, 12, 13, 49, 50, 500])('sorts %i numbers', (count) => {
    const numbers = Array.from({ length: count }, (_, i) => (i * 7919) % 101);
    const items = [...numbers];
    goSort(items, (a, b) => a < b);
    expect(items).toEqual(numbers.sort((a, b) => a - b));
  });

  it('turns round a short list when everything is less', () => {
    const items = [1, 2, 3];
    goSort(items, () => true);
    expect(items).toEqual([3, 2, 1]);
  });
});
