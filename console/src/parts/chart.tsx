// SPDX-License-Identifier: Apache-2.0
import { useComputedColorScheme } from '@mantine/core';
import { LineChart } from 'echarts/charts';
import { AriaComponent, GridComponent, LegendComponent, MarkAreaComponent, MarkLineComponent, TooltipComponent } from 'echarts/components';
import { type EChartsCoreOption, init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';

use([LineChart, GridComponent, LegendComponent, TooltipComponent, MarkLineComponent, MarkAreaComponent, AriaComponent, SVGRenderer]);

/** A chart of ECharts that follows its box and the colour scheme. The label says what it shows to those who cannot see it. */
export function Chart(props: { readonly option: EChartsCoreOption; readonly height: number; readonly label: string }) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<ReturnType<typeof init>>(null);
  const scheme = useComputedColorScheme('light');
  useEffect(() => {
    if (box.current === null) return;
    const made = init(box.current, scheme === 'dark' ? 'dark' : null, { renderer: 'svg' });
    chart.current = made;
    const watcher = new ResizeObserver(() => made.resize());
    watcher.observe(box.current);
    return () => {
      watcher.disconnect();
      made.dispose();
      chart.current = null;
    };
  }, [scheme]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a chart made anew for another scheme needs its option again.
  useEffect(() => {
    chart.current?.setOption({ backgroundColor: 'transparent', animation: false, ...props.option });
  }, [props.option, scheme]);
  return <div ref={box} role="img" aria-label={props.label} style={{ width: '100%', height: props.height }} />;
}
