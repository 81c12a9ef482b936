import { describe, expect, it } from '@jest/globals';
import { described } from './describing.ts';

const PLAIN = 'kind: Pod\nmetadata: {name: plain}\nspec: {containers: [{name: only, image: "redis:7"}]}\n';

describe('the events of a description', () => {
  const about = 'involvedObject: {kind: Pod, namespace: default, name: plain, uid: uid-of-plain';
  const events = `---
kind: Event
metadata: {name: b}
${about}, fieldPath: "spec.containers{only}"}
type: Warning
reason: BackOff
message: "Back-off restarting \\n"
source: {component: kubelet, host: node-1}
count: 5
firstTimestamp: "2026-11-23T13:50:00Z"
lastTimestamp: "2026-11-23T13:57:00Z"
---
kind: Event
metadata: {name: a}
${about}}
type: Normal
reason: Scheduled
message: done
reportingComponent: default-scheduler
eventTime: "2026-11-23T13:30:00.000000Z"
---
kind: Event
metadata: {name: c}
${about}}
type: Normal
reason: Seen
message: again
reportingComponent: x
eventTime: "2026-11-23T13:30:00.000000Z"
series: {count: 3, lastObservedTime: "2026-11-23T13:59:00.000000Z"}
---
kind: Event
metadata: {name: other}
involvedObject: {kind: Pod, namespace: default, name: plain, uid: older}
type: Normal
reason: Old
message: of a pod that had this name before
`;

  it('stand at the end, those seen last below', async () => {
    const text = await described(PLAIN + events);
    expect(text.slice(text.indexOf('Events:'))).toBe(`Events:
  Type     Reason     Age                From               Message
  ----     ------     ----               ----               -------
  Normal   Scheduled  30m                default-scheduler  done
  Normal   Seen       60s (x3 over 30m)  x                  again
  Warning  BackOff    3m (x5 over 10m)   kubelet            spec.containers{only}: Back-off restarting
`);
  });

  it('are left out when nobody wants them', async () => {
    expect(await described(PLAIN + events, { showsEvents: false })).not.toContain('Events');
  });
});
