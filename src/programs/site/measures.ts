// SPDX-License-Identifier: Apache-2.0
import type { EventHub } from '../../platform/http/events.node.ts';
import type { Metrics } from '../../platform/http/metrics.node.ts';
import type { Evidence } from '../../share/evidence/evidence.node.ts';
import type { Sensor } from './sensor.ts';
import type { SiteStores } from './stores.ts';

/** What operators' own monitoring sees of a site, read when it asks. */
export function measureSite(
  metrics: Metrics,
  parts: { readonly sensor: Sensor; readonly evidence: Evidence; readonly hub: EventHub; readonly stores: SiteStores },
): void {
  const { sensor, evidence, hub, stores } = parts;
  const labels = { sensor: sensor.name };
  metrics.gauge('shinrai_capture_packets', 'Packets that the sensor has read', ['sensor'], (gauge) => gauge.set(labels, sensor.state().packets));
  metrics.gauge('shinrai_capture_bytes', 'Bytes that the sensor has read', ['sensor'], (gauge) => gauge.set(labels, sensor.state().bytes));
  metrics.gauge('shinrai_capture_dropped', 'Packets that were dropped before the sensor; -1 where it cannot know', ['sensor'], (gauge) =>
    gauge.set(labels, sensor.state().dropped ?? -1),
  );
  metrics.gauge('shinrai_sensor_running', '1 while the sensor reads', ['sensor'], (gauge) => gauge.set(labels, sensor.state().isRunning ? 1 : 0));
  metrics.gauge('shinrai_traffic_flows', 'Conversations that the sensor knows', ['sensor'], (gauge) => gauge.set(labels, sensor.traffic.flows.count));
  metrics.gauge('shinrai_norm_entries', 'Entries of the learnt norm', ['sensor'], (gauge) => gauge.set(labels, sensor.watcher.state().entries));
  metrics.gauge('shinrai_norm_learning', '1 while the norm is being learnt', ['sensor'], (gauge) =>
    gauge.set(labels, sensor.watcher.phase === 'learning' ? 1 : 0),
  );
  metrics.gauge('shinrai_evidence_entries', 'Durable entries of the chain', [], (gauge) => gauge.set(evidence.size));
  metrics.gauge('shinrai_events_clients', 'Browsers that follow events', [], (gauge) => gauge.set(hub.clientCount()));
  metrics.gauge('shinrai_traffic_assets', 'Devices known', [], (gauge) => gauge.set(stores.registry.list().length));
}
