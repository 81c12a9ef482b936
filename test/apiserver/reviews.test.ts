// Reviews: what is posted, answered and not kept.
import { describe, expect, it } from '@jest/globals';
import { createFixture, messageOf } from './fixture.ts';

const REVIEWS = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
const SPEC = { user: 'ann', resourceAttributes: { verb: 'get', resource: 'pods', namespace: 'default' } };

describe('a review', () => {
  it('has no name in its answer', () => {
    const { status, body } = createFixture().send('POST', REVIEWS, { spec: SPEC });
    expect([status, body]).toEqual([
      201,
      {
        kind: 'SubjectAccessReview',
        apiVersion: 'authorization.k8s.io/v1',
        metadata: { managedFields: [expect.objectContaining({ fieldsType: 'FieldsV1' })] },
        spec: SPEC,
        status: { allowed: false },
      },
    ]);
  });

  it('may have none, and is told so with its managers as clients know them', () => {
    const refused = createFixture().send('POST', REVIEWS, { metadata: { name: 'x' }, spec: SPEC });
    expect(messageOf(refused)).toBe(
      '.authorization.k8s.io "" is invalid: metadata: Invalid value: {"name":"x","managedFields":[{"manager":"unknown",' +
        '"operation":"Update","apiVersion":"authorization.k8s.io/v1","time":"2026-11-23T12:00:00Z","fieldsType":"FieldsV1",' +
        '"fieldsV1":{"f:spec":{"f:resourceAttributes":{".":{},"f:namespace":{},"f:resource":{},"f:verb":{}},"f:user":{}}}}]}: ' +
        'must be empty',
    );
  });
});
