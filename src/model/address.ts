// SPDX-License-Identifier: Apache-2.0
/** True for a hardware address as this program writes them: six bytes in lower-case hexadecimal, `02:00:5e:00:53:01`. */
export function isHardwareAddress(text: string): boolean {
  return /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(text);
}

/** True for an IPv4 or IPv6 address as this program writes them; hardware addresses and `*` are none. */
export function isIpAddress(text: string): boolean {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(text) || (/^[0-9a-f:.]{2,45}$/.test(text) && text.includes(':') && !isHardwareAddress(text));
}
