// SPDX-License-Identifier: Apache-2.0
/** Appends the value to the list of this key, which is made when it is missing. */
export function appendTo<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
