/* Comfort only: every page works without this. Dialogs, selections, countdowns, thumbnails, and
 * pages that stay true while they are open. */

const POLL_MS = 4000;
const TICK_MS = 1000;
const THUMBNAIL_PX = 480;

/* --- words for times, as the server puts them --- */

const units = [
	[365 * 86400, 'year', 'y'],
	[30 * 86400, 'month', 'mo'],
	[86400, 'day', 'd'],
	[3600, 'hour', 'h'],
	[60, 'minute', 'min'],
	[1, 'second', 's'],
];

function plural(count, word) {
	return `${count} ${word}${count === 1 ? '' : 's'}`;
}

function duration(seconds) {
	const i = units.findIndex(([size], n) => seconds >= size || n === units.length - 1);
	const [size, word, brief] = units[i];
	const whole = Math.floor(seconds / size);
	const next = units[i + 1];
	const rest = next ? Math.floor((seconds % size) / next[0]) : 0;
	return rest ? `${whole} ${brief} ${rest} ${next[2]}` : plural(whole, word);
}

function relative(time, now) {
	const seconds = Math.floor(Math.abs(time - now) / 1000);
	const [size, word] = units.find(([s], n) => seconds >= s || n === units.length - 1);
	if (seconds < 10) return time - now >= 1000 ? 'in a moment' : 'just now';
	const text = plural(Math.floor(seconds / size), word);
	return time > now ? `in ${text}` : `${text} ago`;
}

/* Instants that have passed, with the seconds since then. */
const passed = new Map();

/* True when it is time to ask what became of something whose window has closed: at once, and once
 * more some seconds later, since this clock may be ahead of the server's. */
function isToAsk(instant) {
	const seconds = passed.get(instant) ?? 0;
	passed.set(instant, seconds + 1);
	return seconds === 0 || seconds === 5;
}

/* Put times into words anew; true when the page has to ask. */
function tick() {
	const now = Date.now();
	let closed = false;
	for (const element of document.querySelectorAll('time[datetime]')) {
		const time = Date.parse(element.dateTime);
		let text = relative(time, now);
		if (element.dataset.until) {
			const left = Math.ceil((time - now) / 1000);
			text = left > 0 ? `${duration(left)} left` : 'window closed';
			if (left <= 0) closed = isToAsk(element.dataset.until) || closed;
			element.classList.toggle('is-close', left > 0 && left < 3600);
		}
		if (element.textContent !== text) element.textContent = text;
	}
	return closed;
}

/* --- open pages stay true --- */

/* The answer to a form stands at the form's address; loading that anew would send the form again. */
function returnHome() {
	const home = document.querySelector('[data-address]')?.dataset.address;
	if (home && home !== location.pathname) history.replaceState(null, '', home);
}

function keepInput(from, to) {
	const old = from.querySelector('input[type=checkbox]');
	const fresh = to.querySelector('input[type=checkbox]');
	if (old && fresh) fresh.checked = old.checked;
}

/* Where a part holds keyed children, those that are gone go and the others stay in their place. */
function keyedHost(part) {
	const child = part.querySelector('[data-key]');
	return child ? child.parentElement : null;
}

function updateKeyed(host, freshHost) {
	const old = new Map([...host.children].map((child) => [child.dataset.key, child]));
	const children = [...freshHost.children].map((fresh) => {
		const present = old.get(fresh.dataset.key);
		if (!present || present.contains(document.activeElement)) return present ?? fresh;
		if (present.outerHTML === fresh.outerHTML) return present;
		keepInput(present, fresh);
		return fresh;
	});
	host.replaceChildren(...children);
}

/* False where the page's structure has changed, so that it has to be loaded anew. */
function updatePart(part, fresh) {
	if (!fresh || fresh.tagName !== part.tagName) return false;
	const host = keyedHost(part);
	const freshHost = keyedHost(fresh);
	if (host && freshHost) updateKeyed(host, freshHost);
	else if (host || !part.contains(document.activeElement)) part.innerHTML = fresh.innerHTML;
	return true;
}

