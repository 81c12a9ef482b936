// `kubectl set`: env, image, resources, selector, serviceaccount and subject.
// Called by: cli/commands/index.ts. Upstream: kubectl pkg/cmd/set/set.go.
import { defineCommand } from '../command.ts';
import { setEnv } from './set/env.ts';
import { setImage } from './set/image.ts';
import { setResources } from './set/resources.ts';
import { setSelector } from './set/selector.ts';
import { setServiceAccount } from './set/serviceaccount.ts';
import { setSubject } from './set/subject.ts';

export const setCommand = defineCommand({
  use: 'set SUBCOMMAND',
  short: 'Change single features of objects',
  long: `Changes single features of workloads and of some other objects.`,
  commands: [setEnv, setImage, setResources, setSelector, setServiceAccount, setSubject],
});
