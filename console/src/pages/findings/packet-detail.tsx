// SPDX-License-Identifier: Apache-2.0
import { Box, Grid, ScrollArea, Stack, Text } from '@mantine/core';
import { useMemo, useState } from 'react';
import type { PacketView } from '../../app/api.ts';
import { useWords } from '../../app/words.ts';
import { covers, fieldAt, hexRows, type Span } from './hex-rows.ts';

type Field = PacketView['layers'][number]['fields'][number];

/** Layers and fields, and the bytes they stand in: pointing at one lights up the other. */
export function PacketDetail(props: { readonly packet: PacketView }) {
  const { packet } = props;
  const { say } = useWords();
  const [lit, light] = useState<Span | null>(null);
  const rows = useMemo(() => hexRows(packet.hex), [packet.hex]);
  const fields = useMemo(() => packet.layers.flatMap((layer) => layer.fields), [packet.layers]);
  return (
    <ScrollArea h={560} type="auto" viewportProps={{ tabIndex: 0, 'aria-label': say('packets.detail') }}>
      <Grid gap="sm" p="sm">
        <Grid.Col span={{ base: 12, xl: 4.4 }} order={{ base: 2, xl: 1 }}>
          <Stack gap="sm">
            {packet.layers.map((layer, place) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: layers of one packet never change places, and two may have one name.
              <Layer key={place} name={layer.name} fields={layer.fields} lit={lit} onLight={light} />
            ))}
          </Stack>
        </Grid.Col>
        {/* Where both do not fit beside each other, the bytes stand first: they are the shorter ones. */}
        <Grid.Col span={{ base: 12, xl: 7.6 }} order={{ base: 1, xl: 2 }}>
          <Text size="xs" c="dimmed" mb={4}>
            {say('packets.bytes', { count: packet.wireBytes })}
          </Text>
          <Box className="mono" fz={12} lh={1.6} style={{ overflowX: 'auto', whiteSpace: 'nowrap' }} onMouseLeave={() => light(null)}>
            {rows.map((row) => (
              <Box key={row.offset}>
                <Text span c="dimmed" fz="inherit">
                  {row.offset.toString(16).padStart(4, '0')}
                  {'  '}
                </Text>
                {row.bytes.map((byte) => (
                  <ByteCell key={byte.offset} text={byte.hex} isLit={covers(lit, byte.offset)} onPoint={() => light(fieldAt(fields, byte.offset))} hasGap />
                ))}
                {/* So that the signs of a last, shorter row stand under the others. */}
                <span style={{ display: 'inline-block', width: `calc(${16 - row.bytes.length} * (2ch + 0.4em))` }} />
                <Text span fz="inherit">
                  {' '}
                </Text>
                {row.bytes.map((byte) => (
                  <ByteCell key={byte.offset} text={byte.sign} isLit={covers(lit, byte.offset)} onPoint={() => light(fieldAt(fields, byte.offset))} />
                ))}
              </Box>
            ))}
          </Box>
        </Grid.Col>
      </Grid>
    </ScrollArea>
  );
}

function ByteCell(props: { readonly text: string; readonly isLit: boolean; readonly onPoint: () => void; readonly hasGap?: boolean }) {
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the same lighting up is reached by keyboard through the fields at the left.
    <span
      onMouseEnter={props.onPoint}
      style={{
        background: props.isLit ? 'var(--mantine-primary-color-filled)' : undefined,
        color: props.isLit ? '#fff' : undefined,
        marginRight: props.hasGap === true ? '0.4em' : undefined,
        borderRadius: 2,
      }}
    >
      {props.text}
    </span>
  );
}

function Layer(props: { readonly name: string; readonly fields: readonly Field[]; readonly lit: Span | null; readonly onLight: (span: Span | null) => void }) {
  return (
    <Box component="details" open>
      <Text component="summary" fw={600} size="sm" style={{ cursor: 'pointer' }}>
        {props.name}
      </Text>
      <Box component="ul" p={0} m={0} mt={2} style={{ listStyle: 'none' }}>
        {props.fields.map((field) => {
          const isLit = field.length > 0 && props.lit !== null && props.lit.offset === field.offset && props.lit.length === field.length;
          return (
            <Box component="li" key={`${field.name} ${field.offset} ${field.length}`}>
              <button
                type="button"
                className="field"
                data-lit={isLit || undefined}
                onMouseEnter={() => props.onLight(field)}
                onFocus={() => props.onLight(field)}
                onMouseLeave={() => props.onLight(null)}
                onBlur={() => props.onLight(null)}
              >
                <span>{field.name}</span>
                <span className="mono wrap">{field.value}</span>
              </button>
            </Box>
          );
        })}
      </Box>
    </Box>
  );
}
