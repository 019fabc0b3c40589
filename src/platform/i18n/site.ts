// SPDX-License-Identifier: Apache-2.0
/** Words about the state of the site as a whole. */
export const siteWords = {
  'site.calm': { en: 'Everything is as it should be', ja: '異常はありません' },
  'site.learning': { en: 'Learning what is normal here: no alarms yet', ja: '通常の状態を学習中です（警報はまだ出しません）' },
  'site.attention': { en: 'Open incidents that need a look: {{count}}', ja: '確認が必要なインシデントが {{count}} 件あります' },
  'site.alarm': { en: 'The plant is being acted upon: a decision is needed now', ja: '設備が操作されています。今すぐ判断が必要です' },
  'site.contained': { en: 'The act is stopped; the plant runs on', ja: '操作を止めました。設備は運転を続けています' },
  'site.blind': { en: 'A sensor has stopped: what happens there is not seen', ja: 'センサーが停止しています。その範囲は見えていません' },
  'site.chain-broken': { en: 'The chain of evidence is damaged', ja: '証拠の鎖が壊れています' },
} as const;
