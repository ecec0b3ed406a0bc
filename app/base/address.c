/* address.c - which network addresses belong to everybody. */
#include <arpa/inet.h>
#include <base/address.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>

/* Not for everybody; in host byte order. */
static const struct {
	uint32_t network;
	int bits;
} special4[] = {
    {0x00000000, 8},  /* this network */
    {0x0a000000, 8},  /* private */
    {0x64400000, 10}, /* shared by carriers */
    {0x7f000000, 8},  /* loopback */
    {0xa83f8110, 32}, /* a cloud's own services */
    {0xa9fe0000, 16}, /* link-local, metadata */
    {0xac100000, 12}, /* private */
    {0xc0000000, 24}, /* protocol assignments */
    {0xc0000200, 24}, /* documentation */
    {0xc0586300, 24}, /* 6to4 relays */
    {0xc0a80000, 16}, /* private */
    {0xc6120000, 15}, /* benchmarks */
    {0xc6336400, 24}, /* documentation */
    {0xcb007100, 24}, /* documentation */
    {0xe0000000, 4},  /* multicast */
    {0xf0000000, 4},  /* reserved, broadcast */
};

/* Within 2000::/3, the only part that is handed out. */
static const struct {
	unsigned char network[4];
	int bits;
} special6[] = {
    {{0x20, 0x01, 0x00, 0x00}, 23}, /* protocol assignments, Teredo */
    {{0x20, 0x01, 0x0d, 0xb8}, 32}, /* documentation */
    {{0x20, 0x02, 0x00, 0x00}, 16}, /* 6to4 */
    {{0x3f, 0xff, 0x00, 0x00}, 20}, /* documentation */
};

static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};
static const unsigned char nat64[12] = {0x00, 0x64, 0xff, 0x9b};

static uint32_t number_of(const unsigned char bytes[4])
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 |
	       bytes[3];
}

static bool is_within(uint32_t address, uint32_t network, int bits)
{
	return ((address ^ network) & (uint32_t)(UINT64_C(0xffffffff) << (32 - bits))) == 0;
}

static bool is_public4(const unsigned char bytes[4])
{
	for (size_t i = 0; i < sizeof(special4) / sizeof(special4[0]); i++)
		if (is_within(number_of(bytes), special4[i].network, special4[i].bits))
			return false;
	return true;
}

static bool is_public6(const unsigned char bytes[16])
{
	if (memcmp(bytes, mapped, sizeof(mapped)) == 0 || memcmp(bytes, nat64, sizeof(nat64)) == 0)
		return is_public4(bytes + 12);
	if ((bytes[0] & 0xe0) != 0x20)
		return false;
	for (size_t i = 0; i < sizeof(special6) / sizeof(special6[0]); i++)
		if (is_within(number_of(bytes), number_of(special6[i].network), special6[i].bits))
			return false;
	return true;
}

bool address_is_public(const struct sockaddr *address)
{
	if (address->sa_family == AF_INET) {
		struct sockaddr_in in;

		memcpy(&in, address, sizeof(in));
		return is_public4((const unsigned char *)&in.sin_addr);
	}
	if (address->sa_family == AF_INET6) {
		struct sockaddr_in6 in6;

		memcpy(&in6, address, sizeof(in6));
		return is_public6(in6.sin6_addr.s6_addr);
	}
	return false;
}

bool address_text_is_public(const char *text, bool *is_literal_r)
{
	unsigned char bytes[16];
	char inner[INET6_ADDRSTRLEN] = "";
	size_t length = strlen(text);

	if (length > 2 && text[0] == '[' && text[length - 1] == ']' && length - 2 < sizeof(inner)) {
		memcpy(inner, text + 1, length - 2);
		text = inner;
	}
	*is_literal_r = true;
	if (inet_pton(AF_INET, text, bytes) == 1)
		return is_public4(bytes);
	if (inet_pton(AF_INET6, text, bytes) == 1)
		return is_public6(bytes);
	*is_literal_r = false;
	return false;
}
