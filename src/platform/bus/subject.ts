// SPDX-License-Identifier: Apache-2.0
const subjectForm = /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/;
const patternForm = /^(\*|[A-Za-z0-9_-]+)(\.(\*|[A-Za-z0-9_-]+))*(\.>)?$|^>$/;
const charsMax = 200;

/** True for dotted tokens of letters, digits, `_` and `-`, without wildcards. */
export function isSubject(text: string): boolean {
  return text.length <= charsMax && subjectForm.test(text);
}

/** True for a subject in which tokens may be `*` and the last one `>`. */
export function isSubjectPattern(text: string): boolean {
  return text.length <= charsMax && patternForm.test(text);
}

/** A test for subjects: `*` stands for exactly one token, a last `>` for one or more. Source: NATS documentation, subject-based messaging. */
export function compileSubject(pattern: string): (subject: string) => boolean {
  const tokens = pattern.split('.');
  const isOpen = tokens.at(-1) === '>';
  const fixed = isOpen ? tokens.slice(0, -1) : tokens;
  return (subject) => {
    const found = subject.split('.');
    if (isOpen ? found.length <= fixed.length : found.length !== fixed.length) return false;
    return fixed.every((token, index) => token === '*' || token === found[index]);
  };
}
