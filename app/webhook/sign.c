/* sign.c - signatures of Standard Webhooks. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <webhook/webhook.h>

void webhook_sign(const unsigned char secret[WEBHOOK_SECRET_SIZE], const char *id,
    int64_t timestamp_s, const char *body, size_t length, char out[WEBHOOK_SIGNATURE_SIZE])
{
	crypto_auth_hmacsha256_state state;
	unsigned char mac[crypto_auth_hmacsha256_BYTES];
	char time[24];

	snprintf(time, sizeof(time), ".%lld.", (long long)timestamp_s);
	crypto_auth_hmacsha256_init(&state, secret, WEBHOOK_SECRET_SIZE);
	crypto_auth_hmacsha256_update(&state, (const unsigned char *)id, strlen(id));
	crypto_auth_hmacsha256_update(&state, (const unsigned char *)time, strlen(time));
	crypto_auth_hmacsha256_update(&state, (const unsigned char *)body, length);
	crypto_auth_hmacsha256_final(&state, mac);
	memcpy(out, "v1,", 3);
	sodium_bin2base64(
	    out + 3, WEBHOOK_SIGNATURE_SIZE - 3, mac, sizeof(mac), sodium_base64_VARIANT_ORIGINAL);
	sodium_memzero(&state, sizeof(state));
}
