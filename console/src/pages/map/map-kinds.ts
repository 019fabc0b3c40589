// SPDX-License-Identifier: Apache-2.0

/** Kinds of devices with the shape that each has in the picture; its sign is `public/signs/<name>.svg`. */
export const mapKinds = [
  { name: 'controller', shape: 'rectangle' },
  { name: 'operator-terminal', shape: 'round-rectangle' },
  { name: 'workstation', shape: 'round-rectangle' },
  { name: 'server', shape: 'barrel' },
  { name: 'camera', shape: 'ellipse' },
  { name: 'network', shape: 'hexagon' },
  { name: 'unknown', shape: 'diamond' },
] as const;
