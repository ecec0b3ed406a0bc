/* config_table.c - the one table of settings: name, type, default, bounds, place, meaning. */
#include "config_table.h"
#include <base/config.h>

#ifndef LETHE_SHARE_DIR
#define LETHE_SHARE_DIR "."
#endif

#define TEXT_BYTES      255
#define PATH_BYTES      1024
#define PORT_MAX        65535
#define AT(member_)     offsetof(struct config, member_)
#define TEXT(member_)   0, TEXT_BYTES, AT(member_)
#define FOLDER(member_) 1, PATH_BYTES, AT(member_)

/* Defaults refer to rows above them. */
/* clang-format off */
const struct setting config_settings[] = {
    {"LETHE_VAR", SETTING_FOLDER, "var", FOLDER(var),
     "Data folder: database, keys, files, mail and logs of `make run`."},
    {"LETHE_PORT", SETTING_INT, "8080", 1, PORT_MAX, AT(port),
     "Port on which nginx serves the site."},
    {"LETHE_METRICS_PORT", SETTING_INT, NULL, 1, PORT_MAX, AT(metrics_port),
     "Port on the loopback on which nginx serves /metrics; LETHE_PORT + 1 where it is not set."},
    {"LETHE_DEMO", SETTING_SWITCH, "1", 0, 1, AT(demo),
     "Whether `make run` loads the demo on the first start."},

    {"LETHE_BASE_URL", SETTING_ORIGIN, "http://127.0.0.1:${LETHE_PORT}", TEXT(base_url),
     "Address at which people reach the site; links in mails begin with it."},
    {"LETHE_SOCKET", SETTING_SOCKET, "${LETHE_VAR}/run/lethe.sock", FOLDER(socket),
     "Unix socket on which `lethe serve` answers FastCGI."},
    {"LETHE_THREADS", SETTING_INT, "40", 1, 512, AT(threads),
     "Requests served at once; above nginx's worker_processes times keepalive."},
    {"LETHE_READ_TIMEOUT", SETTING_INT, "10", 1, 25, AT(read_timeout_s),
     "Seconds that the database may read for a page or an answer before it is given up (503)."},
    {"LETHE_CORS_ORIGINS", SETTING_ORIGINS, NULL, 0, 4096, AT(cors_origins),
     "Origins whose scripts may call the API, separated by commas."},
    {"LETHE_SHARE", SETTING_FOLDER, LETHE_SHARE_DIR, FOLDER(share),
     "Folder that holds templates/, static/ and sql/."},
    {"LETHE_TEMPLATES", SETTING_FOLDER, NULL, FOLDER(templates),
     "Folder of your own templates, which replace ours file by file."},
    {"LETHE_LOG_LEVEL", SETTING_LEVEL, "info", 0, 0, AT(log_level),
     "Lowest level of what is logged."},

    {"LETHE_DB_SOCKET", SETTING_SOCKET, NULL, FOLDER(db_socket),
     "Unix socket of MariaDB; host and port are used where it is not set."},
    {"LETHE_DB_HOST", SETTING_TEXT, "127.0.0.1", TEXT(db_host),
     "Host of MariaDB."},
    {"LETHE_DB_PORT", SETTING_INT, "3306", 1, PORT_MAX, AT(db_port),
     "Port of MariaDB."},
    {"LETHE_DB_NAME", SETTING_TEXT, "lethe", TEXT(db_name),
     "Name of the database."},
    {"LETHE_DB_USER", SETTING_TEXT, "lethe", TEXT(db_user),
     "Database account of the application."},
    {"LETHE_DB_PASSWORD", SETTING_SECRET, NULL, TEXT(db_password),
     "Its password."},
    {"LETHE_DB_OWNER_USER", SETTING_TEXT, "lethe_owner", TEXT(db_owner_user),
     "Database account that migrates the schema."},
    {"LETHE_DB_OWNER_PASSWORD", SETTING_SECRET, NULL, TEXT(db_owner_password),
     "Its password."},
    {"LETHE_DB_PRUNE_USER", SETTING_TEXT, "lethe_prune", TEXT(db_prune_user),
     "Database account that removes audit entries when their time is over."},
    {"LETHE_DB_PRUNE_PASSWORD", SETTING_SECRET, NULL, TEXT(db_prune_password),
     "Its password."},

    {"LETHE_KEYS", SETTING_FOLDER, "${LETHE_VAR}/keys", FOLDER(keys),
     "Folder of the keys that sign and seal tokens; machines with one database share it."},
    {"LETHE_ISSUER", SETTING_TEXT, "${LETHE_BASE_URL}", TEXT(issuer),
     "Issuer (`iss`) named in our own tokens."},
    {"LETHE_HOST_KEY", SETTING_KEY, NULL, TEXT(host_key),
     "Public key of the host application whose tokens are accepted."},
    {"LETHE_HOST_ISSUER", SETTING_TEXT, NULL, TEXT(host_issuer),
     "Issuer (`iss`) of the host application's tokens; needed with LETHE_HOST_KEY."},
    {"LETHE_HOST_SIGN_IN", SETTING_URL, NULL, TEXT(host_sign_in),
     "Address where people sign in there; it is given `next`, which comes back with /sso, and"
     " `prompt=login` where it must ask even those whom it knows."},

    {"LETHE_IDENTITY", SETTING_IDENTITY, "none", 0, 0, AT(identity),
     "Who else knows people, and forgets them at the end of their erasure."},
    {"LETHE_FIREBASE_ACCOUNT", SETTING_FILE, NULL, FOLDER(firebase_account),
     "File of the service account that may remove Firebase's users; needed with firebase."},
    {"LETHE_FIREBASE_URL", SETTING_URL, "https://identitytoolkit.googleapis.com", TEXT(firebase_url),
     "Address of Firebase's Identity Toolkit; another one for its emulator."},
    {"LETHE_FIREBASE_TOKEN_URL", SETTING_URL, NULL, TEXT(firebase_token_url),
     "Address that gives access tokens; the account's own token_uri where it is not set."},
    {"LETHE_IDENTITY_URL", SETTING_URL, NULL, TEXT(identity_url),
     "Address of your own service that forgets people; needed with webhook. It may be a private one."},
    {"LETHE_IDENTITY_SECRET", SETTING_SECRET, NULL, TEXT(identity_secret),
     "What signs messages to it: whsec_ and 32 bytes in base64; needed with webhook."},

    {"LETHE_STORAGE", SETTING_FOLDER, "${LETHE_VAR}/storage", FOLDER(storage),
     "Folder of the stored files."},
    {"LETHE_SMTP_URL", SETTING_SMTP, NULL, TEXT(smtp_url),
     "Mail server; mail goes to LETHE_MAIL_SPOOL where it is not set."},
    {"LETHE_SMTP_USER", SETTING_TEXT, NULL, TEXT(smtp_user),
     "Account at the mail server."},
    {"LETHE_SMTP_PASSWORD", SETTING_SECRET, NULL, TEXT(smtp_password),
     "Its password."},
    {"LETHE_SMTP_CA", SETTING_FILE, NULL, FOLDER(smtp_ca),
     "File of the certificates that vouch for the mail server; the system's where it is not set."},
    {"LETHE_SMTP_TIMEOUT", SETTING_INT, "30", 1, 300, AT(smtp_timeout_s),
     "Seconds that a mail server has for a mail before it counts as out of reach."},
    {"LETHE_MAIL_FROM", SETTING_EMAIL, "no-reply@lethe.example", TEXT(mail_from),
     "Sender of our mails."},
    {"LETHE_MAIL_SPOOL", SETTING_FOLDER, "${LETHE_VAR}/mail", FOLDER(mail_spool),
     "Folder that takes mails as .eml files while there is no mail server."},
    {"LETHE_CONTACT_PRIVACY", SETTING_EMAIL, "privacy@lethe.example", TEXT(contact_privacy),
     "Whom to ask about personal data."},
    {"LETHE_CONTACT_SUPPORT", SETTING_EMAIL, "support@lethe.example", TEXT(contact_support),
     "Whom to ask for help."},
    {"LETHE_CONTACT_GENERAL", SETTING_EMAIL, "hello@lethe.example", TEXT(contact_general),
     "Whom to ask anything else."},

    {"LETHE_WEBHOOK_PRIVATE", SETTING_SWITCH, "0", 0, 1, AT(webhook_private),
     "Whether webhooks may be delivered to private, loopback and link-local addresses."},
    {"LETHE_WORK_INTERVAL", SETTING_INT, "5", 1, 3600, AT(work_interval_s),
     "Seconds between two rounds of `lethe work`."},
};
/* clang-format on */

const size_t config_setting_count = sizeof(config_settings) / sizeof(config_settings[0]);
