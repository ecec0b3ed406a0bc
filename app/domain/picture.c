/* picture.c - landscapes and still lives out of a few numbers, written as PNG.
 *
 * A scene is painted column by column: what depends on the column alone (the outlines of hills and
 * trees) is worked out once for each. Coordinates run from 0 to 1, so that a thumbnail is the same
 * picture. */
#include "picture.h"

#include <base/arena.h>
#include <math.h>
#include <string.h>
#include <zlib.h>

struct color {
	float r, g, b;
};

#define RGB(hex)                                                                                   \
	{                                                                                          \
		(float)((hex) >> 16 & 0xff) / 255, (float)((hex) >> 8 & 0xff) / 255,               \
		    (float)((hex)&0xff) / 255                                                      \
	}

#define LAYERS 5

enum subject { LAND, FRUIT, STALL };

/* What a scene is made of. */
static const struct scene {
	enum subject subject;
	struct color sky, low_sky, sun, far, near;
	float horizon;      /* where the farthest hills end */
	float sun_x, sun_y; /* its middle */
	float sun_size;
	float relief; /* of the hills */
	float trees;  /* their height; 0: none */
	float water;  /* where the water begins; 1: none */
	bool stars;
} SCENES[PICTURE_SCENES] = {
    {LAND, RGB(0x6a8fc9), RGB(0xf9d9b8), RGB(0xfff2d0), RGB(0xa9a7c9), RGB(0x2f5d3a), 0.45F, 0.30F,
	0.40F, 0.05F, 0.06F, 0.05F, 1, false}, /* dawn in the hills */
    {LAND, RGB(0x3f8fd6), RGB(0xcfe8f7), RGB(0xffffff), RGB(0x8fb7a8), RGB(0x6fae3c), 0.50F, 0.78F,
	0.15F, 0.03F, 0.04F, 0, 1, false}, /* noon over meadows */
    {LAND, RGB(0x2b2f63), RGB(0xff8a4c), RGB(0xffe08a), RGB(0x7a3f5d), RGB(0x2a1f3d), 0.55F, 0.55F,
	0.52F, 0.06F, 0.03F, 0, 0.60F, false}, /* dusk at the sea */
    {LAND, RGB(0x060a1e), RGB(0x24356b), RGB(0xf4f1de), RGB(0x182a4a), RGB(0x05080f), 0.55F, 0.75F,
	0.20F, 0.03F, 0.09F, 0.07F, 0.70F, true}, /* night at the lake */
    {LAND, RGB(0x7db6e8), RGB(0xf4f6e6), RGB(0xffffff), RGB(0x9fc27a), RGB(0x3e7a2c), 0.42F, 0.15F,
	0.14F, 0.02F, 0.02F, 0.12F, 1, false}, /* the orchard */
    {LAND, RGB(0xa9c4de), RGB(0xeef4fa), RGB(0xffffff), RGB(0xc9d6e6), RGB(0xf7fbff), 0.40F, 0.70F,
	0.22F, 0.02F, 0.14F, 0.09F, 1, false}, /* winter slopes */
    {LAND, RGB(0xc7d3d9), RGB(0xf3e6cf), RGB(0xfff6dd), RGB(0xc98a4b), RGB(0x8c2f14), 0.38F, 0.40F,
	0.25F, 0.03F, 0.05F, 0.11F, 1, false}, /* autumn wood */
    {LAND, RGB(0x57a0d8), RGB(0xfbe3b5), RGB(0xfffbe8), RGB(0xe3b873), RGB(0xc98436), 0.52F, 0.85F,
	0.18F, 0.04F, 0.08F, 0, 1, false}, /* dunes */
    {LAND, RGB(0x6aa6c8), RGB(0xdff0ee), RGB(0xffffff), RGB(0x7fae9f), RGB(0x2d6b54), 0.40F, 0.20F,
	0.15F, 0.02F, 0.12F, 0.06F, 0.72F, false}, /* the river valley */
    {LAND, RGB(0x2d343d), RGB(0x8d9aa3), RGB(0xd9dfe2), RGB(0x5d6b70), RGB(0x2f4238), 0.58F, 0.50F,
	0.45F, 0.01F, 0.03F, 0, 1, false}, /* before the storm */
    {LAND, RGB(0xf2b5a0), RGB(0xfce8d5), RGB(0xfff8ec), RGB(0xd98fa3), RGB(0x7a4a7f), 0.48F, 0.65F,
	0.42F, 0.07F, 0.07F, 0.03F, 0.78F, false}, /* a pink evening */
    {STALL, RGB(0xe9e2d0), RGB(0xd8cdb4), RGB(0xc0392b), RGB(0xf7f3e8), RGB(0x6b4a2b), 0.38F, 0, 0,
	0, 0, 0, 1, false}, /* the market stall */
    {FRUIT, RGB(0x3b2f2a), RGB(0x6b564a), RGB(0xd64a2e), RGB(0x9cb93a), RGB(0x8a5a33), 0.62F, 0, 0,
	0, 0, 0, 1, false}, /* apples on a table */
    {FRUIT, RGB(0xdfe7ea), RGB(0xf5f7f6), RGB(0xf0a422), RGB(0xe8d44d), RGB(0xb9c6cb), 0.58F, 0, 0,
	0, 0, 0, 1, false}, /* lemons in the light */
};

