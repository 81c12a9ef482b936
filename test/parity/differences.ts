// Command lines that are not equal through all three doors, and why. At most one in a hundred.
// Called by: compare.ts, which complains about one that is equal after all.

export interface KnownDifference {
  group: string;
  /** As it stands in the group. */
  line: string;
  reason: string;
}

export const differences: readonly KnownDifference[] = [
  {
    group: 'kustomize and dumps',
    line: 'cluster-info dump --namespaces=kube-public',
    reason: 'it prints JSON in the order of the fields of Go structs, which no published schema tells; ours are sorted',
  },
];
