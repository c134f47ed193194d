export type Cancel = () => void;

/** Time and chance, handed in: a simulation that owns both can replay any run. */
export interface World {
  /** Unix ms: comparable with the log's times. */
  now(): number;
  /** Ms that only ever rise: for how long somebody has been silent. */
  uptime(): number;
  after(ms: number, act: () => void): Cancel;
  /** Once what is happening now is over: gathers the work of one moment. */
  soon(act: () => void): void;
  /** 0 <= x < 1. */
  random(): number;
}

export const realWorld: World = {
  now: () => Date.now(),
  uptime: () => performance.now(),
  after(ms, act) {
    const timer = setTimeout(act, ms);
    return () => clearTimeout(timer);
  },
  soon: (act) => void setImmediate(act),
  random: () => Math.random(),
};

/** Runs `act` again and again, at intervals that vary by a quarter: replicas do not march in step. */
export function every(world: World, ms: number, act: () => void): Cancel {
  let cancel: Cancel;
  const next = () => {
    cancel = world.after(ms * (0.75 + world.random() / 2), () => {
      next();
      act();
    });
  };
  next();
  return () => cancel();
}
