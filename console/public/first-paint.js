// SPDX-License-Identifier: Apache-2.0
// Sets colour scheme and language before the first paint, so that a dark control room is not flashed with white. A file of its own: the
// content security policy allows no inline script.
(() => {
  let scheme = 'auto';
  let language = '';
  try {
    scheme = localStorage.getItem('shinrai.scheme') || 'auto';
    language = localStorage.getItem('shinrai.language') || '';
  } catch {
    // No storage: the defaults below hold.
  }
  const isDark = scheme === 'dark' || (scheme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', isDark ? 'dark' : 'light');
  document.documentElement.lang = language || (navigator.language.startsWith('ja') ? 'ja' : 'en');
})();
