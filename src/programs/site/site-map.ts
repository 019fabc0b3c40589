// SPDX-License-Identifier: Apache-2.0

import type { Finding } from '../../model/finding.ts';
import { type Severity, severities } from '../../model/finding.ts';
import type { Flow, FlowTable } from '../../model/flow.ts';
import type { Response } from '../../model/response.ts';
import { actsOnProcess } from '../../watch/incident/atoms.ts';
import type { AssetView, SiteMap } from '../../watch/traffic/routes.ts';

type Device = SiteMap['devices'][number];
type Link = SiteMap['links'][number];

export interface MapParts {
  readonly assets: readonly AssetView[];
  readonly flows: FlowTable;
  readonly openFindings: readonly Finding[];
  readonly running: readonly Response[];
  readonly isNormal: (flow: Flow) => boolean;
  readonly atMs: number;
}

const flowsMax = 50_000;
const servicesMax = 12;

/** Who talks to whom: devices and links with how they stand. Groups (multicast, broadcast) are left out. */
export function drawMap(parts: MapParts): SiteMap {
  const idOf = new Map(parts.assets.flatMap(({ asset }) => [...asset.addresses, ...asset.macs].map((address): [string, string] => [address, asset.id])));
  const cut = parts.running.flatMap((response) => response.action.rules);
  const findingsOf = Map.groupBy(parts.openFindings, (finding) => finding.addresses[0] ?? '');
  const links = new Map<string, Link>();
  for (let flow = Math.max(0, parts.flows.count - flowsMax); flow < parts.flows.count; flow += 1) {
    if (parts.flows.isMulticast(flow)) continue;
    const [client, server] = [parts.flows.clientAddress(flow), parts.flows.serverAddress(flow)];
    const [fromId, toId] = [idOf.get(client), idOf.get(server)];
    if (fromId === undefined || toId === undefined || fromId === toId) continue;
    const service = parts.flows.service(flow);
    if (isChatter(service)) continue;
    const read = parts.flows.read(flow);
    const { packets, lastMs } = read;
    const known = links.get(`${fromId} ${toId}`);
    links.set(`${fromId} ${toId}`, {
      id: `${fromId}-${toId}`,
      fromId,
      toId,
      services: tellingServices([...new Set([...(known?.services ?? []), service])]),
      packets: packets + (known?.packets ?? 0),
      lastMs: Math.max(lastMs, known?.lastMs ?? 0),
      isNormal: (known?.isNormal ?? true) && parts.isNormal(read),
      severity: worst([
        known?.severity ?? null,
        ...(findingsOf.get(client) ?? []).filter((finding) => finding.addresses.includes(server)).map((finding) => finding.severity),
      ]),
      isCut:
        (known?.isCut ?? false) ||
        cut.some(
          (rule) =>
            (rule.clientAddress === client && (rule.serverAddress === server || rule.serverAddress === null)) ||
            (rule.serverAddress === client && rule.clientAddress === null),
        ),
    });
  }
  return { devices: parts.assets.map((view) => drawDevice(view, parts, findingsOf)), links: [...links.values()], atMs: parts.atMs };
}

/** Those with a name first: a scan would otherwise push the one protocol that was spoken out of the list with its closed ports. */
function tellingServices(services: readonly string[]): string[] {
  const isPort = (service: string): boolean => /^(tcp|udp)\/\d+$/.test(service);
  return [...services.filter((service) => !isPort(service)), ...services.filter(isPort)].slice(0, servicesMax);
}

/** Who has an address is asked by everybody of everybody: it would draw a line between all devices and tell nothing. */
function isChatter(service: string): boolean {
  return service === 'arp';
}

function drawDevice(view: AssetView, parts: MapParts, findingsOf: ReadonlyMap<string, readonly Finding[]>): Device {
  const names = [...view.asset.addresses, ...view.asset.macs];
  const open = names.flatMap((name) => findingsOf.get(name) ?? []);
  const isolated = parts.running.some((response) => response.action.name === 'isolate-device' && names.includes(response.action.target));
  const isNew = !view.note.isConfirmed && open.some((finding) => finding.detector === 'binding');
  return {
    id: view.asset.id,
    name: view.name,
    address: names[0] ?? view.asset.id,
    // What a stranger does is no proof of what it is: who writes to a controller is not drawn as the operator's terminal.
    kind: isNew ? 'unknown' : kindOf(view),
    zone: view.note.zone,
    severity: worst(open.map((finding) => finding.severity)),
    isNew,
    isTarget: parts.openFindings.some((finding) => actsOnProcess(finding) && finding.addresses.slice(1).some((address) => names.includes(address))),
    isIsolated: isolated,
  };
}

function worst(found: readonly (string | null)[]): string | null {
  const ranks = found.map((severity) => severities.indexOf(severity as Severity)).filter((rank) => rank >= 0); // what is no severity has rank -1
  return ranks.length === 0 ? null : (severities[Math.max(...ranks)] ?? null);
}

/** What a device seems to be, from what it serves and asks. */
function kindOf({ asset }: AssetView): Device['kind'] {
  const serves = (service: string): boolean => asset.roles.some((role) => role.service === service && role.side === 'server');
  const asks = (service: string): number => asset.roles.find((role) => role.service === service && role.side === 'client')?.packets ?? 0;
  if (asset.addresses.length === 0) return 'network';
  if (serves('modbus')) return 'controller';
  if (/axis|hikvision|hanwha|i-pro|dahua|vivotek/i.test(asset.vendor ?? '')) return 'camera';
  // Not by DHCP: its offer goes to the one that asked, which then looks as if it served (RFC 2131, section 4.1: ports 67 and 68).
  if (serves('dns') || serves('ntp') || serves('http')) return 'server';
  if (asks('http') > 0 && asks('modbus') > 0) return 'server';
  if (asks('modbus') > 500) return 'operator-terminal';
  if (asks('modbus') > 0) return 'workstation';
  return 'unknown';
}
