/** Maintenance of an embedded cluster; with the built package, as its users see it. */
import { createCluster } from 'altiplano';
import { expect, test } from 'vitest';
import { until } from '../support/until.ts';

test('a framework is asked to leave a machine; when that goes down its agent ends, and another takes its place', async () => {
  await using cluster = await createCluster({
    agents: [{ hostname: 'a1' }, { hostname: 'a2' }],
    allocationIntervalMs: 50,
    checkInvariants: true,
  });
  const driver = cluster.connect({ name: 'test' });
  const offered = new Set<string>();
  const asked: string[] = [];
  driver.offers$.subscribe((offers) => {
    for (const { hostname, unavailability } of offers) {
      offered.add(unavailability === undefined ? hostname : `${hostname} until ${unavailability.startMs}`);
    }
  });
  driver.inverseOffers$.subscribe((inverseOffers) => {
    asked.push(...inverseOffers.map(({ agentId }) => agentId));
    driver.acceptInverseOffers(inverseOffers);
  });
  await until('both are offered', () => offered.has('a1') && offered.has('a2'));
  cluster.updateMaintenanceSchedule([{ hostnames: ['a1'], unavailability: { startMs: 7 } }]);
  await until('the answer is noted', () => cluster.state().machines[0]?.statuses[0]?.status === 'ACCEPT');
  await until('it is offered with its time', () => offered.has('a1 until 7'));
  const agent = cluster.state().agents.find(({ hostname }) => hostname === 'a1');
  expect(asked).toEqual([agent?.id]);
  cluster.startMaintenance(['a1']);
  await until('the agent has left', () => cluster.state().agents.length === 1);
  cluster.stopMaintenance(['a1']);
  cluster.updateWhitelist(['a3']);
  await until('no machine is in the schedule', () => cluster.state().machines.length === 0);
  await cluster.addAgent({ hostname: 'a3' });
  await until('the newcomer is offered', () => offered.has('a3'));
});
