/* Pictures without a library: small PNG landscapes whose colours follow from a word. */
import { createHash } from 'node:crypto';
import zlib from 'node:zlib';

const WIDTH = 480;
const HEIGHT = 360;

function checksum(bytes) {
	if (zlib.crc32) return zlib.crc32(bytes);
	let sum = ~0;
	for (const byte of bytes) {
		sum ^= byte;
		for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
	}
	return ~sum >>> 0;
}

/* PNG (ISO/IEC 15948): length, type, data, CRC-32 of type and data. */
function chunk(type, data) {
	const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
	const length = Buffer.alloc(4);
	const sum = Buffer.alloc(4);
	length.writeUInt32BE(data.length);
	sum.writeUInt32BE(checksum(body));
	return Buffer.concat([length, body, sum]);
}

function mix(from, to, share) {
	return from.map((value, i) => Math.round(value + (to[i] - value) * share));
}

/* A sky and three hills; each word has its own. */
export function picture(word) {
	const seed = createHash('sha256').update(word).digest();
	const sky = [seed[0] / 2 + 120, seed[1] / 2 + 120, seed[2] / 2 + 120];
	const ground = [seed[3] / 2, seed[4] / 2 + 40, seed[5] / 2];
	const rows = Buffer.alloc(HEIGHT * (1 + WIDTH * 3));
	for (let y = 0; y < HEIGHT; y++)
		for (let x = 0; x < WIDTH; x++) {
			let colour = mix(sky, [255, 240, 220], y / HEIGHT);
			for (let hill = 0; hill < 3; hill++) {
				const crest = HEIGHT * (0.45 + hill * 0.18) +
					30 * Math.sin(x / (50 + seed[6 + hill] / 3) + seed[9 + hill]);
				if (y > crest) colour = mix(ground, [0, 0, 0], hill / 4);
			}
			rows.set(colour, y * (1 + WIDTH * 3) + 1 + x * 3);
		}
	const head = Buffer.alloc(13);
	head.writeUInt32BE(WIDTH, 0);
	head.writeUInt32BE(HEIGHT, 4);
	head.set([8, 2, 0, 0, 0], 8);
	return Buffer.concat([Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), chunk('IHDR', head),
		chunk('IDAT', zlib.deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]);
}
