/** What stands above the operations: everything that is true of all of them. */
export const introduction = `Runs small programs (*lambdas*) as *tasks* on a network of lent machines (*nodes*), the greenest free one first.

Make a lambda (\`POST /v1/lambda\`), give it code (\`PUT /v1/lambda/{lambdaId}/code\`), issue a task (\`POST /v1/task\`) and ask for its result (\`GET /v1/task/{taskId}/result?wait=30\`).

### Access
Every call needs an access token: a JWT in \`Authorization\`, bare or as \`Bearer <JWT>\`. A token with a \`scope\` claim may do what its scopes name (\`task:read\`, \`task:write\`, \`lambda:read\`, \`lambda:write\`, \`node:read\`, \`node:write\`, or \`task:*\`, \`lambda:*\`, \`node:*\`); one without may do everything of its own tenant. You see what is yours: a foreign id answers exactly like a missing one.

### Problems
Every answer that is no success is \`application/problem+json\` (RFC 9457). Look at its \`code\`, not at its words; \`errors\` names each wrong member. The one exception is the result route, which passes on what a lambda answered, whatever its status: such an answer carries \`GC-Task-Outcome: succeeded\`. A path that is not there answers \`ROUTE_NOT_FOUND\`, a method that is not there \`METHOD_NOT_ALLOWED\` with \`Allow\`.

Unknown members of a body and unknown parameters are refused by name. Answers may gain members: ignore what you do not know.

### Trying again
\`429\`, \`503\` and \`RESULT_NOT_READY\` carry \`Retry-After\`. \`OVERLOADED\` says that nothing was done. After \`UNAVAILABLE\` or a broken connection the outcome is unknown: \`GET\`, \`PUT\`, \`PATCH\`, \`DELETE\`, and a create of a task with an \`Idempotency-Key\`, are safe to repeat.

### Limits
Each tenant may make so many requests a second (\`RateLimit-Policy\`), hold so many watches and waits open, and have so many tasks waiting; more is \`429 NO_QUOTA_AVAILABLE\`. A request has 16 KiB of headers and 30 s to arrive; JSON nests at most 64 levels.

### Conventions
Times are decimal strings of Unix seconds, \`""\` for what has not happened. Ids are 24 hexadecimal characters, those of nodes UUIDs. \`HEAD\` works wherever \`GET\` does. Send \`X-Request-Id\` to find your request again in the operator's logs.

This document is served at \`/v1/openapi.json\`, and for people at \`/docs\`.`;

export const tags = [
  { name: 'Tasks', description: 'One execution of a lambda each, from its issue to its result.' },
  { name: 'Lambdas', description: 'What tasks run: code, its versions and its demands.' },
  { name: 'Nodes', description: 'Machines that are lent to run tasks.' },
  { name: 'Metrics', description: 'Your tasks and nodes in numbers.' },
];
