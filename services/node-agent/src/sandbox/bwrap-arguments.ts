import type { LaunchPlace } from './launch-place.ts';
import { SECCOMP_FD } from './seccomp-filter.ts';

/** Where things are inside of the sandbox. */
export const insideNode = '/node';
export const insideRunner = '/runner';

const NOBODY = '65534';
const TMP_BYTES = String(16 * 1_024 * 1_024);

/**
 * All that a lambda's process can see: the Node binary, its shared libraries, the runner, an empty
 * /tmp. No /proc, /dev, /etc or /usr: a file that is not there needs no rule.
 */
export function bwrapArguments({ node, runner, libraries }: LaunchPlace): string[] {
  const options = [
    // --unshare-all only tries for a user namespace.
    ['--unshare-user', '--unshare-all', '--seccomp', String(SECCOMP_FD)],
    // No --new-session: it is started as the leader of one, without a terminal, and a second one
    // inside would be out of reach for the signals to its group.
    ['--die-with-parent', '--clearenv'],
    ['--uid', NOBODY, '--gid', NOBODY, '--cap-drop', 'ALL'],
    ['--hostname', 'sandbox'],
    ...libraries.map((path) => ['--ro-bind', path, path]),
    ['--ro-bind', node, insideNode],
    ['--ro-bind', runner, insideRunner],
    ['--size', TMP_BYTES, '--tmpfs', '/tmp'],
    ['--chdir', '/tmp'],
    ['--remount-ro', '/'],
  ];
  return options.flat();
}
