/* Taking one's data along: asking for it, waiting, fetching it; and what ends it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

import { until, visit } from './support/browser.mjs';
import { inspect } from './support/inspect.mjs';
import { PASSWORD, addPhoto, address, bytesOf, forgiveRates, mailsTo, newPerson, sql, unique, work } from './support/site.mjs';
import { run, testBoth } from './support/suite.mjs';

const start = (page) => page.getByRole('button', { name: /^Make (an|a new) export$/ });
const download = (page) => page.getByRole('link', { name: 'Download the export' });

async function ask(page) {
	forgiveRates();
	await start(page).click();
	await page.getByRole('heading', { name: 'Confirm that it is you' }).waitFor();
	await page.getByLabel('Password').fill(PASSWORD);
	await page.getByRole('button', { name: 'Confirm and go on' }).click();
	await page.getByRole('heading', { name: 'Export of your data' }).waitFor();
}

async function ready(page) {
	await until('the export is ready', async () => {
		work();
		await visit(page, '/account/export');
		return download(page).isVisible();
	});
}

testBoth('somebody takes their data along', async (hands) => {
	const who = newPerson('Tara Taker');
	await addPhoto(who, unique('Mine to take'));
	const page = await hands.browserOf(who, { own: true });
	await visit(page, '/account');
	await page.getByRole('heading', { name: 'Export', exact: true }).waitFor();
	if (hands.scripts) await inspect(page, 'account-export');
	await ask(page);
	await ready(page);
	if (hands.scripts) await inspect(page, 'export-ready');
	const coming = page.waitForEvent('download');
	await download(page).click();
	const file = await coming;
	assert.match(file.suggestedFilename(), /^lethe-export-\d{4}-\d\d-\d\d\.zip$/);
	assert.equal(readFileSync(await file.path()).subarray(0, 4).toString('latin1'), 'PK\x03\x04');
	await until('a mail says so', () => {
		work();
		return mailsTo(address(who)).some(({ text }) => text.includes('/account/export'));
	});
	sql(`UPDATE exports SET state = 'pending', expires_at = NULL, progress_done = 0 WHERE user_id = ${bytesOf(who)}`);
	await visit(page, '/account/export');
	await page.getByText('Your export is being made').waitFor();
	assert.equal(await start(page).count(), 0);
	if (hands.scripts) await inspect(page, 'export-pending');
	sql(`UPDATE exports SET state = 'discarded', settled_at = UTC_TIMESTAMP(6) WHERE user_id = ${bytesOf(who)}`);
	await visit(page, '/account/export');
	await page.getByText('Your export was discarded').waitFor();
	assert.equal(await download(page).count(), 0);
	if (hands.scripts) await inspect(page, 'export-discarded');
	sql(`UPDATE exports SET state = 'expired' WHERE user_id = ${bytesOf(who)}`);
	await visit(page, '/account/export');
	await page.getByText('has expired and is gone').waitFor();
	if (hands.scripts) await inspect(page, 'export-expired');
	await ask(page);
	await ready(page);
});

await run();
