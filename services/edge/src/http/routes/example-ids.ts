/** Ids that all examples of the API document agree on. */
export const exampleIds = {
  task: '63f47d1c5bd6eeef8211c83e',
  otherTask: '64057f3c9956fae80d7e0e84',
  lambda: '64058fee9956fae80d7e0e8e',
  codeVersion: '640590a19956fae80d7e0e91',
  node: '1a061cfd-df01-4b02-a067-5122c5941e15',
} as const;