/* A picture being painted. */
struct canvas {
	const struct scene *scene;
	const struct picture *picture;
	unsigned width, height;
	float *outlines; /* LAYERS for each column: where the layer begins */
};

static struct color mix(struct color a, struct color b, float share)
{
	float t = share < 0 ? 0 : share > 1 ? 1 : share;

	return (struct color){a.r + (b.r - a.r) * t, a.g + (b.g - a.g) * t, a.b + (b.b - a.b) * t};
}

/* A number from 0 to 1 that only seems to be chance. */
static float noise(unsigned a, unsigned b)
{
	unsigned x = a * 2654435761U ^ (b + 0x9e3779b9U) * 2246822519U;

	x ^= x >> 15;
	x *= 3266489917U;
	x ^= x >> 13;
	return (float)(x & 0xffff) / 65535.0F;
}

/* How far trees of the layer stand out above the hill at `u`. */
static float tree_top(const struct canvas *canvas, unsigned layer, float u)
{
	const float count = 22.0F - 3.0F * (float)layer;
	const unsigned cell = (unsigned)(u * count);
	const unsigned kind = canvas->picture->seed * 31 + layer;
	const float middle = ((float)cell + 0.3F + 0.4F * noise(cell, kind)) / count;
	const float height = canvas->scene->trees * (0.4F + 0.6F * noise(cell, kind + 7)) *
			     (0.5F + 0.15F * (float)layer);
	const float side = fabsf(u - middle) * count * 2.4F;

	return side < 1 ? height * (1 - side) : 0;
}

static void draw_outlines(struct canvas *canvas)
{
	const struct scene *scene = canvas->scene;
	const float step = (1.02F - scene->horizon) / LAYERS;

	for (unsigned x = 0; x < canvas->width; x++) {
		const float u = (float)x / (float)canvas->width;

		for (unsigned layer = 0; layer < LAYERS; layer++) {
			const float phase =
			    6.28F * noise(canvas->picture->seed, layer + canvas->picture->scene);
			const float hill = sinf(u * (4 + (float)layer) + phase) +
					   0.45F * sinf(u * 11 + phase * 3) +
					   0.12F * sinf(u * 37 + phase * 5);

			canvas->outlines[x * LAYERS + layer] =
			    scene->horizon + step * (float)layer - scene->relief * hill -
			    (scene->trees > 0 && layer > 0 ? tree_top(canvas, layer, u) : 0);
		}
	}
}

static struct color sky_at(const struct canvas *canvas, unsigned x, unsigned y, float u, float v)
{
	const struct scene *scene = canvas->scene;
	const float across = (u - scene->sun_x) * 1.33F;
	const float distance =
	    sqrtf(across * across + (v - scene->sun_y) * (v - scene->sun_y)) / scene->sun_size;
	struct color color = mix(scene->sky, scene->low_sky, v / scene->horizon);

	if (scene->stars && noise(x / 2, y / 2) > 0.998F) {
		color = mix(color, scene->sun, 0.8F);
	}
	color = mix(color, scene->sun, 0.35F / (0.35F + distance * distance));
	return distance < 1 ? scene->sun : color;
}

static struct color land_at(const struct canvas *canvas, unsigned x, unsigned y, float v)
{
	const struct scene *scene = canvas->scene;
	const float *outlines = canvas->outlines + (size_t)x * LAYERS;
	const float u = (float)x / (float)canvas->width;
	struct color color = sky_at(canvas, x, y, u, v);

