// Browser journeys against the real server, the real database and the apps as they are shipped.
import { defineConfig } from '@playwright/test';
import { port, portOf, program, root, WORKERS } from './where.mjs';

const servers = Array.from({ length: WORKERS }, (_, worker) => {
  const data = `/tmp/pratikar-browser-tests-${worker}`;
  const of = `--data ${data} --public ${root}public`;
  return {
    // A hundred people who lodge at one address within minutes would be asked for codes, as tests/api/lodging.rs has it.
    command: `rm -rf ${data} && ${program}-seed ${of} --grievances 300 --seed 7 && ${program} ${of} train && exec ${program} ${of} serve --demo --unlimited --port ${portOf(worker)} --dist ${root}dist`,
    url: `http://localhost:${portOf(worker)}/readyz`,
    timeout: 60_000,
    reuseExistingServer: false,
    stdout: 'ignore',
    stderr: 'pipe',
    env: { RUST_LOG: 'warn' },
  };
});

export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.mjs',
  outputDir: 'results',
  // Two workers keep both cores of a small machine busy: nothing is measured here.
  timeout: 180_000,
  expect: { timeout: 30_000 },
  workers: WORKERS,
  // A test that holds only the second time is printed as flaky, to be mended: it does not hold back what everybody else has done.
  retries: 1,
  reporter: [['list']],
  use: {
    actionTimeout: 30_000,
    baseURL: `http://localhost:${port}`,
    locale: 'bn-IN',
    timezoneId: 'America/Los_Angeles', // the device's zone must not matter (L10N-04)
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  webServer: servers,
});
