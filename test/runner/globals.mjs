/**
 * What `@jest/globals` is for natively loaded tests. A module that several test files share is loaded once, but what it has
 * imported from here is always the function of the file that runs now.
 */
export let afterAll;
export let afterEach;
export let beforeAll;
export let beforeEach;
export let describe;
export let expect;
export let jest;
export let test;

/** Before a test file is loaded: its own functions. */
export function setGlobals(own) {
  ({ afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } = own);
}
