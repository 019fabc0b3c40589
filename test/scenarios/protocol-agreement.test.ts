// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { findOperation } from '../../src/protocols/index.ts';
import { needsShared, sharedPath } from '../shared.ts';
import { type CapturedMessage, readMessages } from './captured-messages.ts';

/**
 * The whole way from file to message, judged by tshark: for every packet both name the same messages with the same fields.
 * A line is what both can say: `12 modbus 4/3` = packet 12 completed a message of function 3 for unit 4.
 */
const hasTshark = spawnSync('tshark', ['--version']).status === 0;
const run = promisify(execFile);

/** Captures in which the two agree in every message. */
const captures: readonly string[] = [
  'ot-traffic/icsnpp-modbus/traces/modbus_example.pcap',
  'ot-traffic/suricata-verify/modbus/modbus.pcap',
  'attack-detection/Modbus_CSET2016/CnC_uploading_exe_modbus_6RTU_with_operate.pcap.gz',
  'attack-detection/Modbus_CSET2016/send_a_fake_command_modbus_6RTU_with_operate.pcap.gz',
  'ot-traffic/icsnpp-profinet-io-cm/traces/profinet_io_cm_mixed_1.pcap',
  'ot-traffic/nDPI/pcap/NTPv3.pcap',
  'ot-traffic/nDPI/pcap/bets.pcapng',
  'ot-traffic/nDPI/pcap/bt-dns.pcap',
  'ot-traffic/nDPI/pcap/coap_mqtt.pcap',
  'ot-traffic/nDPI/pcap/custom_risk_mask.pcapng',
  'ot-traffic/nDPI/pcap/dns-google-nsid.pcapng',
  'ot-traffic/nDPI/pcap/dns_ambiguous_names.pcap',
  'ot-traffic/nDPI/pcap/gaijin_mobile_mixed.pcap',
  'ot-traffic/nDPI/pcap/google_chat.pcapng',
  'ot-traffic/nDPI/pcap/http-crash-content-disposition.pcap',
  'ot-traffic/nDPI/pcap/jsonrpc.pcap',
  'ot-traffic/nDPI/pcap/modbus.pcap',
  'ot-traffic/nDPI/pcap/pgsql2.pcapng',
  'ot-traffic/nDPI/pcap/pops.pcapng',
  'ot-traffic/nDPI/pcap/psiphon3.pcap',
  'ot-traffic/nDPI/pcap/sql_injection.pcap',
  'ot-traffic/nDPI/pcap/ssl-cert-name-mismatch.pcap',
  'ot-traffic/nDPI/pcap/tls_1.2_unidirectional_client.pcapng',
  'ot-traffic/nDPI/pcap/tls_1.3_unidirectional_client.pcapng',
  'ot-traffic/nDPI/pcap/tls_alert.pcap',
  'ot-traffic/nDPI/pcap/tls_ech.pcapng',
  'ot-traffic/nDPI/pcap/tls_missing_ch_frag.pcap',
  'ot-traffic/nDPI/pcap/windscribe.pcapng',
  'ot-traffic/nDPI/pcap/xiaomi.pcap',
  'ot-traffic/nDPI/pcap/zattoo.pcap',
  'ot-traffic/arkime/6-4-gre-ppp-udp-4-dns.pcap',
  'ot-traffic/arkime/cloudshark-dtls1.pcap',
  'ot-traffic/arkime/dns-caa.pcap',
  'ot-traffic/arkime/dns-flags0000.pcap',
  'ot-traffic/arkime/dns-mx.pcap',
  'ot-traffic/arkime/dns-tcp.pcap',
  'ot-traffic/arkime/dns-wiresharkrepo.pcap',
  'ot-traffic/arkime/gre-erspan-vxlan.pcap',
  'ot-traffic/arkime/http-500-head.pcap',
  'ot-traffic/arkime/http-content-zip.pcap',
  'ot-traffic/arkime/http-no-length.pcap',
  'ot-traffic/arkime/http-syn-ack.pcap',
  'ot-traffic/arkime/http-xff.pcap',
  'ot-traffic/arkime/https2-301-get.pcap',
  'ot-traffic/arkime/nflog.pcap',
  'ot-traffic/arkime/openssl-tls1-tls1_2.pcap',
  'ot-traffic/arkime/openssl-tls1_2-tls1.pcap',
  'ot-traffic/arkime/socks-https-example.pcap',
  'ot-traffic/arkime/socks5-http-302.pcap',
  'ot-traffic/arkime/ssl-selfsign.pcap',
  'ot-traffic/arkime/tls-alpn-h2.pcap',
  'ot-traffic/arkime/tls13.pcap',
  'ot-traffic/arkime/v6-http.pcap',
  'ot-traffic/arkime/wireshark-retrans.pcap',
  'attack-detection/Malcolm-PCAP/cve-2020-13777/gnutls-tls1.2-non-vulnerable.pcap',
  'attack-detection/Malcolm-PCAP/cve-2020-13777/gnutls-tls1.2-vulnerable.pcap',
  'attack-detection/Malcolm-PCAP/cve-2022-22954/attempt-constructed.pcap',
  'attack-detection/Malcolm-PCAP/cve-2022-22954/successful-constructed.pcap',
  'attack-detection/Malcolm-PCAP/ripple20/dns_long_cname.pcap',
  'attack-detection/Malcolm-PCAP/ripple20/dns_over_tcp.pcap',
  'attack-detection/Malcolm-PCAP/ripple20/dns_over_udp_with_edns.pcap',
  'attack-detection/slips/test8-malicious.pcap',
];

