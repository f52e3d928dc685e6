import type { ResourceValue } from './resource.ts';

/** What an agent says of itself besides its resources, such as `rack:r1`; never a set. @see Mesos `Attribute` */
export interface Attribute {
  readonly name: string;
  readonly value: Exclude<ResourceValue, { readonly type: 'SET' }> | { readonly type: 'TEXT'; readonly text: string };
}
