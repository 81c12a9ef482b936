import { compareDoors } from './compare.ts';
import { deletingGroups } from './delete.cases.ts';
import { nodeGroups } from './nodes.cases.ts';
import { runningGroups } from './pods.cases.ts';

compareDoors([...runningGroups, ...nodeGroups, ...deletingGroups]);