	for (unsigned layer = 0; layer < LAYERS; layer++) {
		if (v > outlines[layer]) {
			color = mix(scene->far, scene->near, (float)layer / (LAYERS - 1));
			color = mix(color, scene->low_sky, 0.25F - (v - outlines[layer]) * 1.5F);
		}
	}
	return color;
}

/* Water mirrors what stands above it, darker and broken by ripples. */
static struct color water_at(const struct canvas *canvas, unsigned x, unsigned y, float v)
{
	const struct scene *scene = canvas->scene;
	const float depth = v - scene->water;
	const float ripple = 0.012F * sinf(depth * 260 / (0.3F + depth * 3));
	const float mirrored = scene->water - depth * 1.3F + ripple;

	return mix(
	    land_at(canvas, x, y, mirrored > 0 ? mirrored : 0), scene->sky, 0.25F + depth * 0.6F);
}

/* Balls on a table, lit from the upper left. */
static struct color fruit_at(const struct canvas *canvas, float u, float v)
{
	const struct scene *scene = canvas->scene;
	struct color color = v < scene->horizon
				 ? mix(scene->sky, scene->low_sky, v / scene->horizon)
				 : mix(scene->near, scene->sky, (v - scene->horizon) * 0.9F);

	for (unsigned i = 0; i < 7; i++) {
		const unsigned seed = canvas->picture->seed;
		const float size = 0.09F + 0.05F * noise(i, seed);
		const float x = 0.12F + 0.13F * (float)i;
		const float y = scene->horizon + 0.16F * noise(i, seed + 3) - size * 0.4F;
		const float dx = (u - x) * 1.33F / size;
		const float dy = (v - y) / size;
		const float light = (dx + 0.35F) * (dx + 0.35F) + (dy + 0.4F) * (dy + 0.4F);

		if (dx * dx + dy * dy < 1) {
			color = mix(scene->sun, scene->far, noise(i, seed + 9));
			color = mix(mix((struct color)RGB(0xffffff), color, 0.25F + light * 1.6F),
			    scene->sky, light * 0.22F);
		} else if (dx * dx + (dy - 0.95F) * (dy - 0.95F) * 12 < 0.9F) {
			color = mix(color, (struct color)RGB(0x000000), 0.35F); /* its shadow */
		}
	}
	return color;
}

/* A striped awning above crates of what grows. */
static struct color stall_at(const struct canvas *canvas, float u, float v)
{
	static const struct color goods[] = {
	    RGB(0xc0392b), RGB(0xe67e22), RGB(0x6a9a2d), RGB(0xd4b106), RGB(0x7d3c98)};
	const struct scene *scene = canvas->scene;
	const unsigned seed = canvas->picture->seed;
	const float edge = scene->horizon + 0.025F * fabsf(sinf(u * 3.1416F * 9));
	const unsigned crate = (unsigned)(u * 5);
	struct color color = mix(scene->sky, scene->low_sky, v);

	if (v < edge) {
		color = (unsigned)(u * 18) % 2 ? scene->sun : scene->far;
		return mix(color, scene->near, v * v * 1.6F);
	}
	if (v > 0.62F) {
		const float dx = fmodf(u * 30, 1) - 0.5F;
		const float dy = fmodf(v * 24, 1) - 0.5F;
		const struct color ware = goods[(crate + seed) % 5];

		color = mix(scene->near, ware, dx * dx + dy * dy < 0.21F ? 1 : 0.25F);
		color = mix(color, scene->far, 0.35F - (dx + dy) * 0.5F);
		return v > 0.9F || fmodf(u * 5, 1) < 0.05F ? scene->near : color;
	}
	return mix(color, scene->near, (0.55F - v) * 1.4F);
}

static struct color tinted(struct color color, enum picture_tint tint)
{
	static const struct color tones[PICTURE_TINTS] = {
	    [PICTURE_GREY] = RGB(0xf4f4f4),
	    [PICTURE_WARM] = RGB(0xffdca8),
	    [PICTURE_COOL] = RGB(0xa8cfff),
	};
	const float grey = 0.30F * color.r + 0.59F * color.g + 0.11F * color.b;
	const struct color tone = tones[tint];

	return tint == PICTURE_PLAIN
		   ? color
		   : mix(color, (struct color){grey * tone.r, grey * tone.g, grey * tone.b}, 0.9F);
}

static struct color color_at(const struct canvas *canvas, unsigned x, unsigned y)
{
	const float u = (float)x / (float)canvas->width;
	const float v = (float)y / (float)canvas->height;

