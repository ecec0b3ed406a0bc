/* address.h - which network addresses belong to everybody. */
#ifndef LETHE_BASE_ADDRESS_H
#define LETHE_BASE_ADDRESS_H

#include <stdbool.h>
#include <sys/socket.h>

/* True for an IPv4 or IPv6 address that the whole internet can reach: none of the special-purpose
 * registries of IANA (RFC 6890 and its successors: loopback, private, link-local with the metadata
 * service, shared (RFC 6598), unique local (RFC 4193), documentation, benchmarks, multicast,
 * reserved, unspecified), nor the address under which one cloud serves its machines
 * (168.63.129.16). An IPv4 address within an IPv6 one (mapped, RFC 4291; NAT64, RFC 6052) counts as
 * itself; within 6to4 and Teredo, whose relays nobody vouches for, never. Other families: false. */
bool address_is_public(const struct sockaddr *address) __attribute__((warn_unused_result));

/* The same of a literal "192.0.2.1", "2001:db8::1" or "[2001:db8::1]". `is_literal_r` says whether
 * the text is one at all. */
bool address_text_is_public(const char *text, bool *is_literal_r)
    __attribute__((warn_unused_result));

#endif
