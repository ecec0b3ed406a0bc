/* auth.c - put together what identity works with. */
#include <auth/auth.h>
#include <auth/paserk.h>
#include <string.h>

static bool take_host_key(struct auth *auth, const struct config *config, struct error *error)
{
	if (!paserk_parse_public(config->host_key, &auth->host_key))
		return error_set_field(error, "LETHE_HOST_KEY", "invalid_host_key",
		    "LETHE_HOST_KEY is not an Ed25519 public key in PASERK form (k4.public.…).");
	if (!config->host_issuer[0])
		return error_set_field(error, "LETHE_HOST_ISSUER", "missing_host_issuer",
		    "LETHE_HOST_ISSUER must name the issuer whose key LETHE_HOST_KEY is.");
	if (strcmp(config->host_issuer, config->issuer) == 0)
		return error_set_field(error, "LETHE_HOST_ISSUER", "same_issuer",
		    "LETHE_HOST_ISSUER must differ from LETHE_ISSUER, which names Lethe itself.");
	auth->has_host = true;
	return true;
}

bool auth_open(struct auth *auth, const struct config *config, struct db *db,
    const struct clock *clock, const struct keys *keys, struct password_hasher *hasher,
    struct error *error)
{
	*auth = (struct auth){
	    .db = db,
	    .clock = clock,
	    .keys = keys,
	    .hasher = hasher,
	    .issuer = config->issuer,
	    .host_issuer = config->host_issuer,
	};
	return !config->host_key[0] || take_host_key(auth, config, error);
}
