// SPDX-License-Identifier: Apache-2.0
import { toUtf8 } from '../../base/bytes.ts';
import { addressOf, reportsName } from '../network.ts';
import { registerMap } from '../water/register-map.ts';
import type { Host } from '../wire/host.ts';
import { cameraPort } from './camera.ts';
import { requestHttp } from './http.ts';
import { ModbusClient, readRequest, registersOf } from './modbus-client.ts';
import { lookUp, nameTtlS, reportsPort } from './services.ts';

const pollMs = 5_000;
const pushMs = 15_000;
const snapshotMs = 30_000;

/** The historian: samples the controller, pushes what it has to the reports server, and keeps a picture of the tank. */
export function runHistorian(host: Host, wallMs: () => number): void {
  const { schedule } = host;
  const client = new ModbusClient(host, { server: addressOf('plc') });
  const samples: { readonly atMs: number; readonly values: readonly number[] }[] = [];
  const poll = (): void => {
    schedule.after(pollMs + host.random.next() * 6 - 3, poll);
    if (client.load > 0) return;
    client.request(readRequest(4, 0, registerMap['input-register'].length), (response) => {
      const values = registersOf(response);
      if (values !== undefined && samples.length < 100) samples.push({ atMs: wallMs(), values });
    });
  };
  const push = (): void => {
    schedule.after(pushMs + host.random.next() * 20 - 10, push);
    const body = toUtf8(JSON.stringify({ site: 'water', samples: samples.splice(0) }));
    findReports((address) => {
      const request = { method: 'POST', path: '/api/samples', hostName: `${reportsName}:${reportsPort}`, type: 'application/json', body };
      requestHttp(host, address, reportsPort, request, () => {});
    });
  };
  let known: { readonly address: number; readonly untilMs: number } | undefined;
  const findReports = (use: (address: number) => void): void => {
    if (known !== undefined && known.untilMs > schedule.nowMs) {
      use(known.address);
      return;
    }
    lookUp(host, reportsName, (address) => {
      if (address === undefined) return;
      known = { address, untilMs: schedule.nowMs + nameTtlS * 1000 };
      use(address);
    });
  };
  const fetchPicture = (): void => {
    schedule.after(snapshotMs + host.random.next() * 40 - 20, fetchPicture);
    const request = { method: 'GET', path: '/snapshot.pgm', hostName: '10.20.0.50', type: '', body: new Uint8Array(0) };
    requestHttp(host, addressOf('camera'), cameraPort, request, () => {});
  };
  schedule.after(900, poll);
  schedule.after(6_500, push);
  schedule.after(8_200, fetchPicture);
}
