/**
 * Loaded into every measured process ahead of its own code (`--import`), so that the bridge and the baselines are asked
 * for their use of processor and memory in the same way.
 */
process.on('message', (question) => {
  if (question !== 'usage') return;
  const { user, system } = process.cpuUsage();
  process.send?.({ usage: { cpuMicros: user + system, rssBytes: process.memoryUsage.rss() } });
});
// Asking must not keep a process alive that has done its work; and nobody stays when the measurement is gone.
process.channel?.unref();
process.on('disconnect', () => process.exit(1));
