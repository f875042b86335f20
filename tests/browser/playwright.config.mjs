// Browser journeys against the real server, the real database and the apps as they are shipped.
import { defineConfig } from '@playwright/test';

const port = process.env.TEST_PORT ?? '8099';
const root = new URL('../..', import.meta.url).pathname;
const data = process.env.TEST_DATA ?? '/tmp/pratikar-browser-tests';
const of = `--data ${data} --public ${root}public`;
const seed = `${root}target/release/pratikar-seed ${of}`;
const server = `${root}target/release/pratikar ${of}`;

export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.mjs',
  outputDir: 'results',
  timeout: 90_000,
  expect: { timeout: 10_000 },
  workers: 1,
  reporter: [['list']],
  use: {
    actionTimeout: 15_000,
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
  webServer: {
    // A hundred people who lodge at one address within minutes would be asked for codes, as tests/api/lodging.rs has it.
    command: `rm -rf ${data} && ${seed} --grievances 300 --seed 7 && exec ${server} serve --demo --unlimited --port ${port} --dist ${root}dist`,
    url: `http://localhost:${port}/readyz`,
    timeout: 60_000,
    reuseExistingServer: false,
    stdout: 'ignore',
    stderr: 'pipe',
  },
});
