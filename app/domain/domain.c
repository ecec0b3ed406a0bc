/* domain.c - a thread's way to the store. */
#include <base/config.h>
#include <db/migrate.h>
#include <domain/domain.h>
#include <stdio.h>

#define PATH_BYTES 4096

bool domain_open(struct domain *domain, const struct config *config, const struct clock *clock,
    const struct storage *storage, struct error *error)
{
	struct db_options options = {
	    .socket = config->db_socket,
	    .host = config->db_host,
	    .port = (unsigned)config->db_port,
	    .user = config->db_user,
	    .password = config->db_password,
	    .database = config->db_name,
	    .read_limit_ms = (unsigned)config->read_timeout_s * 1000,
	};

	*domain = (struct domain){
	    .db = db_open(&options, error),
	    .clock = clock,
	    .storage = storage,
	    .step_rows = DOMAIN_STEP_ROWS,
	    .webhook_private = config->webhook_private,
	};
	return domain->db != NULL;
}

unsigned domain_look_rows(const struct domain *domain)
{
	return domain->look_rows ? domain->look_rows : DOMAIN_LOOK_ROWS;
}

void domain_close(struct domain *domain)
{
	db_close(&domain->db);
}

bool domain_is_ready(const struct domain *domain, const struct config *config, struct error *error)
{
	char folder[PATH_BYTES];

	snprintf(folder, sizeof(folder), "%s/sql", config->share);
	return migrate_check(domain->db, folder, error);
}