async function refresh() {
	const answer = await fetch(location.href, {
		headers: { 'X-Lethe-Poll': '1' }, cache: 'no-store', redirect: 'manual',
	});
	if (answer.status !== 200) {
		location.reload();
		return;
	}
	const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
	for (const part of document.querySelectorAll('[data-live-part]')) {
		const name = part.dataset.livePart;
		const other = fresh.querySelector(`[data-live-part="${name}"]`);
		if (!updatePart(part, other)) {
			location.reload();
			return;
		}
	}
	document.body.dataset.revision = fresh.body.dataset.revision ?? '';
	tick();
	document.querySelectorAll('[data-selection]').forEach(showSelection);
}

/* Whether anything has happened is asked by the trail's revision; what moves without an entry there
 * (steps, removals) is marked as restless and looked at each time. */
async function poll() {
	const { live, revision } = document.body.dataset;
	if (document.hidden || document.querySelector('dialog[open]')) return;
	if (document.querySelector('[data-restless]')) {
		await refresh();
		return;
	}
	const answer = await fetch(live, {
		headers: { 'If-None-Match': revision, 'X-Lethe-Poll': '1' },
		cache: 'no-store', redirect: 'manual',
	});
	if (answer.status === 304 || answer.status === 429 || answer.status >= 500) return;
	if (answer.ok) await refresh();
	else location.reload();
}

function stayTrue() {
	if (!document.body.dataset.live) return;
	const again = async () => {
		try {
			await poll();
		} catch {
			/* the network is away; the next round asks again */
		}
		setTimeout(again, POLL_MS);
	};
	setTimeout(again, POLL_MS);
}

/* --- a confirmation page as a dialog --- */

async function openDialog(link) {
	const answer = await fetch(link.href);
	if (!answer.ok || answer.redirected) {
		location.assign(link.href);
		return;
	}
	const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
	const dialog = document.createElement('dialog');
	dialog.append(...page.querySelector('main').childNodes);
	const heading = dialog.querySelector('h1');
	heading.id = 'dialog-heading';
	dialog.setAttribute('aria-labelledby', heading.id);
	dialog.addEventListener('close', () => {
		dialog.remove();
		link.focus();
	});
	document.body.append(dialog);
	dialog.showModal();
}

function dialogs(event) {
	const link = event.target.closest('a[data-dialog]');
	const cancel = event.target.closest('dialog [data-close]');
	if (event.ctrlKey || event.metaKey || event.shiftKey) return;
	if (cancel) {
		event.preventDefault();
		cancel.closest('dialog').close();
	} else if (link) {
		event.preventDefault();
		openDialog(link).catch(() => location.assign(link.href));
	}
}

/* --- selections --- */

/* Also those that stand elsewhere and name their form. */
function boxes(form) {
	return [...form.elements].filter((box) => box.type === 'checkbox' && box.name);
}

function showSelection(form) {
	const all = boxes(form);
	const chosen = all.filter((box) => box.checked).length;
	const bar = form.querySelector('[data-bar]');
	const whole = form.querySelector('[data-all] input');
	if (!bar) return;
	bar.hidden = chosen === 0;
	bar.querySelector('[data-count]').textContent = `${plural(chosen, form.dataset.selection || 'photo')} selected`;
	whole.checked = chosen > 0 && chosen === all.length;
	whole.indeterminate = chosen > 0 && chosen < all.length;
}

function selections() {
	for (const form of document.querySelectorAll('[data-selection]')) {
		const whole = form.querySelector('[data-all]');
		if (!whole) continue;
		whole.hidden = false;
		form.querySelector('[data-count]').setAttribute('aria-live', 'polite');
		document.addEventListener('change', (event) => {
			if (event.target.form !== form) return;
			if (whole.contains(event.target))
				boxes(form).forEach((box) => { box.checked = event.target.checked; });
			showSelection(form);
		});
		showSelection(form);
	}
}

/* --- adding photos: a thumbnail made here, and several at once --- */

