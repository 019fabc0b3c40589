// SPDX-License-Identifier: Apache-2.0
import type { FlowTable } from '../../model/flow.ts';
import type { MessageBatch, MessageRow } from '../../model/message.ts';

/** Named limits: devices that have names here, and names of one device. */
const devicesMax = 65_536;
const namesMax = 8;

/**
 * Names that devices gave themselves, by hardware or IP address: the host name in a DHCP request, and an mDNS answer that holds the
 * sender's own address. Attacker-controlled: a name is what a device says, no proof of what it is.
 */
export class DeviceNames {
  readonly #names = new Map<string, string[]>();

  /** Looks through the messages of a batch. */
  note(messages: MessageBatch, flows: FlowTable): void {
    for (let index = 0; index < messages.count; index += 1) {
      const row = messages.rows[index] as MessageRow; // rows below count are filled
      if (row.protocol === 'dhcp') this.#noteDhcp(row, messages);
      else if (row.protocol === 'dns' && row.objectFirst < 0 && row.kind !== 'request' && flows.serverPort(row.flow) === 5353)
        this.#noteMdns(row, messages, flows);
    }
  }

  /** Names of a hardware or IP address, in order of first sight. */
  of(address: string): readonly string[] {
    return this.#names.get(address) ?? [];
  }

  #noteDhcp(row: MessageRow, messages: MessageBatch): void {
    if (!row.fromClient) return; // a server repeats what the client said
    let mac = '';
    let name = '';
    for (let at = row.textFirst; at < row.textFirst + row.textCount; at += 1) {
      const text = messages.texts[at] ?? '';
      if (text.startsWith('client-mac=')) mac = text.slice(11);
      else if (text.startsWith('hostname=')) name = text.slice(9);
    }
    if (mac !== '' && name !== '') this.#add(mac, name);
  }

  #noteMdns(row: MessageRow, messages: MessageBatch, flows: FlowTable): void {
    const sender = row.fromClient ? flows.clientAddress(row.flow) : flows.serverAddress(row.flow);
    const contents = messages.texts.slice(row.textFirst + 1, row.textFirst + row.textCount);
    if (contents.includes(sender)) this.#add(sender, row.object);
  }

  #add(address: string, name: string): void {
    const known = this.#names.get(address);
    if (known === undefined) {
      if (this.#names.size < devicesMax) this.#names.set(address, [name]);
    } else if (known.length < namesMax && !known.includes(name)) known.push(name);
  }
}
