// SPDX-License-Identifier: Apache-2.0
import { AppShell, ScrollArea } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { Navigate, Outlet, useLocation } from 'react-router';
import { FirstPaint, LoadingPage } from '../parts/loading.tsx';
import { ProblemNote } from '../parts/problem.tsx';
import { LineBanner, WayBackBanner } from './banners.tsx';
import { HeaderBar } from './header-bar.tsx';
import { useEvents } from './live.ts';
import { Navigation } from './navigation.tsx';
import { sessionQuery } from './queries.ts';
import { useWords } from './words.ts';

/** Header, navigation and the page between them; only for those who are signed in. */
export function Frame() {
  const session = useQuery(sessionQuery);
  const location = useLocation();
  if (session.isPending) return <FirstPaint />;
  if (session.isError) return <ProblemNote error={session.error} onRetry={() => void session.refetch()} />;
  if (session.data.account === null) return <Navigate to="/sign-in" replace state={{ from: location.pathname }} />;
  return <SignedInFrame mustSetPassword={session.data.mustSetPassword} />;
}

function SignedInFrame(props: { readonly mustSetPassword: boolean }) {
  useEvents();
  const { say } = useWords();
  const [isOpen, menu] = useDisclosure(false);
  const location = useLocation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new place closes the menu and starts at the top.
  useEffect(() => {
    menu.close();
    window.scrollTo(0, 0);
  }, [location.pathname]);
  return (
    <AppShell header={{ height: 56 }} navbar={{ width: 224, breakpoint: 'md', collapsed: { mobile: !isOpen } }} padding={{ base: 'sm', sm: 'lg' }}>
      <a className="skip" href="#page">
        {say('frame.skip')}
      </a>
      <AppShell.Header>
        <HeaderBar isMenuOpen={isOpen} onMenu={menu.toggle} />
      </AppShell.Header>
      <AppShell.Navbar p="xs" component="nav" aria-label={say('frame.navigation')}>
        <AppShell.Section grow component={ScrollArea}>
          <Navigation />
        </AppShell.Section>
      </AppShell.Navbar>
      <AppShell.Main id="page" tabIndex={-1} style={{ outline: 'none' }}>
        <LineBanner />
        {props.mustSetPassword && <WayBackBanner />}
        <LoadingPage>
          <Outlet />
        </LoadingPage>
      </AppShell.Main>
    </AppShell>
  );
}
