import { entriesByName, type FrameworkId, requireObject } from '../core/index.ts';
import type { OfferConstraints } from '../offers/index.ts';
import {
  type FrameworkInfo,
  frameworkRoles,
  hasCapability,
  type SchedulerCall,
  type Subscribe,
} from '../protocol/index.ts';
import {
  changedInfo,
  changedOptions,
  checkedSubset,
  type FrameworkOptions,
  frameworkInfo,
  optionsOf,
} from './framework-options.ts';

type UpdateFramework = Extract<SchedulerCall, { readonly type: 'updateFramework' }>;

/** Who the framework is by now, which of its roles want no offers, and of what agents: what the next SUBSCRIBE says. */
export class Registration {
  #options: FrameworkOptions;
  #info: FrameworkInfo;
  #suppressed: ReadonlySet<string>;
  #constraints: OfferConstraints;

  /** @throws InvalidArgument naming the field of `options` at fault */
  constructor(options: FrameworkOptions) {
    this.#options = options;
    this.#info = frameworkInfo(options);
    this.#suppressed = suppressedBy(options, this.#info);
    this.#constraints = constraintsBy(options, this.#info);
  }

  get id(): FrameworkId | undefined {
    return this.#info.id;
  }

  get partitionAware(): boolean {
    return hasCapability(this.#info, 'PARTITION_AWARE');
  }

  subscribe(): Subscribe {
    const suppressedRoles = [...this.#suppressed];
    return {
      type: 'subscribe',
      frameworkInfo: this.#info,
      ...(suppressedRoles.length === 0 ? {} : { suppressedRoles }),
      ...constraintsField(this.#constraints, frameworkRoles(this.#info)),
    };
  }

  subscribedAs(id: FrameworkId): void {
    this.#info = { ...this.#info, id };
  }

  /** The framework with changes, under the id that it has. @throws InvalidArgument naming the field at fault */
  change(changes: Partial<FrameworkOptions>): UpdateFramework {
    requireObject(changes, 'changes');
    const options = changedOptions(this.#options, changes);
    const info = changedInfo(this.#info, options);
    const suppressed = changes.suppressedRoles === undefined ? this.#suppressed : suppressedBy(options, info);
    const constraints = changes.offerConstraints === undefined ? this.#constraints : constraintsBy(options, info);
    const roles = frameworkRoles(info);
    return this.replace({
      type: 'updateFramework',
      frameworkInfo: info,
      suppressedRoles: [...suppressed].filter((role) => roles.includes(role)),
      ...constraintsField(constraints, roles),
    });
  }

  /** As {@link change}, for one who has the whole of it; what is suppressed, and constraints, are replaced, as in Mesos. */
  replace(call: UpdateFramework): UpdateFramework {
    const { id } = this.#info;
    this.#info = id === undefined ? call.frameworkInfo : { ...call.frameworkInfo, id };
    this.#options = optionsOf(this.#info);
    this.#suppressed = new Set(call.suppressedRoles);
    this.#constraints = call.offerConstraints ?? {};
    return { ...call, frameworkInfo: this.#info };
  }

  /** None named means all. @throws InvalidArgument if one is not ours: the master would ignore the whole call */
  suppress(named: readonly string[] = []): void {
    this.#suppressed = new Set([...this.#suppressed, ...this.#rolesMeant(named)]);
  }

  /**
   * None named means all; answers which are meant.
   *
   * @throws InvalidArgument if one is not ours: the master would ignore the whole call
   */
  revive(named: readonly string[] = []): readonly string[] {
    const revived = this.#rolesMeant(named);
    this.#suppressed = new Set([...this.#suppressed].filter((role) => !revived.includes(role)));
    return revived;
  }

  /** Roles that want no offers for now. */
  get suppressed(): ReadonlySet<string> {
    return this.#suppressed;
  }

  #rolesMeant(named: readonly string[]): readonly string[] {
    const roles = frameworkRoles(this.#info);
    return named.length === 0 ? roles : checkedSubset(named, roles, 'roles');
  }
}

function suppressedBy(options: FrameworkOptions, info: FrameworkInfo): ReadonlySet<string> {
  return new Set(checkedSubset(options.suppressedRoles ?? [], frameworkRoles(info), 'framework.suppressedRoles'));
}

function constraintsBy(options: FrameworkOptions, info: FrameworkInfo): OfferConstraints {
  const constraints = options.offerConstraints ?? {};
  const roles = entriesByName(constraints).map(([role]) => role);
  checkedSubset(roles, frameworkRoles(info), 'framework.offerConstraints');
  return constraints;
}

/** Those that are of some of these roles; no field at all for none. */
function constraintsField(
  constraints: OfferConstraints,
  roles: readonly string[],
): { readonly offerConstraints?: OfferConstraints } {
  const kept = entriesByName(constraints).filter(([role]) => roles.includes(role));
  return kept.length === 0 ? {} : { offerConstraints: Object.fromEntries(kept) };
}