async function thumbnail(file) {
	const picture = await createImageBitmap(file);
	const scale = Math.min(1, THUMBNAIL_PX / Math.max(picture.width, picture.height));
	const canvas = document.createElement('canvas');
	canvas.width = Math.max(1, Math.round(picture.width * scale));
	canvas.height = Math.max(1, Math.round(picture.height * scale));
	canvas.getContext('2d').drawImage(picture, 0, 0, canvas.width, canvas.height);
	return new Promise((done) => canvas.toBlob(done, 'image/jpeg', 0.85));
}

async function addOne(form, file) {
	const fields = new FormData(form);
	fields.delete('csrf');
	fields.set('file', file);
	for (const name of ['project_id', 'site_id']) if (!fields.get(name)) fields.delete(name);
	try {
		const small = await thumbnail(file);
		if (small) fields.set('thumbnail', small, 'thumbnail.jpg');
	} catch {
		/* not a picture this browser can draw; the server decides what it is */
	}
	const answer = await fetch('/api/photos', {
		method: 'POST', body: fields,
		headers: { 'X-CSRF-Token': form.elements.csrf.value },
	});
	const result = await answer.json();
	if (!answer.ok) throw new Error(`${file.name}: ${result.detail}`);
	return result;
}

function uploads() {
	const form = document.querySelector('form[data-upload]');
	if (!form) return;
	const button = form.querySelector('button');
	const status = document.createElement('p');
	status.setAttribute('role', 'status');
	form.append(status);
	form.elements.file.multiple = true;
	form.addEventListener('submit', async (event) => {
		event.preventDefault();
		const files = [...form.elements.file.files];
		const added = [];
		button.disabled = true;
		try {
			for (const file of files) {
				status.className = 'muted';
				status.textContent = `Adding ${added.length + 1} of ${files.length}…`;
				added.push(await addOne(form, file));
			}
			location.assign(added.length === 1
				? `/photos/${added[0].id}?done=added`
				: `/?done=added&n=${added.length}`);
		} catch (failure) {
			status.className = 'field__error';
			status.textContent = added.length
				? `${plural(added.length, 'photo')} added, then it stopped. ${failure.message}`
				: failure.message;
			button.disabled = false;
		}
	});
}

/* --- how long a text is --- */

/* Characters as the server counts them, not as the browser stores them. */
function countText(event) {
	const { target } = event;
	if (!target.matches?.('textarea[data-count-to]')) return;
	const least = Number(target.dataset.countFrom);
	const most = Number(target.dataset.countTo);
	const length = [...target.value.trim()].length;
	let counter = target.parentElement.querySelector('[data-counter]');
	if (!counter) {
		counter = document.createElement('p');
		counter.className = 'field__hint';
		counter.dataset.counter = '';
		counter.setAttribute('aria-live', 'polite');
		target.after(counter);
	}
	if (length < least) counter.textContent = `${plural(least - length, 'character')} more`;
	else counter.textContent = `${length.toLocaleString('en')} of ${most.toLocaleString('en')} characters`;
}

/* --- toasts --- */

function toasts() {
	const toast = document.querySelector('[data-toast]');
	if (!toast) return;
	const dismiss = toast.querySelector('[data-dismiss]');
	const address = new URL(location.href);
	['done', 'act', 'n'].forEach((name) => address.searchParams.delete(name));
	history.replaceState(null, '', address);
	dismiss.hidden = false;
	dismiss.addEventListener('click', () => toast.remove());
}

document.addEventListener('click', dialogs);
document.addEventListener('input', countText);
document.querySelector('[data-copy]')?.addEventListener('focus', (event) => event.target.select());
returnHome();
toasts();
selections();
uploads();
stayTrue();
/* On the way back the browser fills in what had been selected. */
addEventListener('pageshow', () => document.querySelectorAll('[data-selection]').forEach(showSelection));
setInterval(() => {
	if (tick() && document.body.dataset.live) refresh().catch(() => {});
}, TICK_MS);
