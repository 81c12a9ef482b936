// A REST client over a server in the same process, for the tests of this folder.
import { InProcessTransport } from '../../src/client/inprocess.ts';
import { createRestClient } from '../../src/client/rest.ts';
import type { RestClient } from '../../src/client/types.ts';
import { createFixture, type Fixture } from '../apiserver/fixture.ts';

export interface ClientFixture extends Fixture {
  rest: RestClient;
  transport: InProcessTransport;
  warnings: string[];
  /** Run by the transport when a watch has nothing to show. */
  whenWaiting: (() => void)[];
}

export function createClientFixture(options: { allowsLegacyApis?: boolean } = {}): ClientFixture {
  const fixture = createFixture(options);
  const warnings: string[] = [];
  const whenWaiting: (() => void)[] = [];
  const transport = new InProcessTransport({
    request: (request) => fixture.server.handle(request),
    waitForEvent: async (endsAtMs) => {
      const next = whenWaiting.shift();
      if (next) next();
      else fixture.clock.advanceTo(endsAtMs ?? fixture.clock.nowMs());
    },
  });
  const rest = createRestClient(transport, {
    serverUrl: 'https://127.0.0.1:6443',
    onWarning: (text) => warnings.push(text),
  });
  return { ...fixture, rest, transport, warnings, whenWaiting };
}
