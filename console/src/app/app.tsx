// SPDX-License-Identifier: Apache-2.0
import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from 'react-router/dom';
import { schemeKey } from './preferences.ts';
import { createQueryClient } from './queries.ts';
import { router } from './router.tsx';
import { theme } from './theme.ts';
import { startWords } from './words.ts';

startWords();
const client = createQueryClient();
const schemes = localStorageColorSchemeManager({ key: schemeKey });

export function App() {
  return (
    <MantineProvider theme={theme} colorSchemeManager={schemes} defaultColorScheme="auto">
      <QueryClientProvider client={client}>
        <Notifications position="bottom-right" autoClose={6000} />
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  );
}
