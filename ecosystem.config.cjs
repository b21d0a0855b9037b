// pm2 start ecosystem.config.cjs starts the dry app. The live app starts only when it is named:
//   pm2 start ecosystem.config.cjs --only lastsecond-live
const common = {
  script: 'dist/cli/main.js',
  cwd: __dirname,
  // No collection of the young generation in the last second; a live run without them starts itself anew with them.
  node_args: '--enable-source-maps --min-semi-space-size=64 --max-semi-space-size=64',
  // The bot says when it is ready: ledger read, venue's clock bounded, discovery running.
  wait_ready: true,
  listen_timeout: 30_000,
  // SIGINT ends it in order: no new shots, sockets closed, ledger and logs on the disk.
  kill_timeout: 30_000,
  autorestart: true,
  exp_backoff_restart_delay: 500,
  // Wrong flags, wrong configuration, halted by risk, live refused: a restart would only say the same again.
  stop_exit_codes: [2, 4, 6, 7],
  max_memory_restart: '600M',
  merge_logs: true,
  time: true,
}

const live = process.argv.some((word) => word.includes('lastsecond-live'))

module.exports = {
  apps: [
    { ...common, name: 'lastsecond', args: 'run' },
    ...(live
      ? [
          {
            ...common,
            name: 'lastsecond-live',
            args: 'run --live',
            env: { VENUE: 'polymarket', CONTROL_PORT: '8003' },
          },
        ]
      : []),
  ],
}
