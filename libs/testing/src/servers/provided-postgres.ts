declare module 'vitest' {
  interface ProvidedContext {
    /** Connection string of the run's one Postgres, set by `@greencloud/testing/global-setup`. */
    greencloudPostgres: string;
  }
}

export const PROVIDED_POSTGRES = 'greencloudPostgres';
