// SPDX-License-Identifier: Apache-2.0
import { Anchor, Button, Group, SimpleGrid, Stack, Text } from '@mantine/core';
import { IconDownload, IconTimeline } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import { downloadFindingPackets } from '../../../../src/watch/incident/routes.ts';
import type { Finding } from '../../app/api.ts';
import { formatCount, formatDuration, formatShare } from '../../app/format.ts';
import { findingQuery } from '../../app/queries.ts';
import { useMay } from '../../app/session.ts';
import { useWords } from '../../app/words.ts';
import { Copyable } from '../../parts/code.tsx';
import { LoadingRows } from '../../parts/loading.tsx';
import { Card, Fact, Page } from '../../parts/page.tsx';
import { ProblemNote } from '../../parts/problem.tsx';
import { SeverityBadge } from '../../parts/severity.tsx';
import { Time } from '../../parts/time.tsx';
import { AcceptFinding } from './accept-finding.tsx';
import { NormCompare } from './norm-compare.tsx';
import { PacketsCard } from './packets-card.tsx';

/** One finding: what was seen, what would have been normal, how sure, and the packets. */
export function FindingPage() {
  const { id = '' } = useParams();
  const { say, tell } = useWords();
  const mayDownload = useMay(downloadFindingPackets.access);
  const found = useQuery(findingQuery(id));
  if (found.isPending) return <LoadingRows />;
  if (found.isError) return <ProblemNote error={found.error} onRetry={() => void found.refetch()} />;
  const { finding, incident } = found.data;
  return (
    <Page
      title={tell(finding.words)}
      about={
        <Group gap="sm">
          <SeverityBadge severity={finding.severity} />
          <span className="mono wrap">{finding.subject}</span>
        </Group>
      }
      actions={
        <>
          {incident !== null && (
            <Button component={Link} to={`/incidents/${incident}`} variant="default">
              {say('finding.toIncident')}
            </Button>
          )}
          <Button component={Link} to={`/evidence/trace/${finding.id}`} variant="default" leftSection={<IconTimeline size={17} aria-hidden />}>
            {say('trace.button')}
          </Button>
          {mayDownload && (
            <Button
              component="a"
              href={`/api/findings/${encodeURIComponent(finding.id)}/packets.pcap`}
              download={`${finding.id}.pcap`}
              variant="default"
              leftSection={<IconDownload size={17} aria-hidden />}
            >
              {say('finding.pcap')}
            </Button>
          )}
          <AcceptFinding finding={finding} />
        </>
      }
    >
      <Card title={say('finding.compare')}>
        <NormCompare finding={finding} />
      </Card>
      <FactsCard finding={finding} evidence={found.data.evidence} />
      <PacketsCard findingId={finding.id} />
    </Page>
  );
}

function FactsCard(props: { readonly finding: Finding; readonly evidence: readonly string[] }) {
  const { finding } = props;
  const { say, name, language } = useWords();
  return (
    <Card title={say('finding.facts')}>
      <Stack gap="md" pt={4}>
        <SimpleGrid cols={{ base: 2, sm: 3, lg: 5 }} spacing="md">
          <Fact name={say('finding.layer')}>{name('detector', finding.detector)}</Fact>
          <Fact name={say('finding.score')}>{formatShare(finding.score, language)}</Fact>
          <Fact name={say('finding.support')}>{say('finding.supportCount', { count: formatCount(finding.support, language) })}</Fact>
          <Fact name={say('finding.technique')}>{finding.technique === null ? say('finding.noTechnique') : `ATT&CK for ICS ${finding.technique}`}</Fact>
          <Fact name={say('finding.operation')}>{finding.operation === null ? '–' : name('operation', finding.operation)}</Fact>
          <Fact name={say('finding.first')}>
            <Time atMs={finding.atMs} />
          </Fact>
          <Fact name={say('finding.lasted')}>{formatDuration(finding.lastMs - finding.atMs, language)}</Fact>
          <Fact name={say('findings.packets')}>{formatCount(finding.packetCount, language)}</Fact>
          <Fact name={say('finding.source')}>
            <span className="mono">{finding.from.join(', ')}</span>
          </Fact>
          <Fact name={say('finding.id')}>
            <Copyable text={finding.id} />
          </Fact>
        </SimpleGrid>
        {props.evidence.length > 0 && (
          <Text size="sm">
            {say('finding.evidence')}{' '}
            {props.evidence.map((id) => (
              <Anchor key={id} component={Link} to={`/evidence/${id}`} size="sm" mr="sm" className="mono">
                {id}
              </Anchor>
            ))}
          </Text>
        )}
      </Stack>
    </Card>
  );
}
