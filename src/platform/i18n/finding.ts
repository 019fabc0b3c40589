// SPDX-License-Identifier: Apache-2.0
/**
 * Sentences of the findings and of doubts about entries of the norm. What is filled in comes in part from the wire
 * (`function`, `object`, `examples`): attacker-controlled, so whoever shows it must show it as plain text.
 */
export const findingWords = {
  'finding.new-device': {
    en: 'A device that was never seen before is on the network: {{address}} (hardware address {{mac}}). {{known}} addresses are known.',
    ja: 'これまで見たことのない機器がネットワークにいます：{{address}}（MACアドレス {{mac}}）。既知のアドレスは {{known}} 件です。',
  },
  'finding.changed-binding': {
    en: '{{address}} is now used by another device: {{mac}}. Until now it was {{known}} ({{support}} observations).',
    ja: '{{address}} を別の機器 {{mac}} が使っています。これまでは {{known}} でした（観測 {{support}} 回）。',
  },
  'finding.duplicate-address': {
    en: '{{mac}} claims the address {{address}}, which belongs to {{known}} ({{support}} observations). Traffic may be diverted to it.',
    ja: '{{mac}} が {{address}} を自分のアドレスだと名乗っています。このアドレスは {{known}} のものです（観測 {{support}} 回）。通信を横取りされるおそれがあります。',
  },
  'finding.taken-address': {
    en: '{{mac}}, known as {{own}}, uses the address {{address}}, which belongs to {{known}} ({{support}} observations). Traffic may be diverted to it.',
    ja: '{{own}} として知られている {{mac}} が、{{known}} のアドレス {{address}} を使っています（観測 {{support}} 回）。通信を横取りされるおそれがあります。',
  },
  'finding.many-claims': {
    en: '{{count}} known addresses were taken by other devices within a short time, for example: {{examples}}. Traffic may be diverted.',
    ja: '既知のアドレス {{count}} 件が、短時間のうちに別の機器に使われました。例：{{examples}}。通信を横取りされるおそれがあります。',
  },
  'finding.moved-device': {
    en: '{{address}} ({{mac}}) is in another VLAN than before. Until now: {{known}}.',
    ja: '{{address}}（{{mac}}）がこれまでと違うVLANにいます。これまでは {{known}} でした。',
  },
  'finding.new-address': {
    en: 'The known device {{mac}} uses an address that is new for it: {{address}}. Until now: {{known}}.',
    ja: '既知の機器 {{mac}} が、これまで使っていないアドレス {{address}} を使っています。これまでは {{known}} でした。',
  },
  'finding.many-bindings': {
    en: '{{count}} devices or addresses that do not fit what was learnt appeared within a short time, for example: {{examples}}.',
    ja: '学習した内容に合わない機器やアドレスが短時間に {{count}} 件現れました。例：{{examples}}。',
  },
  'finding.unknown-client': {
    en: '{{client}}, which took no part in any learnt conversation, contacted {{server}} ({{service}}). Known so far: {{known}}.',
    ja: '学習した通信に一度も現れなかった {{client}} が {{server}} に接続しました（{{service}}）。これまでの通信：{{known}}。',
  },
  'finding.new-pair': {
    en: '{{client}} contacted {{server}} ({{service}}) for the first time. Known so far: {{known}}.',
    ja: '{{client}} が {{server}} と初めて通信しました（{{service}}）。これまでの通信：{{known}}。',
  },
  'finding.new-role': {
    en: '{{client}}, which only answered others until now, contacted {{server}} ({{service}}). Known so far: {{known}}.',
    ja: 'これまで応答するだけだった {{client}} が、{{server}} に接続しました（{{service}}）。これまでの通信：{{known}}。',
  },
  'finding.reversed-role': {
    en: '{{client}} now opens conversations to {{server}} ({{service}}). Until now only the other side did: {{known}}.',
    ja: '{{client}} の側から {{server}} への通信（{{service}}）が始まりました。これまでは逆向きだけでした：{{known}}。',
  },
  'finding.new-multicast': {
    en: '{{client}} sends to a group in a way that it did not use before: {{server}} ({{service}}).',
    ja: '{{client}} が、これまでにないグループ宛ての送信をしています：{{server}}（{{service}}）。',
  },
  'finding.new-service': {
    en: '{{client}} uses a service of {{server}} that is new between the two: {{service}}. Until now: {{known}} ({{support}} observations).',
    ja: '{{client}} が {{server}} のサービス {{service}} を初めて使いました。これまでは {{known}} でした（観測 {{support}} 回）。',
  },
  'finding.sweep': {
    en: '{{actor}} is scanning: it tried {{count}} targets that are new for it, for example: {{examples}}.',
    ja: '{{actor}} がネットワークを探索（スキャン）しています。これまで通信のない {{count}} 件の相手を試しました。例：{{examples}}。',
  },
  'finding.flood': {
    en: '{{count}} findings of one kind at the whole site within a short time, for example: {{examples}}. Either the site was changed, or senders are invented.',
    ja: '同じ種類の検知がサイト全体で短時間に {{count}} 件ありました。例：{{examples}}。設備構成の変更か、送信元の偽装が考えられます。',
  },
  'finding.first-function': {
    en: '{{client}} and {{server}} use {{service}} with each other for the first time: {{function}}, object {{object}}.',
    ja: '{{client}} と {{server}} の間で {{service}} が初めて使われました：{{function}}（対象 {{object}}）。',
  },
  'finding.first-command': {
    en: '{{client}} sent a command to {{server}}, with which it never used {{service}} before: {{function}}, object {{object}}. It can change the process.',
    ja: '{{client}} が、これまで {{service}} で通信したことのない {{server}} に操作命令 {{function}} を送りました（対象 {{object}}）。設備の動作が変わるおそれがあります。',
  },
  'finding.new-function': {
    en: '{{function}}, object {{object}} ({{service}}) was never used between {{client}} and {{server}} before. Until now: {{known}} ({{support}} observations).',
    ja: '{{client}} と {{server}} の間で、これまで使われたことのない機能 {{function}} が使われました（対象 {{object}}、{{service}}）。これまでは {{known}} でした（観測 {{support}} 回）。',
  },
  'finding.new-command': {
    en: '{{client}} sent a command to {{server}} that it never sent before: {{function}}, object {{object}} ({{service}}). It can change the process. Until now: {{known}} ({{support}} observations).',
    ja: '{{client}} が {{server}} に、これまで送ったことのない操作命令 {{function}} を送りました（対象 {{object}}、{{service}}）。設備の動作が変わるおそれがあります。これまでは {{known}} でした（観測 {{support}} 回）。',
  },
  'finding.unreadable': {
    en: 'Part of the conversation of {{client}} with {{server}} ({{service}}) could not be read as this protocol. Lost packets, a fault or an attack may be the reason.',
    ja: '{{client}} と {{server}} の通信（{{service}}）の一部を、このプロトコルとして読み取れませんでした。パケットの欠落、故障、攻撃のいずれも考えられます。',
  },
  'finding.new-object': {
    en: '{{client}} used {{function}} of {{server}} on an object that is new for it: {{object}} ({{service}}). Until now: {{known}} ({{support}} observations).',
    ja: '{{client}} が {{server}} の {{function}} を、これまで扱っていない対象 {{object}} に使いました（{{service}}）。これまでは {{known}} でした（観測 {{support}} 回）。',
  },
  'finding.new-way': {
    en: 'Roles are reversed between {{client}} and {{server}}: {{function}} came as {{way}} ({{service}}). Until now: {{known}}.',
    ja: '{{client}} と {{server}} の役割が入れ替わっています：{{function}} が {{way}} として現れました（{{service}}）。これまでは {{known}} でした。',
  },
  'finding.new-error': {
    en: '{{server}} answered {{function}} of {{client}} with an error that is new: {{status}} ({{service}}). Until now: {{known}} ({{support}} observations).',
    ja: '{{client}} の {{function}} に対し、{{server}} がこれまでにないエラー {{status}} を返しました（{{service}}）。これまでは {{known}} でした（観測 {{support}} 回）。',
  },
  'finding.function-sweep': {
    en: '{{actor}} is trying out functions of {{service}}: {{count}} that are new for it, for example: {{examples}}.',
    ja: '{{actor}} が {{service}} の機能を次々に試しています。これまで使っていないものが {{count}} 件あります。例：{{examples}}。',
  },
  'finding.object-sweep': {
    en: '{{client}} is searching with {{function}} ({{service}}): {{count}} objects that are new for it, for example: {{examples}}.',
    ja: '{{client}} が {{function}}（{{service}}）で次々に探索しています。これまで扱っていない対象が {{count}} 件あります。例：{{examples}}。',
  },
  'norm.doubt.two-macs': {
    en: 'While learning, {{address}} stood behind several hardware addresses: {{macs}}. Two devices with one address, or one that pretends.',
    ja: '学習中、{{address}} に複数のMACアドレス {{macs}} が対応していました。アドレスの重複か、なりすましの可能性があります。',
  },
  'norm.doubt.seen-once': {
    en: 'Seen only once while learning: {{what}}.',
    ja: '学習中に一度しか現れていません：{{what}}。',
  },
  'norm.doubt.rare-command': {
    en: 'A command that can change the process was seen {{count}} times, all within one window of time: {{what}}. Does it belong to normal operation?',
    ja: '設備の動作を変えうる命令が {{count}} 回、一つの時間帯にだけ現れました：{{what}}。通常の運用に含まれますか。',
  },
  'norm.doubt.coarse': {
    en: 'Too many different objects were seen to tell them apart: {{what}}. The norm is laxer here than what was seen.',
    ja: '対象の種類が多すぎるため区別していません：{{what}}。この部分の基準は、実際に見た範囲より緩くなっています。',
  },
} as const;
