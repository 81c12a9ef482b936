// What describers get to read, and how they write: indented lines through a tabwriter.
// Called by: resources/*.describe.ts; the context is made by cli/commands/describe.ts. Must not know: HTTP, storage.
import type { StatusError } from '../machinery/status.ts';
import type { KubeObject } from '../machinery/types.ts';
import type { ResourceDefinition } from './definition.ts';

export interface ListedBy {
  namespace?: string | undefined;
  labelSelector?: string;
  fieldSelector?: string;
}

/** Reads live objects the way kubectl does: over REST. Missing objects are undefined. */
export interface DescribeReader {
  get<T extends KubeObject>(
    definition: ResourceDefinition<T>,
    key: { namespace?: string | undefined; name: string },
  ): Promise<T | undefined>;
  list<T extends KubeObject>(definition: ResourceDefinition<T>, options: ListedBy): Promise<T[]>;
  /** As `get`, but why the server gives nothing comes back as an error. */
  tryGet<T extends KubeObject>(
    definition: ResourceDefinition<T>,
    key: { namespace?: string | undefined; name: string },
  ): Promise<T | StatusError>;
  /** As `list`, but a refusal comes back as an error. */
  tryList<T extends KubeObject>(definition: ResourceDefinition<T>, options: ListedBy): Promise<T[] | StatusError>;
}

export interface DescribeContext {
  reader: DescribeReader;
  nowMs: number;
  /** --show-events (default true). */
  showsEvents: boolean;
  /** How far the reader's clocks are ahead of UTC at an instant, for times of day. Default: not at all. */
  utcOffsetMinutes?(atMs: number): number;
}
