/* address_test.c - which addresses are everybody's: both sides of each range. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <base/address.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/un.h>

static const char *const everybodys[] = {"1.0.0.0", "9.255.255.255", "11.0.0.0", "93.184.216.34",
    "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0", "169.253.255.255",
    "169.255.0.0", "168.63.129.15", "168.63.129.17", "172.15.255.255", "172.32.0.0", "192.0.1.0",
    "192.0.3.0", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "198.51.99.255",
    "198.51.101.0", "203.0.112.255", "203.0.114.0", "223.255.255.255", "2001:200::1",
    "2606:4700::1111", "3fff:1000::1", "2003::1", "::ffff:93.184.216.34", "64:ff9b::93.184.216.34"};

static const char *const nobodys[] = {"0.0.0.0", "0.255.255.255", "10.0.0.0", "10.255.255.255",
    "100.64.0.0", "100.100.100.200", "100.127.255.255", "127.0.0.1", "127.255.255.255",
    "168.63.129.16", "169.254.0.0", "169.254.169.254", "169.254.255.255", "172.16.0.0",
    "172.31.255.255", "192.0.0.0", "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.0.0",
    "192.168.255.255", "198.18.0.0", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.0",
    "239.255.255.255", "240.0.0.0", "255.255.255.255", "::", "::1", "::127.0.0.1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::10.0.0.1",
    "64:ff9b:1::1", "100::1", "2001::1", "2001:1ff::1", "2001:db8::1", "2002:0a00:0001::1",
    "3fff::1", "3fff:fff::1", "4000::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fe80::1",
    "fec0::1", "ff02::1"};

/* As libcurl hands it over. */
static bool ask(const char *text)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(443)};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons(443)};

	if (inet_pton(AF_INET, text, &in.sin_addr) == 1)
		return address_is_public((const struct sockaddr *)&in);
	assert_int_equal(inet_pton(AF_INET6, text, &in6.sin6_addr), 1);
	return address_is_public((const struct sockaddr *)&in6);
}

static void test_addresses(void **state)
{
	bool is_literal = false;

	(void)state;
	for (size_t i = 0; i < sizeof(everybodys) / sizeof(everybodys[0]); i++) {
		if (!ask(everybodys[i]) || !address_text_is_public(everybodys[i], &is_literal))
			fail_msg("%s is everybody's", everybodys[i]);
		assert_true(is_literal);
	}
	for (size_t i = 0; i < sizeof(nobodys) / sizeof(nobodys[0]); i++) {
		if (ask(nobodys[i]) || address_text_is_public(nobodys[i], &is_literal))
			fail_msg("%s is not everybody's", nobodys[i]);
		assert_true(is_literal);
	}
}

static void test_other_families(void **state)
{
	const struct sockaddr_un local = {.sun_family = AF_UNIX, .sun_path = "/run/x"};

	(void)state;
	assert_false(address_is_public((const struct sockaddr *)&local));
}

static void test_literals(void **state)
{
	bool is_literal = true;

	(void)state;
	assert_false(address_text_is_public("host.example", &is_literal));
	assert_false(is_literal);
	assert_false(address_text_is_public("[", &is_literal));
	assert_false(is_literal);
	assert_true(address_text_is_public("[2606:4700::1111]", &is_literal));
	assert_false(address_text_is_public("[::1]", &is_literal));
	assert_true(is_literal);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_addresses),
	    cmocka_unit_test(test_other_families),
	    cmocka_unit_test(test_literals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
