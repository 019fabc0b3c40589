// SPDX-License-Identifier: Apache-2.0
import { useQuery } from '@tanstack/react-query';
import { settingsQuery } from '../../app/queries.ts';
import { useWords } from '../../app/words.ts';
import { LoadingRows } from '../../parts/loading.tsx';
import { Page } from '../../parts/page.tsx';
import { ProblemNote } from '../../parts/problem.tsx';
import { NormEntriesCard } from './norm-entries-card.tsx';
import { SettingsForm } from './settings-form.tsx';

/** Settings of the site, and what of the norm a person should look at. */
export function SettingsPage() {
  const { say } = useWords();
  const settings = useQuery(settingsQuery);
  return (
    <Page title={say('settings.title')} about={say('settings.about')}>
      {settings.isPending ? (
        <LoadingRows />
      ) : settings.isError ? (
        <ProblemNote error={settings.error} onRetry={() => void settings.refetch()} />
      ) : (
        <SettingsForm key={JSON.stringify(settings.data)} settings={settings.data} />
      )}
      <NormEntriesCard />
    </Page>
  );
}
