// Go's sort.Sort: not stable, so its way of working decides where equal elements end up. Same input, same order as Go.
// Called by: --sort-by, lists of events. Must not know: what is sorted.
// Upstream: Go sort/zsortinterface.go (pattern-defeating quicksort).

const MAX_INSERTION = 12;

/** Sorts the array in place and leaves equal elements in the order Go's sort.Sort would leave them in. */
export function goSort<T>(items: T[], less: (a: T, b: T) => boolean): void {
  if (items.length > 1) new Sorter(items, less).sort(0, items.length, bitLength(items.length));
}

function bitLength(value: number): number {
  return 32 - Math.clz32(value);
}

type Hint = 'increasing' | 'decreasing' | 'unknown';

class Sorter<T> {
  private readonly items: T[];
  private readonly isLess: (a: T, b: T) => boolean;

  constructor(items: T[], less: (a: T, b: T) => boolean) {
    this.items = items;
    this.isLess = less;
  }

  private less(i: number, j: number): boolean {
    return this.isLess(this.items[i] as T, this.items[j] as T);
  }

  private swap(i: number, j: number): void {
    const item = this.items[i] as T;
    this.items[i] = this.items[j] as T;
    this.items[j] = item;
  }

  /** Sorts [from, to); `limit` is how many bad partitions are borne before it turns to a heap. */
  sort(from: number, to: number, limit: number): void {
    let [a, b, patience] = [from, to, limit];
    let wasBalanced = true;
    let wasPartitioned = true;
    for (;;) {
      const length = b - a;
      if (length <= MAX_INSERTION) return this.insertionSort(a, b);
      if (patience === 0) return this.heapSort(a, b);
      if (!wasBalanced) {
        this.breakPatterns(a, b);
        patience--;
      }
      let { pivot, hint } = this.choosePivot(a, b);
      if (hint === 'decreasing') {
        this.reverse(a, b);
        pivot = b - 1 - (pivot - a);
        hint = 'increasing';
      }
      if (wasBalanced && wasPartitioned && hint === 'increasing' && this.partialInsertionSort(a, b)) return;
      // All elements are at least as large as the one before the range: those equal to the pivot are done.
      if (a > 0 && !this.less(a - 1, pivot)) {
        a = this.partitionEqual(a, b, pivot);
        continue;
      }
      const { middle, isPartitioned } = this.partition(a, b, pivot);
      wasPartitioned = isPartitioned;
      const [left, right] = [middle - a, b - middle];
      const threshold = Math.trunc(length / 8);
      wasBalanced = Math.min(left, right) >= threshold;
      if (left < right) {
        this.sort(a, middle, patience);
        a = middle + 1;
      } else {
        this.sort(middle + 1, b, patience);
        b = middle;
      }
    }
  }

  private insertionSort(a: number, b: number): void {
    for (let i = a + 1; i < b; i++) {
      for (let j = i; j > a && this.less(j, j - 1); j--) this.swap(j, j - 1);
    }
  }

  private heapSort(a: number, b: number): void {
    const size = b - a;
    for (let i = Math.trunc((size - 1) / 2); i >= 0; i--) this.siftDown(i, size, a);
    for (let i = size - 1; i >= 0; i--) {
      this.swap(a, a + i);
      this.siftDown(0, i, a);
    }
  }

  private siftDown(low: number, high: number, first: number): void {
    for (let root = low; ;) {
      let child = 2 * root + 1;
      if (child >= high) return;
      if (child + 1 < high && this.less(first + child, first + child + 1)) child++;
      if (!this.less(first + root, first + child)) return;
      this.swap(first + root, first + child);
      root = child;
    }
  }

  private partition(a: number, b: number, pivot: number): { middle: number; isPartitioned: boolean } {
    this.swap(a, pivot);
    let [i, j] = [a + 1, b - 1];
    const skip = (): void => {
      while (i <= j && this.less(i, a)) i++;
      while (i <= j && !this.less(j, a)) j--;
    };
    skip();
    const isPartitioned = i > j;
    while (i <= j) {
      this.swap(i++, j--);
      skip();
    }
    this.swap(j, a);
    return { middle: j, isPartitioned };
  }

  private partitionEqual(a: number, b: number, pivot: number): number {
    this.swap(a, pivot);
    let [i, j] = [a + 1, b - 1];
    for (;;) {
      while (i <= j && !this.less(a, i)) i++;
      while (i <= j && this.less(a, j)) j--;
      if (i > j) return i;
      this.swap(i++, j--);
    }
  }

  /** Mends a few neighbours that are out of order; true when the range is sorted then. */
  private partialInsertionSort(a: number, b: number): boolean {
    let i = a + 1;
    for (let step = 0; step < 5; step++) {
      while (i < b && !this.less(i, i - 1)) i++;
      if (i === b) return true;
      if (b - a < 50) return false;
      this.swap(i, i - 1);
      if (i - a >= 2) for (let j = i - 1; j >= 1 && this.less(j, j - 1); j--) this.swap(j, j - 1);
      if (b - i >= 2) for (let j = i + 1; j < b && this.less(j, j - 1); j++) this.swap(j, j - 1);
    }
    return false;
  }

  /** Scatters three elements, by a generator that the length alone seeds. */
  private breakPatterns(a: number, b: number): void {
    const length = b - a;
    if (length < 8) return;
    let random = BigInt(length);
    const mask = (1n << BigInt(bitLength(length))) - 1n;
    const middle = a + Math.trunc(length / 4) * 2;
    for (let i = 0; i < 3; i++) {
      random ^= BigInt.asUintN(64, random << 13n);
      random ^= random >> 7n;
      random ^= BigInt.asUintN(64, random << 17n);
      let other = Number(random & mask);
      if (other >= length) other -= length;
      this.swap(middle - 1 + i, a + other);
    }
  }

  private choosePivot(a: number, b: number): { pivot: number; hint: Hint } {
    const length = b - a;
    const quarter = Math.trunc(length / 4);
    let [i, j, k] = [a + quarter, a + quarter * 2, a + quarter * 3];
    const swaps = { count: 0 };
    if (length >= 8) {
      if (length >= 50) {
        i = this.median(i - 1, i, i + 1, swaps);
        j = this.median(j - 1, j, j + 1, swaps);
        k = this.median(k - 1, k, k + 1, swaps);
      }
      j = this.median(i, j, k, swaps);
    }
    return { pivot: j, hint: swaps.count === 0 ? 'increasing' : swaps.count === 12 ? 'decreasing' : 'unknown' };
  }

  private median(i: number, j: number, k: number, swaps: { count: number }): number {
    let [a, b, c] = [i, j, k];
    const order = (x: number, y: number): [number, number] => {
      if (!this.less(y, x)) return [x, y];
      swaps.count++;
      return [y, x];
    };
    [a, b] = order(a, b);
    [b, c] = order(b, c);
    [a, b] = order(a, b);
    return b;
  }

  private reverse(a: number, b: number): void {
    for (let i = a, j = b - 1; i < j; i++, j--) this.swap(i, j);
  }
}