/** Lines in which they differ, and why tshark's is not the one we want. */
const differences: Readonly<Record<string, readonly string[]>> = {
  // The request target holds a space: tshark ends it there, a lenient server does not.
  'ot-traffic/arkime/gre-erspan-vxlan.pcap': ['- 4 http get /Hello', '+ 4 http get /Hello\\x20Arkime'],
  // A ClientHello in the form of SSL 2.0, which is not read.
  'ot-traffic/arkime/https2-301-get.pcap': ['- 4 tls client '],
  // Fast retransmissions of bytes that were already read: tshark shows them a second time.
  'ot-traffic/arkime/wireshark-retrans.pcap': ['- 42 http 200', '- 86 http 200'],
};

const fields = [
  'frame.number',
  'mbtcp.unit_id',
  'modbus.func_code',
  'dns.flags.response',
  'dns.flags.opcode',
  'dns.qry.name',
  'dns.resp.name',
  'dns.flags.rcode',
  'dns.count.auth_rr',
  'dns.count.add_rr',
  'dns.a',
  'dns.aaaa',
  'http.request.method',
  'http.request.uri',
  'http.response.code',
  'tls.handshake.type',
  'tls.handshake.extensions_server_name',
  'ntp.flags.mode',
  'ntp.flags.vn',
  'ntp.stratum',
  'arp.opcode',
  'arp.src.proto_ipv4',
  'arp.dst.proto_ipv4',
  'dhcp.option.dhcp',
  'dhcp.option.hostname',
] as const;
type Field = (typeof fields)[number];

async function askTshark(path: string): Promise<string[]> {
  const filter = 'modbus || dns || mdns || llmnr || http || tls || ntp || arp || dhcp';
  // A message of HTTP is its head, as ours is.
  const args = ['-n', '-o', 'http.desegment_body:FALSE', '-r', path, '-Y', filter, '-T', 'fields', '-E', 'aggregator=;'];
  const { stdout } = await run('tshark', [...args, ...fields.flatMap((field) => ['-e', field])], { maxBuffer: 64 * 1024 * 1024 });
  return stdout.split('\n').flatMap((line) => (line === '' ? [] : linesOfTshark(line.split('\t'))));
}

function linesOfTshark(columns: readonly string[]): string[] {
  const all = (field: Field): readonly string[] => (columns[fields.indexOf(field)] ?? '').split(';').filter((value) => value !== '');
  const packet = columns[0] ?? '';
  const lines: string[] = [];
  all('modbus.func_code').forEach((code, index) => {
    lines.push(`${packet} modbus ${all('mbtcp.unit_id')[index]}/${code}`);
  });
  all('dns.flags.response').forEach((response, index) => {
    const name = (all('dns.qry.name')[index] ?? all('dns.resp.name')[0])?.toLowerCase().replace('<root>', '.') ?? '';
    lines.push(`${packet} dns ${response === '1' ? 'response' : 'request'} ${all('dns.flags.opcode')[index]} ${name} ${all('dns.flags.rcode')[index] ?? '0'}`);
    // Its lists do not say in which section an address stood: only messages with nothing but answers can be compared.
    if (all('dns.count.auth_rr')[0] !== '0' || all('dns.count.add_rr')[0] !== '0') return;
    const addresses = [...all('dns.a'), ...all('dns.aaaa')];
    if (addresses.length > 0) lines.push(`${packet} dns addresses ${addresses.toSorted().join(' ')}`);
  });
  all('http.request.method').forEach((method, index) => {
    lines.push(`${packet} http ${method.toLowerCase()} ${pathOf(all('http.request.uri')[index] ?? '')}`);
  });
  for (const code of all('http.response.code')) lines.push(`${packet} http ${code}`);
  let names = 0;
  for (const type of all('tls.handshake.type')) {
    if (type === '1') lines.push(`${packet} tls client ${all('tls.handshake.extensions_server_name')[names++] ?? ''}`);
    if (type === '2') lines.push(`${packet} tls server`);
  }
  for (const mode of all('ntp.flags.mode')) lines.push(`${packet} ntp ${mode} ${all('ntp.flags.vn')[0]} ${Number(all('ntp.stratum')[0] ?? 0)}`);
  all('arp.opcode').forEach((code, index) => {
    lines.push(`${packet} arp ${code} ${all('arp.src.proto_ipv4')[index]} ${all('arp.dst.proto_ipv4')[index]}`);
  });
  for (const type of all('dhcp.option.dhcp')) lines.push(`${packet} dhcp ${type} ${all('dhcp.option.hostname')[0] ?? ''}`);
  return lines;
}

