// Never ends and never listens. Its process is found from outside by its title, the task's id.
export default (request, context) => {
  process.title = context.taskId;
  context.progress(1);
  return request.text().then((how) => {
    if (how === 'sleeps') return new Promise(() => setInterval(() => {}, 1_000));
    for (;;);
  });
};
