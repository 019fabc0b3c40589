// SPDX-License-Identifier: Apache-2.0
import { Box, Group, Text } from '@mantine/core';
import { IconAlertOctagonFilled, IconCircleCheckFilled } from '@tabler/icons-react';
import type { PlantView } from '../../app/api.ts';
import { useWords } from '../../app/words.ts';
import { readPlant } from './plant-reading.ts';

const ink = 'var(--mantine-color-text)';
const faint = 'var(--mantine-color-dimmed)';
const body = 'var(--mantine-color-body)';

/** The water plant as a drawing (raw water, P1, tank T1, valve V1, chlorine, contact tank T2, P2, town), and the chlorine under it. */
export function PlantDrawing(props: { readonly plant: PlantView }) {
  const { say } = useWords();
  const r = readPlant(props.plant);
  const shown = (value: number | null, digits: number): string => (value === null ? '–' : value.toFixed(digits));
  const description = say('plant.description', {
    t1: shown(r.t1Percent, 0),
    t2: shown(r.t2Percent, 0),
    residual: shown(r.residualMgPerL, 2),
    out: shown(r.outM3PerH, 0),
  });
  return (
    <Box maw={700} mx="auto">
      <svg viewBox="0 0 640 290" width="100%" role="img" aria-label={description} style={{ display: 'block', fontFamily: 'inherit' }}>
        <Pipe d="M8 216 H112 V48 H150" isFlowing={r.isP1Running} />
        <Pipe d="M242 206 H346" isFlowing={(r.valvePercent ?? 0) > 2} />
        <Pipe d="M440 206 H572" isFlowing={r.isP2Running} />
        <Pump x={66} y={216} name="P1" isRunning={r.isP1Running} state={say(r.isP1Running ? 'plant.on' : 'plant.off')} />
        <Label x={4} y={258} text={say('plant.raw')} />
        <Label x={4} y={281} text={`${shown(r.rawM3PerH, 0)} m³/h`} isStrong />
        <Tank x={136} y={32} width={108} height={190} percent={r.t1Percent} name={say('plant.t1')} />
        <Valve x={296} y={206} percent={r.valvePercent} />
        <Dosing x={394} isRunning={r.isDosing} label={say('plant.dosing')} />
        <Tank x={344} y={106} width={98} height={116} percent={r.t2Percent} name={say('plant.t2')} isTinted isNameBelow />
        <Pump x={500} y={206} name="P2" isRunning={r.isP2Running} state={say(r.isP2Running ? 'plant.on' : 'plant.off')} />
        <Town x={566} y={206} />
        <Label x={636} y={258} text={say('plant.town')} isRight />
        <Label x={636} y={281} text={`${shown(r.outM3PerH, 0)} m³/h`} isStrong isRight />
      </svg>
      <Residual value={shown(r.residualMgPerL, 2)} setPoint={shown(r.setPointMgPerL, 2)} isBad={r.isResidualBad} isSetPointBad={r.isSetPointBad} />
    </Box>
  );
}

function Pipe(props: { readonly d: string; readonly isFlowing: boolean }) {
  return (
    <g fill="none" strokeLinejoin="round">
      <path d={props.d} stroke="var(--line-strong)" strokeWidth={12} />
      <path d={props.d} stroke={body} strokeWidth={8} />
      <path d={props.d} stroke={props.isFlowing ? 'var(--water)' : 'var(--line)'} strokeWidth={8} opacity={props.isFlowing ? 0.55 : 1} />
      {props.isFlowing && (
        <path d={props.d} stroke="var(--water-deep)" strokeWidth={3} strokeDasharray="10 14" style={{ animation: 'flow 900ms linear infinite' }} />
      )}
    </g>
  );
}

function Tank(props: {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly percent: number | null;
  readonly name: string;
  readonly isTinted?: boolean;
  readonly isNameBelow?: boolean;
}) {
  const { x, y, width, height } = props;
  const share = Math.min(1, Math.max(0, (props.percent ?? 0) / 100));
  const level = height * share;
  return (
    <g>
      <rect x={x} y={y} width={width} height={height} rx={8} fill={body} />
      <rect
        x={x + 2}
        y={y + height - level}
        width={width - 4}
        height={level}
        rx={6}
        fill={props.isTinted === true ? 'var(--water-deep)' : 'var(--water)'}
        opacity={0.75}
        style={{ transition: 'y 800ms linear, height 800ms linear' }}
      />
      <rect x={x} y={y} width={width} height={height} rx={8} fill="none" stroke="var(--steel)" strokeWidth={2.5} />
      <text x={x + width / 2} y={props.isNameBelow === true ? y + height + 24 : y - 9} textAnchor="middle" fontSize={18} fill={faint}>
        {props.name}
      </text>
      <rect x={x + width / 2 - 38} y={y + height / 2 - 18} width={76} height={34} rx={6} fill={body} opacity={0.9} />
      <text x={x + width / 2} y={y + height / 2 + 7} textAnchor="middle" fontSize={22} fontWeight={600} fill={ink} className="figures">
        {props.percent === null ? '–' : `${props.percent.toFixed(0)} %`}
      </text>
    </g>
  );
}

