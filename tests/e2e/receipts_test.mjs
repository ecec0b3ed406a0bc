/* Receipts: an admin downloads one, a person gets theirs by mail, and anybody verifies them. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

import { toast, until, visit } from './support/browser.mjs';
import { inspect, inspectLarge } from './support/inspect.mjs';
import { BASE, PASSWORD, addDerivative, addPhoto, address, bytesOf, call, deletePhoto, mailsTo, newPerson, sql, unique,
	work } from './support/site.mjs';
import { run, test, testBoth } from './support/suite.mjs';

/* A photo with a derivative that is gone for good; the deletion's id. */
async function purged(who, title) {
	const photo = await addPhoto(who, title);
	await addDerivative(who, photo, unique('Variation'));
	const { deletion_id: deletion } = await deletePhoto(who, photo);
	sql(`UPDATE deletions SET recover_until = UTC_TIMESTAMP(6) WHERE id = ${bytesOf(deletion)}`);
	await until('it is purged', async () => {
		work();
		return (await call('admin', 'GET', `/api/deletions/${deletion}`)).document.state === 'purged';
	});
	return deletion;
}

async function receiptOf(deletion) {
	const answer = await call('admin', 'GET', `/api/deletions/${deletion}/receipt`);
	assert.equal(answer.status, 200);
	return answer.document.receipt;
}

/* Change one letter in the middle, wherever it is. */
const changed = (receipt) => receipt.slice(0, 80) + (receipt[80] === 'A' ? 'B' : 'A') + receipt.slice(81);

async function verify(page, receipt) {
	await visit(page, '/receipts');
	await page.getByLabel('The receipt', { exact: true }).fill(receipt);
	await page.getByRole('button', { name: 'Verify' }).click();
	return page.locator('#verdict');
}

testBoth('an admin downloads a receipt, and anybody verifies the file', async (hands) => {
	const title = unique('Grandmother at the gate');
	const deletion = await purged('ada', title);
	const admin = await hands.browserOf('admin');
	await visit(admin, `/trash/${deletion}`);
	const [download] = await Promise.all([admin.waitForEvent('download'), admin.getByRole('link', { name: 'Download the receipt' }).click()]);
	assert.equal(download.suggestedFilename(), `receipt-${deletion}.txt`);
	const path = await download.path();
	assert.equal(readFileSync(path, 'utf8'), `${await receiptOf(deletion)}\n`);

	const page = await hands.visitor();
	await visit(page, '/receipts');
	await page.getByLabel('Or the file it is in').setInputFiles(path);
	await page.getByRole('button', { name: 'Verify' }).click();
	await page.getByText('This receipt is valid.').waitFor();
	const text = await page.locator('main').innerText();
	assert.match(text, /2 photos/);
	assert.ok(text.includes(deletion));
	assert.ok(!text.includes(title), 'it does not say what the photo was called');

	/* Without us: the program and the key that the page shows. */
	const key = await page.locator('main li code').first().innerText();
	const said = execFileSync(process.env.LETHE_TEST_PROGRAM, ['receipt', 'verify', '--key', key, path], { encoding: 'utf8', env: {} });
	assert.match(said, /The receipt is valid/);
	assert.ok(said.includes(deletion));
});

testBoth('a receipt that was changed is refused, and one that is whole again is not', async (hands) => {
	const receipt = await receiptOf(await purged('ben', unique('Hay')));
	const page = await hands.visitor();
	const verdict = await verify(page, changed(receipt));
	await verdict.getByText('This receipt is not valid.').waitFor();
	assert.equal(await page.getByLabel('The receipt', { exact: true }).inputValue(), changed(receipt));
	await page.getByLabel('The receipt', { exact: true }).fill(receipt.replace(/.{60}/g, '$&\n'));
	await page.getByRole('button', { name: 'Verify' }).click();
	await page.getByText('This receipt is valid.').waitFor();
});

test('who is erased gets the receipt by mail', async (hands) => {
	const who = newPerson('Xenia Leaving');
	const page = await hands.visitor();
	await addPhoto(who, unique('Mine'));
	const proof = await call(who, 'POST', '/api/reauth', { password: PASSWORD, purpose: 'account.delete' });
	assert.equal(proof.status, 201);
	const token = (await (await fetch(`${BASE}/api/tokens`, { method: 'POST', headers: { 'Content-Type': 'application/json' },
		body: JSON.stringify({ email: address(who), password: PASSWORD }) })).json()).access_token;
	const left = await fetch(`${BASE}/api/me/delete`, { method: 'POST', body: JSON.stringify({ phrase: 'delete my account' }),
		headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', 'X-Reauth-Token': proof.document.reauth_token } });
	assert.equal(left.status, 202, await left.text());
	sql(`UPDATE deletions SET recover_until = UTC_TIMESTAMP(6) WHERE kind = 'user' AND item_id = ${bytesOf(who)}`);
	sql(`UPDATE users SET deletion_scheduled_for = UTC_TIMESTAMP(6) WHERE id = ${bytesOf(who)}`);
	let mail;
	await until('the last mail', () => {
		work();
		mail = mailsTo(address(who)).find((one) => /erased/.test(one.subject));
		return !!mail;
	});
	const receipt = /v4\.public\.[\w.-]+/.exec(mail.text)[0];
	assert.ok(mail.text.includes('/receipts'));
	const verdict = await verify(page, receipt);
	await verdict.getByText('This receipt is valid.').waitFor();
	const text = await page.locator('main').innerText();
	assert.match(text, /What was deleted\s+Account/);
	assert.match(text, /1 photo/);
	assert.ok(!/Xenia/.test(text) && !text.includes(who), 'it says nothing of who it was');
	await inspect(page, 'receipts-account');
});

test('the pages of receipts', async (hands) => {
	const deletion = await purged('ada', unique('The orchard in May'));
	const receipt = await receiptOf(deletion);
	const admin = await hands.browserOf('admin');
	await visit(admin, `/trash/${deletion}`);
	await inspect(admin, 'deletion-purged');
	const page = await hands.visitor();
	await visit(page, '/receipts');
	await inspect(page, 'receipts');
	await inspectLarge(page, 'receipts');
	await verify(page, receipt);
	await page.getByText('This receipt is valid.').waitFor();
	await inspect(page, 'receipts-valid');
	await inspectLarge(page, 'receipts-valid');
	await verify(page, changed(receipt));
	await page.getByText('This receipt is not valid.').waitFor();
	await inspect(page, 'receipts-invalid');
	await page.getByLabel('The receipt', { exact: true }).fill('');
	await page.getByRole('button', { name: 'Verify' }).click();
	await page.getByText('Paste a receipt, or choose the file it is in.').waitFor();
	await inspect(page, 'receipts-refused');
});

test('a signed-in person verifies and can still sign out', async (hands) => {
	const page = await hands.browserOf('mia', { own: true });
	await verify(page, 'hello');
	await page.getByText('This receipt is not valid.').waitFor();
	await page.getByRole('button', { name: 'Sign out' }).click();
	await toast(page, 'You are signed out.');
});

await run();
