// SPDX-License-Identifier: Apache-2.0
import { createBrowserRouter, Navigate } from 'react-router';
import { FirstPaint } from '../parts/loading.tsx';
import { BrokenPage, MissingPage } from './broken-page.tsx';
import { Frame } from './frame.tsx';

/** Each page is a chunk of its own: a first visit loads the frame and one page. */
export const router = createBrowserRouter([
  {
    path: '/sign-in',
    ErrorBoundary: BrokenPage,
    HydrateFallback: FirstPaint,
    lazy: async () => ({ Component: (await import('../pages/sign-in/sign-in-page.tsx')).SignInPage }),
  },
  {
    path: '/link/:secret?',
    ErrorBoundary: BrokenPage,
    HydrateFallback: FirstPaint,
    lazy: async () => ({ Component: (await import('../pages/sign-in/link-page.tsx')).LinkPage }),
  },
  {
    path: '/',
    Component: Frame,
    ErrorBoundary: BrokenPage,
    HydrateFallback: FirstPaint,
    children: [
      { index: true, element: <Navigate to="/overview" replace /> },
      {
        ErrorBoundary: BrokenPage,
        children: [
          { path: 'overview', lazy: async () => ({ Component: (await import('../pages/overview/overview-page.tsx')).OverviewPage }) },
          { path: 'map', lazy: async () => ({ Component: (await import('../pages/map/map-page.tsx')).MapPage }) },
          { path: 'assets/:id?', lazy: async () => ({ Component: (await import('../pages/assets/assets-page.tsx')).AssetsPage }) },
          { path: 'findings', lazy: async () => ({ Component: (await import('../pages/findings/findings-page.tsx')).FindingsPage }) },
          { path: 'findings/:id', lazy: async () => ({ Component: (await import('../pages/findings/finding-page.tsx')).FindingPage }) },
          { path: 'incidents', lazy: async () => ({ Component: (await import('../pages/incidents/incidents-page.tsx')).IncidentsPage }) },
          { path: 'incidents/:id', lazy: async () => ({ Component: (await import('../pages/incidents/incident-page.tsx')).IncidentPage }) },
          { path: 'responses', lazy: async () => ({ Component: (await import('../pages/responses/responses-page.tsx')).ResponsesPage }) },
          { path: 'responses/:id', lazy: async () => ({ Component: (await import('../pages/responses/response-page.tsx')).ResponsePage }) },
          { path: 'evidence', lazy: async () => ({ Component: (await import('../pages/evidence/evidence-page.tsx')).EvidencePage }) },
          { path: 'evidence/check', lazy: async () => ({ Component: (await import('../pages/evidence/check-page.tsx')).CheckPage }) },
          { path: 'evidence/trace/:id', lazy: async () => ({ Component: (await import('../pages/evidence/trace-page.tsx')).TracePage }) },
          { path: 'evidence/:id', lazy: async () => ({ Component: (await import('../pages/evidence/entry-page.tsx')).EntryPage }) },
          { path: 'accounts', lazy: async () => ({ Component: (await import('../pages/accounts/accounts-page.tsx')).AccountsPage }) },
          { path: 'settings', lazy: async () => ({ Component: (await import('../pages/settings/settings-page.tsx')).SettingsPage }) },
          { path: 'plant', lazy: async () => ({ Component: (await import('../pages/plant/plant-page.tsx')).PlantPage }) },
          { path: '*', Component: MissingPage },
        ],
      },
    ],
  },
]);
