// The whole way: one grievance from a phone to "redressed", live on the official's screen.
import { wholeWay } from './story.mjs';
import { WITH_CAMERA, test } from './people.mjs';

test.use(WITH_CAMERA);

test('one grievance from a phone to redressed, with seven people', async ({ browser }) => {
  test.setTimeout(180_000);
  await wholeWay(browser);
});
