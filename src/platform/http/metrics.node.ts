// SPDX-License-Identifier: Apache-2.0
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** The measures of one process, in one registry of its own (never the global one, so that tests do not share it). */
export interface Metrics {
  readonly registry: Registry;
  /** Ends with `_total`: `shinrai_findings_total`. Names begin with shinrai_ and the word of the room. */
  counter(name: string, help: string, labels?: readonly string[]): Counter;
  gauge(name: string, help: string, labels?: readonly string[], collect?: (gauge: Gauge) => void): Gauge;
  /** Seconds, as Prometheus wants them. */
  duration(name: string, help: string, labels?: readonly string[]): Histogram;
}

/** An empty registry; with `isWholeProcess` also memory, CPU and event loop of this process. */
export function createMetrics(options: { readonly isWholeProcess?: boolean } = {}): Metrics {
  const registry = new Registry();
  if (options.isWholeProcess) collectDefaultMetrics({ register: registry });
  const common = { registers: [registry] };
  return {
    registry,
    counter: (name, help, labels = []) => new Counter({ name, help, labelNames: [...labels], ...common }),
    gauge: (name, help, labels = [], collect) =>
      new Gauge({
        name,
        help,
        labelNames: [...labels],
        ...common,
        ...(collect === undefined
          ? {}
          : {
              collect(this: Gauge) {
                collect(this);
              },
            }),
      }),
    duration: (name, help, labels = []) =>
      new Histogram({ name, help, labelNames: [...labels], buckets: [0.001, 0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10], ...common }),
  };
}
