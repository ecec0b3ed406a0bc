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

void webhook_head(struct webhook_headers *headers_r,
    const unsigned char secret[WEBHOOK_SECRET_SIZE], const char *id, int64_t now_us,
    const char *body, size_t length)
{
	int64_t timestamp_s = now_us / CLOCK_SECOND_US;
	char signature[WEBHOOK_SIGNATURE_SIZE];

	webhook_sign(secret, id, timestamp_s, body, length, signature);
	snprintf(headers_r->text[0], sizeof(headers_r->text[0]), "webhook-id: %s", id);
	snprintf(headers_r->text[1], sizeof(headers_r->text[1]), "webhook-timestamp: %lld",
	    (long long)timestamp_s);
	snprintf(
	    headers_r->text[2], sizeof(headers_r->text[2]), "webhook-signature: %s", signature);
	headers_r->lines[0] = "Content-Type: application/json";
	for (size_t i = 0; i < 3; i++)
		headers_r->lines[1 + i] = headers_r->text[i];
	headers_r->lines[4] = NULL;
}
