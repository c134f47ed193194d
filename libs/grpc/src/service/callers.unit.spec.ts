import { expect, it } from 'vitest';
import { type EchoImplementation, EchoService } from '../echo-fixture.ts';
import { service } from './service.ts';

declare const handlers: EchoImplementation;

it('does not compile with a method or a role left out or made up', () => {
  const wrong = () => [
    // @ts-expect-error chat is missing
    service(EchoService, handlers, { echo: ['edge'], count: ['edge'] }),
    // @ts-expect-error there is no king
    service(EchoService, handlers, { echo: ['king'], count: ['edge'], chat: ['edge'] }),
    // @ts-expect-error there is no method shout
    service(EchoService, handlers, { echo: [], count: [], chat: [], shout: ['edge'] }),
  ];
  expect(wrong).toBeTypeOf('function');
});
