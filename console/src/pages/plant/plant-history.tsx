// SPDX-License-Identifier: Apache-2.0
import { Stack, Text } from '@mantine/core';
import { useMemo } from 'react';
import type { PlantView } from '../../app/api.ts';
import { formatTime } from '../../app/format.ts';
import { useWords } from '../../app/words.ts';
import { Chart } from '../../parts/chart.tsx';
import { readPlant, residualLimits } from './plant-reading.ts';

/** Chlorine with its limits, and the levels, over the last ten minutes. */
export function PlantHistory(props: { readonly plant: PlantView }) {
  const { history } = props.plant;
  const { say, language } = useWords();
  const readings = useMemo(() => history.map((sample) => ({ atMs: sample.atMs, reading: readPlant({ values: sample.values, states: {} }) })), [history]);
  const option = useMemo(() => {
    const series = (pick: (reading: ReturnType<typeof readPlant>) => number | null) => readings.map(({ atMs, reading }) => [atMs, pick(reading)]);
    const time = { type: 'time', axisLabel: { formatter: (ms: number) => formatTime(ms, ms, language), hideOverlap: true } };
    const line = { type: 'line', showSymbol: false, lineStyle: { width: 2 } };
    return {
      tooltip: { trigger: 'axis', valueFormatter: (value: unknown) => (typeof value === 'number' ? value.toFixed(2) : '–') },
      legend: [
        { top: 0, data: [say('plant.residual'), say('plant.setPointName')] },
        { top: 212, data: [say('plant.t1'), say('plant.t2')] },
      ],
      grid: [
        { left: 52, right: 20, top: 36, height: 136 },
        { left: 52, right: 20, top: 246, height: 96 },
      ],
      xAxis: [
        { ...time, gridIndex: 0 },
        { ...time, gridIndex: 1 },
      ],
      yAxis: [
        { gridIndex: 0, name: 'mg/L', min: 0, max: (range: { max: number }) => Math.max(1.2, Math.ceil(range.max * 5) / 5) },
        { gridIndex: 1, name: '%', min: 0, max: 100 },
      ],
      series: [
        {
          ...line,
          name: say('plant.residual'),
          color: '#2a7fc4',
          data: series((reading) => reading.residualMgPerL),
          markLine: {
            silent: true,
            symbol: 'none',
            lineStyle: { type: 'dashed', color: '#c8433f' },
            label: { formatter: say('plant.limit'), position: 'insideStartTop' },
            data: [{ yAxis: residualLimits.highMgPerL }],
          },
        },
        {
          ...line,
          name: say('plant.setPointName'),
          color: '#a87b1a',
          lineStyle: { width: 2, type: 'dotted' },
          step: 'end',
          data: series((reading) => reading.setPointMgPerL),
        },
        { ...line, xAxisIndex: 1, yAxisIndex: 1, name: say('plant.t1'), color: '#3f9c8c', data: series((reading) => reading.t1Percent) },
        {
          ...line,
          xAxisIndex: 1,
          yAxisIndex: 1,
          name: say('plant.t2'),
          color: '#7d6bb8',
          lineStyle: { width: 2, type: 'dashed' },
          data: series((reading) => reading.t2Percent),
        },
      ],
    };
  }, [readings, say, language]);
  return (
    <Stack gap={4}>
      {history.length < 2 && (
        <Text size="sm" c="dimmed">
          {say('plant.historySoon')}
        </Text>
      )}
      <Chart option={option} height={376} label={say('plant.historyLabel')} />
    </Stack>
  );
}
