// SPDX-License-Identifier: Apache-2.0
/** An IPv4 address as 0 … 4,294,967,295, or undefined when the text is not one. */
export function parseAddress(text: string): number | undefined {
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) return undefined;
  const parts = text.split('.').map(Number);
  if (parts.some((part) => part > 255)) return undefined;
  return parts.reduce((whole, part) => whole * 256 + part, 0);
}

/** `10.20.0.10`; the number is 0 … 4,294,967,295. */
export function formatAddress(address: number): string {
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
}

/** A hardware address as a 48-bit whole number, or undefined when the text is not one. */
export function parseMac(text: string): number | undefined {
  if (!/^[0-9a-fA-F]{2}([:-][0-9a-fA-F]{2}){5}$/.test(text)) return undefined;
  return Number.parseInt(text.replaceAll(/[:-]/g, ''), 16);
}

/** `00:00:54:10:20:0a`; the number has at most 48 bits. */
export function formatMac(mac: number): string {
  return (mac.toString(16).padStart(12, '0').match(/../g) ?? []).join(':');
}

export const broadcastMac = 0xffff_ffff_ffff;
export const broadcastAddress = 0xffff_ffff;

/** Group bit of the first byte: broadcast and multicast. */
export function isGroupMac(mac: number): boolean {
  return Math.floor(mac / 0x100_0000_0000) % 2 === 1;
}

/** 01-80-C2-00-00-00 … 0F: a bridge never forwards these. Source: IEEE 802.1Q-2022, table 8-1. */
export function isLinkLocalMac(mac: number): boolean {
  return mac >= 0x0180_c200_0000 && mac <= 0x0180_c200_000f;
}
