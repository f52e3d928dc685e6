import {
  InvalidArgument,
  type KnownKeys,
  refuseUnknownKeys,
  requireMethods,
  requireObject,
  shown,
} from '../core/index.ts';
import { compileConstraints, type OfferConstraints } from '../offers/index.ts';
import { CAPABILITY_NAMES, type FrameworkCapability } from '../protocol/index.ts';
import { checkBoolean, checkLabels, checkList, checkText, checkTexts } from './field-check.ts';
import type { FrameworkOptions } from './framework-options.ts';

const OPTIONS_KEYS: KnownKeys<FrameworkOptions> = {
  name: true,
  role: true,
  roles: true,
  user: true,
  id: true,
  failoverTimeoutMs: true,
  checkpoint: true,
  capabilities: true,
  principal: true,
  labels: true,
  minAllocatable: true,
  suppressedRoles: true,
  offerConstraints: true,
  hostname: true,
  webuiUrl: true,
};

/**
 * Refuses what the compiler refuses where there is one: fields that there are not, and values of another type.
 *
 * @throws InvalidArgument naming the field at fault, below `framework`
 */
export function checkFrameworkShape(options: FrameworkOptions): void {
  refuseUnknownKeys(options, OPTIONS_KEYS, 'framework');
  const { roles, suppressedRoles, checkpoint, capabilities, labels } = options;
  for (const field of ['role', 'user', 'principal', 'hostname', 'webuiUrl'] as const) {
    const text = options[field];
    if (text !== undefined) checkText(text, `framework.${field}`);
  }
  if (roles !== undefined) checkTexts(roles, 'framework.roles', 'roles');
  if (suppressedRoles !== undefined) checkTexts(suppressedRoles, 'framework.suppressedRoles', 'roles');
  if (checkpoint !== undefined) checkBoolean(checkpoint, 'framework.checkpoint');
  if (capabilities !== undefined) checkCapabilities(capabilities);
  checkLabels(labels, 'framework.labels');
  checkMinAllocatable(options.minAllocatable);
  if (options.offerConstraints !== undefined) {
    checkOfferConstraints(options.offerConstraints, 'framework.offerConstraints');
  }
}

/** @throws InvalidArgument naming what of them is not valid, below `field` */
export function checkOfferConstraints(constraints: OfferConstraints, field: string): void {
  requireObject(constraints, field);
  for (const [role, groups] of Object.entries(constraints)) compileConstraints(groups, `${field}.${role}`);
}

function checkCapabilities(capabilities: readonly FrameworkCapability[]): void {
  checkList(capabilities, 'framework.capabilities', 'capabilities');
  const stranger = capabilities.findIndex((each) => !Object.hasOwn(CAPABILITY_NAMES, each));
  if (stranger < 0) return;
  throw new InvalidArgument(
    `framework.capabilities[${stranger}]`,
    `expected one of ${Object.keys(CAPABILITY_NAMES).join(', ')}, got ${shown(capabilities[stranger])}`,
  );
}

function checkMinAllocatable(minAllocatable: FrameworkOptions['minAllocatable']): void {
  if (minAllocatable === undefined) return;
  requireObject(minAllocatable, 'framework.minAllocatable');
  for (const [role, all] of Object.entries(minAllocatable)) {
    const field = `framework.minAllocatable.${role}`;
    checkList(all, field, 'Quantities');
    all.forEach((each, index) => requireMethods(each, ['entries', 'contains'], `${field}[${index}]`));
  }
}
