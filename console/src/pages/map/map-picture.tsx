// SPDX-License-Identifier: Apache-2.0
import { ActionIcon, Box, Stack, Tooltip, useComputedColorScheme } from '@mantine/core';
import { IconFocusCentered, IconMinus, IconPlus } from '@tabler/icons-react';
import cytoscape, { type Core } from 'cytoscape';
import fcose from 'cytoscape-fcose';
import { useEffect, useRef } from 'react';
import type { SiteMap } from '../../app/api.ts';
import { useWords } from '../../app/words.ts';
import { mapElements, shapeOf } from './map-elements.ts';
import { layoutOf, type Place, placeKey, startPlaces } from './map-places.ts';
import { mapStyle } from './map-style.ts';

cytoscape.use(fcose);
/** Where devices were last seen in the picture, also when the page was left in between: whoever comes back finds them there. */
const kept = new Map<string, Place>();

function keepPlaces(made: Core): void {
  made.nodes('.device').forEach((node) => {
    kept.set(String(node.data('place')), { ...node.position() });
  });
}

/** The site drawn by Cytoscape. Kept while the page lives: new facts change colours and words, not places. */
export function MapPicture(props: { readonly map: SiteMap; readonly chosen: string | null; readonly onChoose: (id: string | null) => void }) {
  const { map, chosen, onChoose } = props;
  const { say, name, language } = useWords();
  const scheme = useComputedColorScheme('light');
  const box = useRef<HTMLDivElement>(null);
  const drawing = useRef<Core>(null);
  const shape = useRef('');
  const choose = useRef(onChoose);
  choose.current = onChoose;

  useEffect(() => {
    if (box.current === null) return;
    const made = cytoscape({ container: box.current, minZoom: 0.3, maxZoom: 2.5, boxSelectionEnabled: false });
    made.on('tap', (event) => choose.current(event.target === made || event.target.hasClass('zone') || event.target.isEdge() ? null : event.target.id()));
    made.on('dragfree', 'node', () => keepPlaces(made));
    drawing.current = made;
    return () => {
      made.destroy();
      drawing.current = null;
      shape.current = '';
    };
  }, []);

  // Before the elements are laid out: their sizes follow from the style.
  useEffect(() => {
    if (box.current !== null) drawing.current?.style(mapStyle(getComputedStyle(box.current), scheme));
  }, [scheme]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the language changes what the functions of words say.
  useEffect(() => {
    const made = drawing.current;
    if (made === null) return;
    const elements = mapElements(map, {
      cut: say('map.cut'),
      isolated: say('map.isolated'),
      isNew: say('map.new'),
      target: say('map.target'),
      severity: (severity) => name('severity', severity),
    });
    const starts = startPlaces(map.devices);
    const keys = new Map(map.devices.map((device) => [device.id, placeKey(device)]));
    const placeOf = (id: string): { x: number; y: number } => ({ ...(kept.get(keys.get(id) ?? '') ?? starts.get(id) ?? { x: 0, y: 0 }) });
    const ids = new Set(elements.map((element) => element.data.id));
    made.batch(() => {
      made
        .elements()
        .filter((element) => !ids.has(element.id()))
        .remove();
      for (const element of elements) {
        const there = made.getElementById(element.data.id);
        const data = { ...element.data, place: keys.get(element.data.id) };
        if (there.empty()) made.add({ group: element.group, data, classes: element.classes, position: placeOf(element.data.id) });
        else {
          there.data(data);
          there.classes(element.classes);
          // Into which box a device belongs is not changed by its data.
          const parent = element.data['parent']?.toString();
          if (element.group === 'nodes' && there.parent().first().id() !== parent) there.move({ parent: parent ?? null });
        }
      }
    });
    const next = shapeOf(map);
    if (next !== shape.current) {
      shape.current = next;
      if (map.devices.some((device) => !kept.has(placeKey(device)))) made.layout(layoutOf(map.devices, kept)).run();
      else made.fit(undefined, 30);
      keepPlaces(made);
    }
  }, [map, language]);

  useEffect(() => {
    const made = drawing.current;
    if (made === null) return;
    made.elements().unselect();
    if (chosen !== null) made.getElementById(chosen).select();
  }, [chosen]);

  const zoom = (factor: number): void => {
    const made = drawing.current;
    made?.zoom({ level: made.zoom() * factor, renderedPosition: { x: made.width() / 2, y: made.height() / 2 } });
  };
  return (
    <Box pos="relative">
      <div
        ref={box}
        role="img"
        aria-label={say('map.label', { devices: map.devices.length, links: map.links.length })}
        style={{ height: 'clamp(420px, 66vh, 860px)', width: '100%' }}
      />
      <Stack gap={6} pos="absolute" right={12} top={12}>
        <PictureButton label={say('map.zoomIn')} onClick={() => zoom(1.25)} icon={<IconPlus size={18} />} />
        <PictureButton label={say('map.zoomOut')} onClick={() => zoom(0.8)} icon={<IconMinus size={18} />} />
        <PictureButton label={say('map.fit')} onClick={() => drawing.current?.fit(undefined, 36)} icon={<IconFocusCentered size={18} />} />
      </Stack>
    </Box>
  );
}

function PictureButton(props: { readonly label: string; readonly onClick: () => void; readonly icon: React.ReactNode }) {
  return (
    <Tooltip label={props.label} position="left">
      <ActionIcon variant="default" size={34} aria-label={props.label} onClick={props.onClick}>
        {props.icon}
      </ActionIcon>
    </Tooltip>
  );
}
