/* Webhooks as an admin meets them: an address is added, its secret shown once, tried, removed. */
import assert from 'node:assert/strict';

import { toast, visit } from './support/browser.mjs';
import { inspect, inspectLarge } from './support/inspect.mjs';
import { unique } from './support/site.mjs';
import { run, test, testBoth } from './support/suite.mjs';

const row = (page, text) => page.locator('tbody tr', { hasText: text });

test('the page shows a delivery in each state', async (hands) => {
	const page = await hands.browserOf('admin');
	await visit(page, '/admin/webhooks');
	for (const state of ['sent', 'failed', 'waiting']) await page.locator('tbody .badge', { hasText: state }).first().waitFor();
	await inspect(page, 'webhooks');
	await inspectLarge(page, 'webhooks');
});

testBoth('an address is added, tested and removed', async (hands) => {
	const url = `https://${unique('hook').toLowerCase().replace(/[^a-z0-9]/g, '')}.example/in`;
	const page = await hands.browserOf('admin');
	await visit(page, '/admin/webhooks');
	await page.getByLabel('Address').fill(url);
	await page.getByRole('group', { name: 'organization' }).getByLabel('restored').check();
	await page.getByRole('button', { name: 'Subscribe' }).click();
	const secret = await page.getByLabel('Secret').inputValue();
	assert.match(secret, /^whsec_[A-Za-z0-9+/]{43}=$/);
	if (hands.scripts) await inspect(page, 'webhooks-secret');
	await visit(page, '/admin/webhooks');
	assert.equal(await page.getByLabel('Secret').count(), 0, 'only once');
	await page.getByRole('button', { name: `Send a test event to ${url}` }).click();
	await toast(page, 'A test event is on its way');
	await row(page, 'webhook.test').filter({ hasText: url }).waitFor();
	await page.getByRole('button', { name: `Remove ${url}` }).click();
	await toast(page, 'The subscription is removed');
	assert.equal(await row(page, url).count(), 0);
});

test('a private address is refused where it was typed', async (hands) => {
	const page = await hands.browserOf('admin');
	await visit(page, '/admin/webhooks');
	await page.getByLabel('Address').fill('http://127.0.0.1/in');
	await page.getByRole('group', { name: 'photo' }).getByLabel('deleted').check();
	await page.getByRole('button', { name: 'Subscribe' }).click();
	await page.getByRole('alert').getByText('private network').waitFor();
	assert.equal(await page.getByLabel('Address').inputValue(), 'http://127.0.0.1/in');
	assert.ok(await page.getByRole('group', { name: 'photo' }).getByLabel('deleted').isChecked());
	await inspect(page, 'webhooks-refused');
});

test('what failed is tried again', async (hands) => {
	const page = await hands.browserOf('admin');
	await visit(page, '/admin/webhooks');
	await row(page, '410').getByRole('button', { name: 'Retry' }).click();
	await toast(page, 'It will be tried again');
});

test('an organisation that tells nobody', async (hands) => {
	const page = await hands.browserOf('birch');
	await visit(page, '/admin/webhooks');
	await page.getByText('Nobody is told yet').waitFor();
	await inspect(page, 'webhooks-none');
});

await run({ expected: [/^400 POST \/admin\/webhooks$/] });
