/** The pipe on which bwrap reads the filter. */
export const SECCOMP_FD = 4;

interface Calls {
  /** AUDIT_ARCH_* of linux/audit.h: a number means another call on another architecture. */
  readonly architecture: number;
  readonly clone: number;
  readonly clone3: number;
  readonly unshare: number;
  readonly setns: number;
}

const callsOf: ReadonlyMap<string, Calls> = new Map([
  ['x64', { architecture: 0xc000_003e, clone: 56, clone3: 435, unshare: 272, setns: 308 }],
  ['arm64', { architecture: 0xc000_00b7, clone: 220, clone3: 435, unshare: 97, setns: 268 }],
]);

// Classic BPF (linux/bpf_common.h), and what may be answered (linux/seccomp.h).
const LOAD = 0x20;
const IF_EQUAL = 0x15;
const IF_AT_LEAST = 0x35;
const IF_ANY_BIT = 0x45;
const ANSWER = 0x06;
const ALLOW = 0x7fff_0000;
const KILL = 0x8000_0000;
const EPERM = 0x0005_0001;
const ENOSYS = 0x0005_0026;

// Where `struct seccomp_data` has the call's number, the architecture and the first argument.
const NUMBER = 0;
const ARCHITECTURE = 4;
const FLAGS = 16;

/** 64-bit numbers with this bit are calls of x32, which have numbers of their own. */
const X32 = 0x4000_0000;
const CLONE_NEWUSER = 0x1000_0000;

/**
 * A seccomp filter without user namespaces, which are the way to most of the kernel's code that
 * only root reaches otherwise. undefined for an architecture whose numbers we do not know.
 *
 * Why not bwrap's own --disable-userns: it writes below /proc/sys, which every container runtime
 * mounts read-only, so that no container would have bubblewrap. A filter works there and anywhere.
 */
export function seccompFilter(architecture: string): Buffer | undefined {
  const calls = callsOf.get(architecture);
  if (calls === undefined) return undefined;
  return Buffer.concat([
    instruction(LOAD, ARCHITECTURE),
    instruction(IF_EQUAL, calls.architecture, 1, 0),
    instruction(ANSWER, KILL),
    instruction(LOAD, NUMBER),
    instruction(IF_AT_LEAST, X32, 0, 1),
    instruction(ANSWER, KILL),
    // Its flags are in memory, out of a filter's sight. At ENOSYS a libc takes clone instead.
    ...refuse(calls.clone3, ENOSYS),
    ...refuse(calls.setns, EPERM),
    ...refuseUserNamespace(calls.clone),
    ...refuseUserNamespace(calls.unshare),
    instruction(ANSWER, ALLOW),
  ]);
}

function refuse(call: number, answer: number): Buffer[] {
  return [instruction(IF_EQUAL, call, 0, 1), instruction(ANSWER, answer)];
}

function refuseUserNamespace(call: number): Buffer[] {
  return [
    instruction(IF_EQUAL, call, 0, 4),
    instruction(LOAD, FLAGS),
    instruction(IF_ANY_BIT, CLONE_NEWUSER, 0, 1),
    instruction(ANSWER, EPERM),
    instruction(ANSWER, ALLOW),
  ];
}

/** `struct sock_filter`: how many instructions to leave out if it is so, and if not. */
function instruction(code: number, value: number, ifSo = 0, ifNot = 0): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt16LE(code, 0);
  bytes.writeUInt8(ifSo, 2);
  bytes.writeUInt8(ifNot, 3);
  bytes.writeUInt32LE(value, 4);
  return bytes;
}