function Pump(props: { readonly x: number; readonly y: number; readonly name: string; readonly isRunning: boolean; readonly state: string }) {
  const { x, y } = props;
  return (
    <g>
      <circle cx={x} cy={y} r={21} fill={body} stroke={props.isRunning ? 'var(--ok)' : 'var(--steel)'} strokeWidth={2.5} />
      <g
        style={{ transformOrigin: `${x}px ${y}px`, animation: props.isRunning ? 'turn 1.6s linear infinite' : undefined }}
        fill={props.isRunning ? 'var(--ok)' : 'var(--steel)'}
      >
        {[0, 120, 240].map((angle) => (
          <path key={angle} d={`M${x} ${y} q 4 -12 13 -11 q -2 8 -13 11`} transform={`rotate(${angle} ${x} ${y})`} />
        ))}
      </g>
      <text x={x} y={y - 30} textAnchor="middle" fontSize={18} fill={faint}>
        {props.name} {props.state}
      </text>
    </g>
  );
}

function Valve(props: { readonly x: number; readonly y: number; readonly percent: number | null }) {
  const { x, y } = props;
  return (
    <g>
      <path
        d={`M${x - 18} ${y - 13} L${x + 18} ${y + 13} V${y - 13} L${x - 18} ${y + 13} Z`}
        fill={body}
        stroke="var(--steel)"
        strokeWidth={2.5}
        strokeLinejoin="round"
      />
      <path d={`M${x} ${y} V${y - 22} M${x - 9} ${y - 22} H${x + 9}`} stroke="var(--steel)" strokeWidth={2.5} />
      <text x={x} y={y - 31} textAnchor="middle" fontSize={18} fill={faint}>
        V1 {props.percent === null ? '' : `${props.percent.toFixed(0)} %`}
      </text>
    </g>
  );
}

function Dosing(props: { readonly x: number; readonly isRunning: boolean; readonly label: string }) {
  const { x } = props;
  return (
    <g>
      <rect x={x - 23} y={14} width={46} height={34} rx={5} fill="var(--severity-medium-soft)" stroke="var(--severity-medium)" strokeWidth={2} />
      <text x={x} y={38} textAnchor="middle" fontSize={18} fontWeight={600} fill="var(--severity-medium)">
        Cl
      </text>
      <path
        d={`M${x} 48 V104`}
        stroke="var(--severity-medium)"
        strokeWidth={3}
        strokeDasharray={props.isRunning ? '3 6' : undefined}
        opacity={props.isRunning ? 1 : 0.35}
        style={{ animation: props.isRunning ? 'flow 1.4s linear infinite reverse' : undefined }}
      />
      <text x={x + 34} y={38} textAnchor="start" fontSize={18} fill={faint}>
        {props.label}
      </text>
    </g>
  );
}

function Town(props: { readonly x: number; readonly y: number }) {
  const { x, y } = props;
  return (
    <g fill={body} stroke="var(--steel)" strokeWidth={2.2} strokeLinejoin="round">
      <path d={`M${x} ${y + 20} V${y - 8} L${x + 17} ${y - 24} L${x + 34} ${y - 8} V${y + 20} Z`} />
      <path d={`M${x + 30} ${y + 20} V${y - 24} L${x + 50} ${y - 42} L${x + 70} ${y - 24} V${y + 20} Z`} />
      <path d={`M${x + 43} ${y + 20} V${y + 2} H${x + 57} V${y + 20}`} fill="none" />
    </g>
  );
}

function Residual(props: { readonly value: string; readonly setPoint: string; readonly isBad: boolean; readonly isSetPointBad: boolean }) {
  const { say } = useWords();
  const kind = props.isBad ? '--severity-critical' : '--ok';
  const Sign = props.isBad ? IconAlertOctagonFilled : IconCircleCheckFilled;
  return (
    <Box mt="xs" px="sm" py={6} style={{ borderRadius: 8, background: `var(${kind}-soft)`, border: `1px solid var(${kind}-line)` }}>
      <Group justify="space-between" gap="xs" wrap="nowrap">
        <Text size="xs" fw={600}>
          {say('plant.residual')}
        </Text>
        <Group gap={5} wrap="nowrap" style={{ color: `var(${kind})` }}>
          <Sign size={18} aria-hidden />
          <Text size="sm" fw={600} inherit style={{ whiteSpace: 'nowrap' }}>
            {say(props.isBad ? 'plant.bad' : 'plant.good')}
          </Text>
        </Group>
      </Group>
      <Group justify="space-between" align="baseline" style={{ columnGap: 12, rowGap: 2 }}>
        <Text fw={700} fz={24} lh={1.2} className="figures" style={{ color: `var(${kind})`, whiteSpace: 'nowrap' }}>
          {props.value}{' '}
          <Text span size="sm" fw={400} inherit={false}>
            mg/L
          </Text>
        </Text>
        <Text
          size="xs"
          fw={props.isSetPointBad ? 700 : 400}
          className="figures"
          style={{ color: props.isSetPointBad ? 'var(--severity-critical)' : 'var(--mantine-color-dimmed)', whiteSpace: 'nowrap' }}
        >
          {say(props.isSetPointBad ? 'plant.setPointBad' : 'plant.setPoint', { value: props.setPoint })}
        </Text>
      </Group>
    </Box>
  );
}

function Label(props: { readonly x: number; readonly y: number; readonly text: string; readonly isStrong?: boolean; readonly isRight?: boolean }) {
  const isStrong = props.isStrong === true;
  return (
    <text
      x={props.x}
      y={props.y}
      fontSize={isStrong ? 20 : 18}
      fontWeight={isStrong ? 600 : 400}
      fill={isStrong ? ink : faint}
      textAnchor={props.isRight === true ? 'end' : 'start'}
      className="figures"
    >
      {props.text}
    </text>
  );
}
