export { eventLogService } from './event-log-service.ts';
export { createManualTimers, type ManualTimers } from './manual-timers.ts';
export { createMemoryLog, type MemoryLog, type MemoryLogOptions } from './memory-log.ts';
export { publishLog } from './publish-log.ts';
export { storyLambda, storyNodes, storyTenant, taskStory } from './task-story.ts';
export { createUnrulyBus, type UnrulyBus } from './unruly-bus.ts';
