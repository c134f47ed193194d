declare module 'vitest' {
  interface ProvidedContext {
    /** Data folder of the run's shared stack, set by `global-setup`. */
    greencloudStack: string;
  }
}

export const SHARED_STACK = 'greencloudStack';
