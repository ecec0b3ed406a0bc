/* demo.h - the demonstration: two organisations with something in every state a page shows. */
#ifndef LETHE_DOMAIN_DEMO_H
#define LETHE_DOMAIN_DEMO_H

#include <domain/domain.h>

#define DEMO_PASSWORD "lethe-demo-1"

/* Fill an empty database, by the acts of the domain themselves, at times in the days before now.
 * A database with an organisation is refused (conflict "not_empty"). It is not one transaction: a
 * demo that was cut short is refused the next time, and its database is made anew. */
bool demo_load(const struct domain *domain, struct error *error)
    __attribute__((warn_unused_result));

#endif
