/* site.h - a running Lethe as its people use it: the demo's accounts, its pages, API and store.
 *
 * A test makes whatever it works on itself, so that tests depend neither on the demo's contents nor
 * on each other. Ids are texts; texts and answers live until site_forget. What a helper needs and
 * does not get ends the test. JSON bodies are written with single quotes for double ones. */
#ifndef LETHE_TESTS_SITE_H
#define LETHE_TESTS_SITE_H

#include "http_client.h"

#include <auth/auth.h>
#include <base/config.h>
#include <base/id.h>
#include <stdint.h>

#define SITE_PASSWORD "lethe-demo-1"
#define UUID          "UNHEX(REPLACE('%s','-',''))" /* an id's text in SQL */

enum person {
	VISITOR,
	ADA,
	BEN,
	SHOP,
	CREATOR,
	ADMIN,
	ADMIN2,
	PLATFORM,
	MIA, /* of Birch Archive, as the next */
	BIRCH_ADMIN,
	PERSON_COUNT,
};

struct site;

struct site *site_open(void) __attribute__((warn_unused_result));
void site_close(struct site **site);
void site_forget(struct site *site);

/* The same as cmocka's fixtures: of a group, and after each test. */
int site_group_setup(void **state);
int site_group_teardown(void **state);
int site_test_teardown(void **state);
#define SITE_TEST(name_) cmocka_unit_test_teardown(name_, site_test_teardown)

struct http_client *site_client(struct site *site);
struct arena *site_arena(struct site *site);

/* --- people -------------------------------------------------------------------------------- */

const char *site_email(enum person who);
const char *site_user_id(struct site *site, enum person who);
const char *site_organization_id(struct site *site, enum person who);

/* A bearer token; the value of a cookie header "session=…" of a session of their own; its CSRF
 * token. Got at the first use; site_sign_out_all forgets all of them. */
const char *site_token(struct site *site, enum person who);
const char *site_cookie(struct site *site, enum person who);
const char *site_csrf(struct site *site, enum person who);
void site_sign_out_all(struct site *site);

/* Sign in by the form with a cookie jar of its own; NULL if it was refused. */
const char *site_sign_in(struct site *site, const char *email, const char *password,
    const char *old_cookie, const struct http_answer **answer_r);

/* --- requests ------------------------------------------------------------------------------ */

/* "METHOD /path" as printf, with the person's bearer token (a visitor has none). */
const struct http_answer *site_api(struct site *site, enum person who, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
const struct http_answer *site_api_json(struct site *site, enum person who, const char *json,
    const char *format, ...) __attribute__((format(printf, 4, 5)));
/* The same with a header more, e.g. "X-Reauth-Token: …"; `json` may be NULL. */
const struct http_answer *site_api_with(struct site *site, enum person who, const char *header,
    const char *json, const char *format, ...) __attribute__((format(printf, 5, 6)));

/* A page, with the person's session; a form's fields (urlencoded), with session and CSRF token. */
const struct http_answer *site_page(struct site *site, enum person who, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
const struct http_answer *site_form(struct site *site, enum person who, const char *fields,
    const char *format, ...) __attribute__((format(printf, 4, 5)));

/* A form of somebody who is not signed in: `page` is read for its cookie and token, and the fields
 * go to `path`. */
const struct http_answer *site_visitor_form(
    struct site *site, const char *page, const char *path, const char *fields);

/* A part of a multipart body; with a file name it is a file. `length` 0: of the text. */
struct site_part {
	const char *name;
	const char *filename;
	const void *bytes;
	size_t length;
};

/* The body of these parts, and the Content-Type that goes with it. */
#define SITE_MULTIPART_TYPE "multipart/form-data; boundary=0123456789lethe"
const char *site_multipart(
    struct site *site, const struct site_part *parts, size_t count, size_t *length_r);

/* POST parts with a bearer token. */
const struct http_answer *site_send_parts(struct site *site, enum person who, const char *path,
    const struct site_part *parts, size_t count);
#define PARTS(...)                                                                                 \
	((const struct site_part[]){__VA_ARGS__}),                                                 \
	    (sizeof((const struct site_part[]){__VA_ARGS__}) / sizeof(struct site_part))

/* --- things -------------------------------------------------------------------------------- */

enum picture { PICTURE_JPEG, PICTURE_PNG, PICTURE_GIF, PICTURE_WEBP, PICTURE_COUNT };

/* A small picture, different from all others; and a part with one. */
const unsigned char *site_picture(struct site *site, enum picture type, size_t *length_r);
struct site_part site_file_part(struct site *site);

/* A library photo of that person's; a derivative of a photo; both answer the new id. */
const char *site_photo(struct site *site, enum person who, const char *title);
const char *site_photo_in(
    struct site *site, enum person who, const char *title, const char *field, const char *value);
const char *site_derivative(struct site *site, enum person who, const char *photo);

/* Delete or archive a photo; the former gives the deletion's id. */
const char *site_delete(struct site *site, enum person who, const char *photo);
void site_archive(struct site *site, enum person who, const char *photo);

/* Share a photo; gives the token, and the share's id where `id_r` is not NULL. */
const char *site_share(struct site *site, enum person who, const char *photo, const char **id_r);

/* A re-auth token by password. `item` may be NULL. */
const char *site_reauth(struct site *site, enum person who, const char *purpose, const char *item);

/* A quest ("quests") or adventure ("adventures") of that person's, with a card, a submission or a
 * sequence, put into the database. */
const char *site_content(
    struct site *site, enum person who, const char *type, const char *publishing_status);

/* The newest request for the deletion of a photo. */
const char *site_request_on(struct site *site, const char *photo);

/* A new project ("projects", "albums", "sites") of that person's organisation. */
const char *site_place(struct site *site, enum person who, const char *table, const char *name);

/* --- behind it ----------------------------------------------------------------------------- */

/* Run SQL, as the owner of the database; read a number (NULL is 0) or a text (or NULL). */
void site_sql(struct site *site, const char *format, ...) __attribute__((format(printf, 2, 3)));
int64_t site_number(struct site *site, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
const char *site_text(struct site *site, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* An id made now, as text. */
const char *site_new_id(struct site *site);

/* How many objects the storage folder holds. */
unsigned site_objects(struct site *site);

/* A storage key of the right form that nothing has. */
const char *site_new_key(struct site *site);

/* True while the storage has an object of that key. */
bool site_has_object(struct site *site, const char *key);

/* How many lines of the site's logs contain a text. */
unsigned site_find_in_logs(struct site *site, const char *text);

/* Wait until a line of them does: nginx writes its own once the answer is sent. Look for what must
 * not be there afterwards. */
void site_await_in_logs(struct site *site, const char *text);

/* Do all due work: `lethe work --once`. */
void site_work(struct site *site);

/* The site's configuration, and identity with the site's keys at another time, to make tokens that
 * are older or younger; `shift_us` is added to now. Lives as long as the site. */
const struct config *site_config(struct site *site);
struct auth *site_auth_at(struct site *site, int64_t shift_us);

/* Forget all counted failures, so that no test runs into another's limit. */
void site_forgive_rates(struct site *site);

/* A second `lethe serve` with nginx on the same database, with these settings ("NAME=value", the
 * last one NULL); gives its address. Stopped with the site. */
const char *site_open_second(struct site *site, const char *const settings[]);

#endif
