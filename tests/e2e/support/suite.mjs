/* The tests of one file: registered by name, run one after another, counted for tests/run.sh. */
import { openBrowser } from './browser.mjs';

const LIMIT_MS = 60000;
const tests = [];

/* `work` gets a test's hands: see browser.mjs. */
export function test(title, work) {
	tests.push({ title, work });
}

/* The same journey by a browser that runs scripts and by one that does not. `hands.scripts` says which. */
export function testBoth(title, work) {
	tests.push({ title: `${title} (with scripts)`, work, scripts: true });
	tests.push({ title: `${title} (without scripts)`, work, scripts: false });
}

function withLimit(promise) {
	let timer;
	const limit = new Promise((_, refuse) => {
		timer = setTimeout(() => refuse(new Error(`not done within ${LIMIT_MS / 1000} s`)), LIMIT_MS);
	});
	return Promise.race([promise, limit]).finally(() => clearTimeout(timer));
}

/* A test passes when its work ends well and no page of it complained on its way. */
async function runOne(browser, { title, work, scripts = true }, expected) {
	const begin = Date.now();
	const hands = browser.hands(scripts);
	expected.forEach((pattern) => hands.expect(pattern));
	try {
		await withLimit(work(hands));
		const complaints = hands.complaints();
		if (complaints.length) throw new Error(`pages complained:\n${complaints.join('\n')}`);
		console.log(`ok      ${title} (${Date.now() - begin} ms)`);
		return true;
	} catch (failure) {
		console.log(`FAILED  ${title}`);
		console.log(String(failure?.stack ?? failure).replace(/^/gm, '        '));
		for (const line of [...hands.complaints(), ...(await hands.where())]) console.log(`        ${line}`);
		return false;
	} finally {
		await hands.close();
	}
}

/* Run what has been registered (with an argument: only the titles that contain it) and exit. Tests that
 * mostly wait may run some at once; `expected` are complaints that they provoke in each other's pages. */
export async function run({ atOnce = 1, expected = [] } = {}) {
	if (!process.env.LETHE_TEST_URL) {
		console.log('skipped: no server; run this by tests/support/with-server.sh');
		process.exit(77);
	}
	const wanted = tests.filter(({ title }) => title.includes(process.argv[2] ?? ''));
	const total = wanted.length;
	const browser = await openBrowser();
	let failed = 0;
	const work = async () => {
		for (let one = wanted.shift(); one; one = wanted.shift()) if (!(await runOne(browser, one, expected))) failed++;
	};
	try {
		await Promise.all(Array.from({ length: atOnce }, work));
	} finally {
		await browser.close();
	}
	console.log(`${total - failed} passed, ${failed} failed, 0 skipped`);
	process.exit(failed || !total ? 1 : 0);
}
