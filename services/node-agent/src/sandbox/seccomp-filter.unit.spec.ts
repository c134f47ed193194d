import { describe, expect, it } from 'vitest';
import { seccompFilter } from './seccomp-filter.ts';

const NEWUSER = 0x1000_0000;
/** CLONE_VM, _FS, _FILES, _SIGHAND, _THREAD: a thread. */
const THREAD = 0x0001_0f00;

const x64 = { architecture: 0xc000_003e, clone: 56, clone3: 435, unshare: 272, setns: 308 };
const arm64 = { architecture: 0xc000_00b7, clone: 220, clone3: 435, unshare: 97, setns: 268 };

describe.each([
  ['x64', x64, arm64],
  ['arm64', arm64, x64],
])('the seccomp filter of %s', (name, { architecture, clone, clone3, unshare, setns }, other) => {
  const answer = (call: number, flags = 0) => answerOf(name, { architecture, call, flags });

  it('refuses a user namespace by clone and unshare, whatever else they ask for', () => {
    for (const flags of [NEWUSER, NEWUSER + THREAD, 0xffff_ffff]) {
      expect([answer(clone, flags), answer(unshare, flags)]).toEqual(['EPERM', 'EPERM']);
    }
  });

  it('lets threads and child processes be made', () => {
    expect([answer(clone, THREAD), answer(clone, 17), answer(unshare, 0x200)]).toEqual([
      'allow',
      'allow',
      'allow',
    ]);
  });

  it('says that there is no clone3, and lets nobody join a namespace', () => {
    expect([answer(clone3), answer(setns, NEWUSER)]).toEqual(['ENOSYS', 'EPERM']);
  });

  it('lets all other calls through, whatever their first argument', () => {
    const others = Array.from({ length: 600 }, (_, call) => call).filter(
      (call) => ![clone, clone3, unshare, setns].includes(call),
    );
    expect(new Set(others.map((call) => answer(call, NEWUSER)))).toEqual(new Set(['allow']));
  });

  it('kills who calls as another architecture', () => {
    const foreign = { architecture: other.architecture, call: 0, flags: 0 };
    expect([answerOf(name, foreign), answer(0x4000_0000 + clone)]).toEqual(['kill', 'kill']);
  });
});

it('there is no filter for an architecture with other numbers', () => {
  expect(seccompFilter('s390x')).toBeUndefined();
});

interface Call {
  readonly architecture: number;
  readonly call: number;
  readonly flags: number;
}

const answers = new Map([
  [0x7fff_0000, 'allow'],
  [0x8000_0000, 'kill'],
  [0x0005_0001, 'EPERM'],
  [0x0005_0026, 'ENOSYS'],
]);

/** What the kernel would do, as the manual of classic BPF has it. */
function answerOf(name: string, { architecture, call, flags }: Call): string | undefined {
  const program = seccompFilter(name) ?? Buffer.alloc(0);
  const data = new Map([
    [0, call],
    [4, architecture],
    [16, flags],
  ]);
  let loaded = 0;
  for (let at = 0; at < program.length; at += 8) {
    const value = program.readUInt32LE(at + 4);
    const code = program.readUInt16LE(at);
    if (code === 0x06) return answers.get(value);
    if (code === 0x20) loaded = data.get(value) ?? Number.NaN;
    else at += 8 * program.readUInt8(at + (holds(code, loaded, value) ? 2 : 3));
  }
  return undefined;
}

function holds(code: number, loaded: number, value: number): boolean {
  if (code === 0x15) return loaded === value;
  if (code === 0x35) return loaded >= value;
  return (loaded & value) !== 0;
}
