import type { ServerProcess } from '@greencloud/embedded';

/** A real server that a test may end and start again at the same address. */
export type Restartable = {
  /** The process id, or `stopped`. */
  pid(): number | 'stopped';
  /** Starts it again with the files it left. Does nothing while it runs. */
  start(): Promise<void>;
  /** Ends it in order. */
  stop(): Promise<void>;
  /** Ends it by SIGKILL. */
  kill(): Promise<void>;
};

/** Runs at most one server at a time, made by `launch`. */
export function restartable(launch: () => Promise<ServerProcess>): Restartable {
  let server: ServerProcess | 'stopped' = 'stopped';

  const end = async (act: (running: ServerProcess) => Promise<unknown>) => {
    if (server === 'stopped') return;
    const running = server;
    server = 'stopped';
    await act(running);
  };

  return {
    pid: () => (server === 'stopped' ? 'stopped' : server.pid),
    start: async () => {
      if (server === 'stopped') server = await launch();
    },
    stop: () => end((running) => running.stop()),
    kill: () =>
      end((running) => {
        running.kill('SIGKILL');
        return running.exited;
      }),
  };
}
