// SPDX-License-Identifier: Apache-2.0
import { concatBytes, toUtf8, writeUint16, writeUint32 } from '../../base/bytes.ts';
import { addressOf } from '../network.ts';
import type { ProcessState } from '../water/process.ts';
import { sizes } from '../water/process.ts';
import type { Host } from '../wire/host.ts';
import { leaseAddress } from './dhcp.ts';
import { serveHttp } from './http.ts';

export const cameraPort = 80;
export const streamPort = 5004;
const widthPixels = 160;
const heightPixels = 120;
const linesPerPacket = 5;
const packetsPerPicture = heightPixels / linesPerPacket;
const pictureMs = 1_000;

/**
 * The camera at the tank: a grey picture of the water level, one a second as RTP to the operator terminal (payload type 96: two bytes with
 * the first line, then lines of 160 pixels) and as a picture file over HTTP. Source: RFC 3550, section 5.1.
 */
export function runCamera(host: Host, process: ProcessState): void {
  serveHttp(host, cameraPort, 'camera', ({ method, path }) => {
    if (method !== 'GET' || path !== '/snapshot.pgm') return { status: '404 Not Found', type: '', body: new Uint8Array(0) };
    const header = toUtf8(`P5\n${widthPixels} ${heightPixels}\n255\n`);
    return { status: '200 OK', type: 'image/x-portable-graymap', body: concatBytes([header, drawTank(process, host)]) };
  });
  leaseAddress(host, 'tank-camera', addressOf('services'), () => stream(host, process));
}

function stream(host: Host, process: ProcessState): void {
  let sequence = host.random.below(0x10000);
  let timestamp = host.random.below(0x1_0000_0000);
  const source = host.random.below(0x1_0000_0000);
  let picture = drawTank(process, host);
  const send = (part: number): void => {
    const packet = new Uint8Array(14 + widthPixels * linesPerPacket);
    packet[0] = 0x80;
    packet[1] = 96 | (part === packetsPerPicture - 1 ? 0x80 : 0);
    writeUint16(packet, 2, sequence);
    writeUint32(packet, 4, timestamp);
    writeUint32(packet, 8, source);
    writeUint16(packet, 12, part * linesPerPacket);
    packet.set(picture.subarray(part * linesPerPacket * widthPixels, (part + 1) * linesPerPacket * widthPixels), 14);
    host.sendUdp(addressOf('hmi'), streamPort, streamPort, packet);
    sequence = (sequence + 1) & 0xffff;
    const next = (part + 1) % packetsPerPicture;
    if (next === 0) {
      timestamp = (timestamp + 90_000) >>> 0;
      picture = drawTank(process, host);
    }
    host.schedule.after(pictureMs / packetsPerPicture + (host.random.next() - 0.5) * 2, () => send(next));
  };
  send(0);
}

/** The tank in section: water dark, air light, with the noise of a cheap sensor. */
function drawTank(process: ProcessState, host: Host): Uint8Array {
  const pixels = new Uint8Array(widthPixels * heightPixels);
  const surface = Math.round(heightPixels * (1 - process.t1LevelM / sizes.t1HeightM));
  const grain = host.random.below(0x1_0000_0000);
  for (let line = 0; line < heightPixels; line += 1) {
    for (let column = 0; column < widthPixels; column += 1) {
      const isWall = column < 8 || column >= widthPixels - 8 || line >= heightPixels - 4;
      const noise = (Math.imul((line * widthPixels + column) ^ grain, 0x9e3779b1) >>> 28) & 7;
      pixels[line * widthPixels + column] = (isWall ? 120 : line >= surface ? 48 : 200) + noise;
    }
  }
  return pixels;
}