function pathOf(uri: string): string {
  return uri.replace(/^https?:\/\/[^/]*/, '').replace(/[?#].*$/, '');
}

const rcodes: readonly string[] = ['ok', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED'];

/** The same line from our message; undefined where tshark's fields have no counterpart (alerts). */
function lineOf(message: CapturedMessage): string | undefined {
  const code = findOperation(message.protocol, message.function)?.code ?? /^function-(\d+)$/.exec(message.function)?.[1];
  const text = (name: string): string => message.texts.find((candidate) => candidate.startsWith(`${name}=`))?.slice(name.length + 1) ?? '';
  switch (message.protocol) {
    case 'modbus':
      return `${message.unit}/${code}`;
    case 'dns':
      // `malformed` and `truncated` are our words for what stands behind the header.
      return `${message.kind} ${code} ${message.object ?? ''} ${Math.max(0, rcodes.indexOf(message.status))}`;
    case 'http':
      return message.kind === 'request' ? `${message.function} ${(message.object ?? '').replace(/^[^/]*/, '')}` : `${message.numbers[0]}`;
    case 'tls':
      return message.function === 'alert' ? undefined : message.function === 'client-hello' ? `client ${message.object ?? ''}` : 'server';
    case 'ntp':
      return `${code} ${message.numbers[0]} ${message.numbers[1]}`;
    case 'arp':
      return `${message.function === 'reply' ? 2 : 1} ${text('sender-address')} ${text('target-address')}`;
    default:
      return `${code} ${text('hostname')}`;
  }
}

/** The addresses of an answer, where tshark's own list is comparable. */
function addressLine(message: CapturedMessage, comparable: ReadonlySet<string>): string[] {
  const addresses = message.texts.slice(1).filter((text) => /^\d+\.\d+\.\d+\.\d+$|^[0-9a-f]*:[0-9a-f:]+$/.test(text));
  if (message.protocol !== 'dns' || addresses.length === 0 || !comparable.has(`${message.packet}`)) return [];
  return [`${message.packet} dns addresses ${addresses.toSorted().join(' ')}`];
}

async function askOurs(path: string, theirs: readonly string[]): Promise<string[]> {
  const comparable = new Set(theirs.filter((line) => line.includes(' dns addresses ')).map((line) => line.split(' ')[0] ?? ''));
  return (await readMessages(path)).flatMap((message) => {
    const line = lineOf(message);
    return [...(line === undefined ? [] : [`${message.packet} ${message.protocol} ${line}`]), ...addressLine(message, comparable)];
  });
}

for (const name of captures) {
  const skip = needsShared(name) || (hasTshark ? false : 'needs tshark');
  test(`the messages of ${name} are those that tshark names`, { skip }, async () => {
    const path = sharedPath(name) as string; // needsShared has seen it
    const theirs = await askTshark(path);
    const ours = await askOurs(path, theirs);
    assert.ok(ours.length > 0, 'a capture without messages judges nothing');
    const found = [...subtract(theirs, ours).map((line) => `- ${line}`), ...subtract(ours, theirs).map((line) => `+ ${line}`)];
    assert.deepEqual(found, differences[name] ?? [], `of ${theirs.length} messages`);
  });
}

/** What is in the first list more often than in the second. */
function subtract(from: readonly string[], what: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const line of what) counts.set(line, (counts.get(line) ?? 0) + 1);
  return from.filter((line) => {
    const left = counts.get(line) ?? 0;
    counts.set(line, left - 1);
    return left <= 0;
  });
}
