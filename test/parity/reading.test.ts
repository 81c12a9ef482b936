import { compareDoors } from './compare.ts';
import { describingGroups } from './describe.cases.ts';
import { discoveryGroups } from './discovery.cases.ts';
import { gettingGroups } from './get.cases.ts';
import { lookingGroups } from './look.cases.ts';
import { metricsGroups } from './metrics.cases.ts';
import { oddGroups } from './odd.cases.ts';

compareDoors([
  ...gettingGroups,
  ...describingGroups,
  ...lookingGroups,
  ...discoveryGroups,
  ...metricsGroups,
  ...oddGroups,
]);