	switch (canvas->scene->subject) {
	case FRUIT:
		return fruit_at(canvas, u, v);
	case STALL:
		return stall_at(canvas, u, v);
	default:
		return v > canvas->scene->water ? water_at(canvas, x, y, v)
						: land_at(canvas, x, y, v);
	}
}

static unsigned char byte_of(float value)
{
	return (unsigned char)(value <= 0 ? 0 : value >= 1 ? 255 : value * 255);
}

/* The rows as PNG wants them: each begins with its filter, here "Up" (ISO/IEC 15948, 9.2). */
static unsigned char *paint(struct canvas *canvas, struct arena *arena, size_t *length_r)
{
	const size_t stride = 1 + (size_t)canvas->width * 3;
	unsigned char *bytes = arena_array(arena, canvas->height, stride);

	for (unsigned y = 0; y < canvas->height; y++) {
		for (unsigned x = 0; x < canvas->width; x++) {
			const struct color color =
			    tinted(color_at(canvas, x, y), canvas->picture->tint);
			unsigned char *at = bytes + y * stride + 1 + (size_t)x * 3;

			at[0] = byte_of(color.r);
			at[1] = byte_of(color.g);
			at[2] = byte_of(color.b);
		}
	}
	for (unsigned y = canvas->height - 1; y > 0; y--) {
		unsigned char *row = bytes + y * stride;

		row[0] = 2;
		for (size_t i = 1; i < stride; i++) {
			row[i] = (unsigned char)(row[i] - row[i - stride]);
		}
	}
	*length_r = stride * canvas->height;
	return bytes;
}

static void put_number(unsigned char *at, uint32_t value)
{
	at[0] = (unsigned char)(value >> 24);
	at[1] = (unsigned char)(value >> 16);
	at[2] = (unsigned char)(value >> 8);
	at[3] = (unsigned char)value;
}

/* One chunk: length, type, data, CRC over type and data. */
static bool write_chunk(struct storage_stage *stage, const char *type, const unsigned char *data,
    size_t length, struct error *error)
{
	unsigned char head[8];
	unsigned char tail[4];
	uLong check = 0;

	put_number(head, (uint32_t)length);
	memcpy(head + 4, type, 4);
	check = crc32(crc32(0, head + 4, 4), data, (uInt)length);
	put_number(tail, (uint32_t)check);
	return storage_stage_write(stage, head, sizeof(head), error) &&
	       storage_stage_write(stage, data, length, error) &&
	       storage_stage_write(stage, tail, sizeof(tail), error);
}

static bool write_png(
    struct canvas *canvas, struct arena *arena, struct storage_stage *stage, struct error *error)
{
	static const unsigned char signature[8] = {0x89, 'P', 'N', 'G', 0x0d, 0x0a, 0x1a, 0x0a};
	unsigned char header[13] = {0, 0, 0, 0, 0, 0, 0, 0, 8, 2};
	size_t length = 0;
	const unsigned char *rows = paint(canvas, arena, &length);
	uLongf packed = compressBound(length);
	unsigned char *data = arena_alloc(arena, packed);

	put_number(header, canvas->width);
	put_number(header + 4, canvas->height);
	if (compress2(data, &packed, rows, length, 4) != Z_OK) {
		return error_set(error, ERROR_INTERNAL, "picture", "A picture cannot be packed.");
	}
	return storage_stage_write(stage, signature, sizeof(signature), error) &&
	       write_chunk(stage, "IHDR", header, sizeof(header), error) &&
	       write_chunk(stage, "IDAT", data, packed, error) &&
	       write_chunk(stage, "IEND", data, 0, error);
}

struct storage_stage *picture_stage(const struct storage *storage, const struct picture *picture,
    unsigned width, unsigned height, struct error *error)
{
	struct storage_stage *stage = storage_stage(storage, 4 * 1024 * 1024, error);
	struct arena *arena = arena_create();
	struct canvas canvas = {
	    .scene = &SCENES[picture->scene % PICTURE_SCENES],
	    .picture = picture,
	    .width = width,
	    .height = height,
	    .outlines = arena_array(arena, (size_t)width * LAYERS, sizeof(float)),
	};

	draw_outlines(&canvas);
	if (stage && !write_png(&canvas, arena, stage, error)) {
		storage_discard(&stage);
	}
	arena_destroy(&arena);
	return stage;
}
