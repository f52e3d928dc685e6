/** Quota of an embedded cluster; with the built package, as its users see it. */
import { createCluster } from 'altiplano';
import { expect, test } from 'vitest';
import { until } from '../support/until.ts';

test('a role is offered no more than its limits, and others nothing of what is promised', async () => {
  await using cluster = await createCluster({
    agents: [{ resources: 'cpus:4;mem:1024' }],
    allocationIntervalMs: 50,
    checkInvariants: true,
  });
  expect(() => cluster.updateQuota([{ role: 'eng', guarantees: { cpus: 5 } }])).toThrow('configs: expected guarantees');
  cluster.updateQuota([
    { role: 'eng', limits: { cpus: 1 } },
    { role: 'ops', guarantees: { cpus: 2, mem: 256 } },
  ]);
  await until('the quotas are in force', () => Object.keys(cluster.state().quotas).length === 2);
  const offered: string[] = [];
  for (const role of ['eng', 'web']) {
    cluster.connect({ name: role, roles: [role] }).offers$.subscribe((offers) => {
      for (const { resources } of offers) offered.push(`${role} ${resources.quantities()}`);
    });
    await until('it is offered something', () => offered.some((each) => each.startsWith(role)));
  }
  expect(offered).toEqual(['eng cpus:1; mem:768', 'web cpus:1']);
});
