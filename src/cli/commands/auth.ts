// `kubectl auth`: what the user may do, who the user is, and RBAC objects merged by what they mean.
// Called by: cli/commands/index.ts. Upstream: kubectl pkg/cmd/auth/auth.go.
import { defineCommand } from '../command.ts';
import { authCanI } from './auth/cani.ts';
import { authReconcile } from './auth/reconcile.ts';
import { authWhoami } from './auth/whoami.ts';

export const auth = defineCommand({
  use: 'auth [flags]',
  short: 'Ask what is allowed',
  commands: [authCanI, authReconcile, authWhoami],
});
