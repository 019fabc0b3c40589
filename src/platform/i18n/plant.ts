// SPDX-License-Identifier: Apache-2.0
/** Words about the simulated plant of the demonstration. */
export const plantWords = {
  'plant.simulated': {
    en: 'This water plant and its network are simulated. Everything that judges its packets is the real product.',
    ja: 'この浄水場とネットワークは模擬です。パケットを判定する仕組みはすべて実物です。',
  },
  'plant.attack.setpoint': { en: 'A stranger scans and raises the chlorine set point', ja: '部外者が探索し、塩素の設定値を引き上げる' },
  'plant.attack.scan': { en: 'A stranger only scans', ja: '部外者が探索だけを行う' },
  'plant.attack.hmi-takeover': { en: 'The operator terminal is taken over', ja: '操作端末が乗っ取られる' },
  'plant.attack.maintenance': { en: 'Planned maintenance (not an attack)', ja: '計画保守（攻撃ではない）' },
} as const;
