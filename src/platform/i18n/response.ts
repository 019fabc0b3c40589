// SPDX-License-Identifier: Apache-2.0
/** Words of responses: why, interlocks, caveats. */
export const responseWords = {
  'response.action.observe': { en: 'Observe and keep the packets', ja: '監視を続け、パケットを保全' },
  'response.action.notify': { en: 'Notify the people in charge', ja: '担当者に知らせる' },
  'response.action.deny-flow': { en: 'Deny the conversation', ja: '該当する通信を遮断' },
  'response.action.restrict-function': { en: 'Stop only the commands that change something', ja: '変更を伴う命令だけを止める' },
  'response.action.isolate-device': { en: 'Isolate the device', ja: '機器を隔離' },
  'response.why.observe': {
    en: 'Keeps the packets of {{target}} as evidence and goes on watching. Nothing on the network changes.',
    ja: '{{target}} のパケットを証拠として保全し、監視を続けます。ネットワークには何もしません。',
  },
  'response.why.notify': {
    en: 'Tells the people in charge about {{target}}. Nothing on the network changes.',
    ja: '{{target}} について担当者に知らせます。ネットワークには何もしません。',
  },
  'response.why.deny-flow': {
    en: 'Takes the conversation {{target}} off the network. Everything else goes on.',
    ja: '通信 {{target}} を遮断します。そのほかの通信は続きます。',
  },
  'response.why.restrict-function': {
    en: 'Lets {{target}} go on reading over {{protocol}}, but no longer write or control.',
    ja: '{{target}} の {{protocol}} による読み出しは続け、書き込みと制御だけを止めます。',
  },
  'response.why.isolate-device': { en: 'Takes everything from and to {{target}} off the network.', ja: '{{target}} の通信をすべて遮断します。' },
  'response.interlock.essential': { en: 'It would cut {{subject}}, which is essential.', ja: '必須の通信 {{subject}} まで止めてしまいます。' },
  'response.interlock.share': {
    en: 'It would cut {{percent}} % of the normal packets; at most {{max}} % is allowed.',
    ja: '通常のパケットの {{percent}} % を止めてしまいます（上限 {{max}} %）。',
  },
  'response.interlock.loss': {
    en: '{{count}} packets were lost: its effect cannot be judged.',
    ja: 'パケットが {{count}} 個失われたため、影響を見積もれません。',
  },
  'response.interlock.blind': {
    en: 'No packets of the last minutes are kept: its effect cannot be judged.',
    ja: '直近のパケットが残っていないため、影響を見積もれません。',
  },
  'response.caveat.hardware': {
    en: 'What this hardware address carries beside the conversations listed here cannot be measured beforehand.',
    ja: 'このMACアドレスの通信のうち、ここに挙げた以外のものは事前に測定できません。',
  },
  'response.caveat.dropped': { en: '{{count}} packets were lost in that time.', ja: 'この間にパケットが {{count}} 個失われています。' },
  'response.caveat.short': { en: 'Only the last {{seconds}} seconds could be tried.', ja: '試せたのは直近 {{seconds}} 秒分だけです。' },
  'response.caveat.more': { en: '{{count}} more conversations are not listed.', ja: 'ほかに {{count}} 件の通信があります。' },
} as const;
