/** Imported into a server under test: after SIGUSR2 its event loop is stuck for 300 of every 600 ms. */
process.once('SIGUSR2', () => {
  setInterval(() => {
    const until = performance.now() + 300;
    while (performance.now() < until);
  }, 600).unref();
});
