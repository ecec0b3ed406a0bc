/* An erasure that waits for the identity provider, as its admin sees it. */
import assert from 'node:assert/strict';

import { visit } from './support/browser.mjs';
import { inspect, inspectLarge } from './support/inspect.mjs';
import { bytesOf, call, newPerson, sql, unique } from './support/site.mjs';
import { run, test } from './support/suite.mjs';

const WHY = 'identity_token_http_400 invalid_grant';

/* As a worker leaves it that is refused: the window has closed, and it is to be asked again later. */
function letWait(who) {
	sql(`INSERT INTO jobs (id, organization_id, task, item_id, attempts, last_error, run_at, created_at)
		SELECT UNHEX(REPLACE(UUID(), '-', '')), organization_id, 'deletion', deletion_id, 9, '${WHY}',
		UTC_TIMESTAMP(6) + INTERVAL 40 MINUTE, UTC_TIMESTAMP(6) - INTERVAL 2 HOUR FROM users WHERE id = ${bytesOf(who)};
		UPDATE deletions SET state = 'purging', recover_until = UTC_TIMESTAMP(6)
		WHERE id = (SELECT deletion_id FROM users WHERE id = ${bytesOf(who)});
		UPDATE users SET deletion_scheduled_for = UTC_TIMESTAMP(6) WHERE id = ${bytesOf(who)}`);
}

/* The worker goes on with it. */
function endWait(who) {
	sql(`DELETE FROM jobs WHERE item_id = (SELECT deletion_id FROM users WHERE id = ${bytesOf(who)})`);
}

test('an admin sees what an erasure waits for', async (hands) => {
	const name = unique('Wanda');
	const who = newPerson(name);
	sql(`UPDATE users SET identity_uid = 'uid-${who}' WHERE id = ${bytesOf(who)}`);
	const { status } = await call('admin', 'DELETE', `/api/admin/users/${who}?mode=soft`, { reason: 'Left us' });
	assert.equal(status, 204);
	letWait(who);
	const page = await hands.browserOf('admin');
	await visit(page, '/admin');
	const problem = page.getByRole('listitem').filter({ hasText: 'for the identity provider' });
	await problem.getByRole('link', { name: 'Look at the accounts' }).click();
	const row = page.locator('tbody tr').filter({ hasText: name });
	await row.getByText('Waiting for the identity provider').waitFor();
	await inspect(page, 'users-waiting');
	await row.getByRole('link', { name }).click();
	await page.getByText(WHY).waitFor();
	await page.getByText('It was asked 9 times').waitFor();
	assert.equal(await page.getByRole('button', { name: 'Restore the account' }).count(), 0);
	await inspect(page, 'user-waiting');
	await inspectLarge(page, 'user-waiting');
	endWait(who);
});

await run();
