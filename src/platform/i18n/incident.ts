// SPDX-License-Identifier: Apache-2.0
/** Words of incidents: titles, causes, and what would confirm a cause. */
export const incidentWords = {
  'incident.title.acting': { en: '{{origin}} is acting on {{target}}: {{observed}}', ja: '{{origin}} が {{target}} を操作しています：{{observed}}' },
  'incident.title.unusual-command': { en: 'Unusual command from {{origin}} to {{target}}', ja: '{{origin}} から {{target}} への通常と異なる命令' },
  'incident.title.sweep': { en: '{{origin}} is searching the network', ja: '{{origin}} がネットワークを探索しています' },
  'incident.title.taken-address': {
    en: '{{origin}} takes the address {{target}} of another device',
    ja: '{{origin}} が別の機器のアドレス {{target}} を使っています',
  },
  'incident.title.flood': { en: 'Flood of {{observed}}', ja: '大量の異常：{{observed}}' },
  'incident.title.new-device': { en: 'Unknown device {{origin}}', ja: '未知の機器 {{origin}}' },
  'incident.title.unusual': { en: 'Unusual communication of {{origin}}: {{observed}}', ja: '{{origin}} の通常と異なる通信：{{observed}}' },

  'incident.cause.rogue-command': {
    en: 'A device that does not belong here gives commands to controllers',
    ja: 'ここに属さない機器が制御機器に命令を送っている',
  },
  'incident.cause.modify-parameter': {
    en: 'A known device was taken over and changes set points or outputs',
    ja: '既知の機器が乗っ取られ、設定値や出力を変更している',
  },
  'incident.cause.discovery': { en: 'Somebody explores the network to prepare an attack', ja: '攻撃の準備としてネットワークが探索されている' },
  'incident.cause.adversary-in-the-middle': {
    en: 'A device places itself between two others to read or change what they say',
    ja: '二つの機器の間に割り込み、通信を盗み見または改ざんしている',
  },
  'incident.cause.device-stop': { en: 'Somebody tries to stop or restart a controller', ja: '制御機器を停止または再起動させようとしている' },
  'incident.cause.program-change': { en: 'Somebody changes the program of a controller', ja: '制御機器のプログラムが書き換えられようとしている' },
  'incident.cause.firmware-change': { en: 'Somebody changes the firmware of a device', ja: '機器のファームウェアが書き換えられようとしている' },
  'incident.cause.lateral-movement': { en: 'An intruder moves on from one device to the next', ja: '侵入者が機器から機器へ移動している' },
  'incident.cause.flooding': { en: 'Somebody floods the network to hide or to block something', ja: '何かを隠す、または妨げるために大量の通信が送られている' },
  'incident.cause.planned-maintenance': { en: 'Maintenance work that was not announced here', ja: '連絡のない保守作業' },
  'incident.cause.new-equipment': { en: 'New equipment was put into service', ja: '新しい機器の導入' },
  'incident.cause.device-replaced': { en: 'A device was replaced and keeps its address', ja: '機器が交換され、同じアドレスを引き継いだ' },
  'incident.cause.misconfiguration': {
    en: 'A wrong setting sends communication where it does not belong',
    ja: '設定の誤りにより、本来と違う相手と通信している',
  },
  'incident.cause.device-fault': { en: 'A device is failing', ja: '機器の故障' },

  'incident.confirm.rogue-command': {
    en: 'Nobody on site knows the device, or its owner did not send the commands',
    ja: '現場の誰もその機器を知らない、または所有者が命令を送っていない',
  },
  'incident.confirm.modify-parameter': { en: 'The operator at that terminal did not make the change', ja: 'その端末の操作者が変更していない' },
  'incident.confirm.discovery': { en: 'No inventory or vulnerability scan was planned', ja: '資産調査や脆弱性検査の予定がない' },
  'incident.confirm.adversary-in-the-middle': {
    en: 'The switch shows the address at an unexpected port',
    ja: 'スイッチ上で、そのアドレスが想定外のポートにある',
  },
  'incident.confirm.device-stop': {
    en: 'The controller shows a stop or restart that nobody ordered',
    ja: '指示していない停止・再起動が制御機器に記録されている',
  },
  'incident.confirm.program-change': {
    en: 'The program in the controller differs from the released one',
    ja: '制御機器内のプログラムが承認済みのものと異なる',
  },
  'incident.confirm.firmware-change': { en: 'The version in the device differs from the released one', ja: '機器のバージョンが承認済みのものと異なる' },
  'incident.confirm.lateral-movement': { en: 'Sign-ins at the device reached last that nobody made', ja: '最後に到達した機器に、覚えのないログインがある' },
  'incident.confirm.flooding': {
    en: 'The senders do not exist at the switch ports they seem to come from',
    ja: '送信元とされる機器が、スイッチの該当ポートに存在しない',
  },
  'incident.confirm.planned-maintenance': { en: 'A work order exists for this time and device', ja: 'この時刻と機器についての作業指示書がある' },
  'incident.confirm.new-equipment': { en: 'The device stands in the delivery or change record', ja: '納入記録または変更記録にその機器がある' },
  'incident.confirm.device-replaced': {
    en: 'A replacement is recorded; the new hardware address is on its label',
    ja: '交換記録があり、銘板に新しい MAC アドレスが記載されている',
  },
  'incident.confirm.misconfiguration': { en: 'The settings of the sender name this target', ja: '送信側の設定に、この相手が登録されている' },
  'incident.confirm.device-fault': { en: 'The device reports a fault, or its lamps do', ja: '機器の表示灯や診断が異常を示している' },

  'incident.missing.new-device': { en: 'not seen so far: an unknown device', ja: '未確認：未知の機器' },
  'incident.missing.binding-change': { en: 'not seen so far: an address that changed its device', ja: '未確認：アドレスと機器の対応の変化' },
  'incident.missing.taken-address': {
    en: 'not seen so far: a known device under the address of another',
    ja: '未確認：既知の機器が他の機器のアドレスを使うこと',
  },
  'incident.missing.moved': {
    en: 'not seen so far: a known device under another address or in another VLAN',
    ja: '未確認：既知の機器のアドレスまたはVLANの変更',
  },
  'incident.missing.role-change': { en: 'not seen so far: a device that only answered and now asks', ja: '未確認：応答だけだった機器からの要求' },
  'incident.missing.flood': { en: 'not seen so far: a flood', ja: '未確認：大量の通信' },
  'incident.missing.unreadable': { en: 'not seen so far: bytes that could not be read', ja: '未確認：読み取れない通信' },
  'incident.missing.sweep': { en: 'not seen so far: a search over many targets', ja: '未確認：多数の相手への探索' },
  'incident.missing.new-peer': { en: 'not seen so far: a new conversation', ja: '未確認：新しい相手との通信' },
  'incident.missing.new-group': { en: 'not seen so far: something new said to a group', ja: '未確認：グループ宛ての新しい送信' },
  'incident.missing.new-service': { en: 'not seen so far: a new service', ja: '未確認：新しいサービス' },
  'incident.missing.discovery': { en: 'not seen so far: reading of device identification', ja: '未確認：機器情報の読み出し' },
  'incident.missing.read': { en: 'not seen so far: unusual reading', ja: '未確認：通常と異なる読み出し' },
  'incident.missing.write': { en: 'not seen so far: writing of values', ja: '未確認：値の書き込み' },
  'incident.missing.insistence': { en: 'not seen so far: the same command again and again', ja: '未確認：同じ命令の繰り返し' },
  'incident.missing.program': { en: 'not seen so far: change of a program', ja: '未確認：プログラムの変更' },
  'incident.missing.mode': { en: 'not seen so far: change of the operating mode', ja: '未確認：運転モードの変更' },
  'incident.missing.stop': { en: 'not seen so far: stop, start or restart', ja: '未確認：停止・起動・再起動' },
  'incident.missing.firmware': { en: 'not seen so far: firmware transfer', ja: '未確認：ファームウェアの転送' },
  'incident.missing.diagnostics': { en: 'not seen so far: diagnostic commands', ja: '未確認：診断命令' },
  'incident.missing.errors': { en: 'not seen so far: error answers', ja: '未確認：エラー応答' },
} as const;
