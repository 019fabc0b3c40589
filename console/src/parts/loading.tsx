// SPDX-License-Identifier: Apache-2.0
import { Center, Loader, Skeleton, Stack } from '@mantine/core';
import { type ReactNode, Suspense } from 'react';

/** Before anything is known. */
export function FirstPaint() {
  return (
    <Center mih="100vh" aria-busy="true">
      <Loader type="dots" />
    </Center>
  );
}

/** In place of rows that are being fetched. */
export function LoadingRows(props: { readonly rows?: number }) {
  return (
    <Stack gap="sm" aria-busy="true" p="md">
      {Array.from({ length: props.rows ?? 6 }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows of a skeleton are all alike.
        <Skeleton key={row} height={22} width={`${96 - ((row * 13) % 34)}%`} />
      ))}
    </Stack>
  );
}

export function LoadingPage(props: { readonly children: ReactNode }) {
  return <Suspense fallback={<LoadingRows />}>{props.children}</Suspense>;
}
