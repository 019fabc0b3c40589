// SPDX-License-Identifier: Apache-2.0
import type { Binding, Flow, FlowTable, Sightings, Transport } from '../../model/flow.ts';
import { MessageBatch, type MessageRow } from '../../model/message.ts';

interface FakeFlow {
  readonly client: string;
  readonly server: string;
  readonly port: number;
  readonly transport: Transport;
  protocol: string | undefined;
  readonly isMulticast: boolean;
  readonly firstMs: number;
  lastMs: number;
  readonly numbers: number[];
}

/** Traffic for tests, a packet at a time, with the same promises as the real one: numbered packets, flows by row, sightings by batch. */
export class FakeTraffic {
  readonly messages = new MessageBatch();
  readonly sightings: { opened: number[]; identified: number[]; bindings: Binding[] } & Sightings = { opened: [], identified: [], bindings: [] };
  readonly #flows: FakeFlow[] = [];
  #packet = 0;
  #inBatch = 0;
  atMs = 1_700_000_000_000;

  /** Opens a conversation with its first packet; answers its row. */
  open(client: string, server: string, port: number, protocol?: string, transport: Transport = 'tcp'): number {
    const isMulticast = server.startsWith('224.') || server.startsWith('ff');
    this.#flows.push({ client, server, port, transport, protocol, isMulticast, firstMs: this.atMs, lastMs: this.atMs, numbers: [] });
    const flow = this.#flows.length - 1;
    this.sightings.opened.push(flow);
    this.send(flow);
    return flow;
  }

  /** A packet of the conversation; answers its number. */
  send(flow: number): number {
    this.#packet += 1;
    this.#inBatch += 1;
    const fake = this.#at(flow);
    fake.lastMs = this.atMs;
    fake.numbers.push(this.#packet);
    return this.#packet;
  }

  /** A packet with a message: a request to read ten registers unless `parts` say otherwise. */
  say(flow: number, parts: Partial<MessageRow> = {}): number {
    const packet = this.send(flow);
    const row = this.messages.next(packet, this.atMs, flow, true, this.#at(flow).protocol ?? 'modbus');
    Object.assign(row, {
      kind: 'request',
      unit: 1,
      functionName: 'read-holding-registers',
      object: 'holding-register',
      objectFirst: 0,
      objectCount: 10,
      ...parts,
    });
    return packet;
  }

  identify(flow: number, protocol: string): void {
    this.#at(flow).protocol = protocol;
    this.sightings.identified.push(flow);
  }

  bind(address: string, mac: string, flow: number, isClaim = false): void {
    this.sightings.bindings.push({ address, mac, vlan: 0, packet: this.#packet, atMs: this.atMs, flow, isClaim });
  }

  /** Hands the batch to `use` with its moment, then begins the next one. */
  batch<T>(use: (messages: MessageBatch, sightings: Sightings, moment: { readonly packets: number; readonly atMs: number }) => T): T {
    const result = use(this.messages, this.sightings, { packets: this.#inBatch, atMs: this.atMs });
    this.messages.reset();
    this.sightings.opened.length = 0;
    this.sightings.identified.length = 0;
    this.sightings.bindings.length = 0;
    this.#inBatch = 0;
    return result;
  }

  get flows(): FlowTable {
    const flows = this.#flows;
    const at = (flow: number): FakeFlow => this.#at(flow);
    return {
      get count() {
        return flows.length;
      },
      read: (flow) => readFlow(at(flow)),
      clientAddress: (flow) => at(flow).client,
      serverAddress: (flow) => at(flow).server,
      serverPort: (flow) => at(flow).port,
      transport: (flow) => at(flow).transport,
      packets: (flow) => at(flow).numbers.length,
      firstMs: (flow) => at(flow).firstMs,
      lastMs: (flow) => at(flow).lastMs,
      service: (flow) => at(flow).protocol ?? `${at(flow).transport}/${at(flow).port}`,
      isMulticast: (flow) => at(flow).isMulticast,
      packetNumbers: (flow) => at(flow).numbers,
    };
  }

  #at(flow: number): FakeFlow {
    const fake = this.#flows[flow];
    if (fake === undefined) throw new Error(`no flow ${flow}`);
    return fake;
  }
}

function readFlow(fake: FakeFlow): Flow {
  const packets = fake.numbers.length;
  return {
    clientAddress: fake.client,
    clientPort: 50_000,
    serverAddress: fake.server,
    serverPort: fake.port,
    transport: fake.transport,
    protocol: fake.protocol ?? 'unknown',
    packets,
    bytes: packets * 60,
    clientPackets: packets,
    clientBytes: packets * 60,
    serverPackets: 0,
    serverBytes: 0,
    firstMs: fake.firstMs,
    lastMs: fake.lastMs,
    communityId: '',
  };
}
