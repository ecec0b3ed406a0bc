/* shapes.c - the shapes of answers. Members are always present; null where there is nothing. */
#include "shapes.h"

#define END                                                                                        \
	{                                                                                          \
		.name = NULL                                                                       \
	}
#define ONE(name_, type_)                                                                          \
	{                                                                                          \
		.name = (name_), .type = (type_)                                                   \
	}
#define MAYBE(name_, type_)                                                                        \
	{                                                                                          \
		.name = (name_), .type = (type_), .is_nullable = true                              \
	}
#define SOMETIMES(name_, type_)                                                                    \
	{                                                                                          \
		.name = (name_), .type = (type_), .is_optional = true                              \
	}
#define MANY(name_, type_)                                                                         \
	{                                                                                          \
		.name = (name_), .type = (type_), .is_list = true                                  \
	}

static const struct shape_member photo[] = {ONE("id", "uuid"), ONE("organization_id", "uuid"),
    MAYBE("uploader_id", "uuid"), MAYBE("original_id", "uuid"), MAYBE("project_id", "uuid"),
    MAYBE("site_id", "uuid"), MAYBE("title", "string"), MAYBE("description", "string"),
    ONE("status", "string"), ONE("bytes", "integer"), MANY("tags", "string"),
    MANY("album_ids", "uuid"), ONE("created_at", "time"), MAYBE("archived_at", "time"),
    MAYBE("archived_by", "uuid"), MAYBE("archive_reason", "string"), MAYBE("purge_after", "time"),
    MAYBE("deleted_at", "time"), MAYBE("deletion_id", "uuid"), MAYBE("recover_until", "time"), END};
static const struct shape_member photo_list[] = {
    MANY("items", "photo"), MAYBE("next", "uuid"), END};
static const struct shape_member progress[] = {
    ONE("done", "integer"), ONE("total", "integer"), END};
static const struct shape_member deletion[] = {ONE("id", "uuid"), ONE("act_id", "uuid"),
    ONE("kind", "string"), ONE("item_id", "uuid"), MAYBE("label", "string"),
    ONE("origin", "string"), ONE("mode", "string"), ONE("state", "string"),
    MAYBE("reason", "string"), MAYBE("deleted_by", "uuid"), ONE("deleted_at", "time"),
    ONE("recover_until", "time"), ONE("counts", "counts"), ONE("bytes", "integer"),
    ONE("progress", "progress"), END};
static const struct shape_member deletion_list[] = {
    MANY("items", "deletion"), MAYBE("next", "uuid"), END};
static const struct shape_member receipt[] = {
    ONE("deletion_id", "uuid"), ONE("purged_at", "time"), ONE("receipt", "string"), END};
static const struct shape_member deleted[] = {
    ONE("deletion_id", "uuid"), MAYBE("recover_until", "time"), ONE("counts", "counts"), END};
static const struct shape_member content[] = {ONE("id", "uuid"), ONE("content_type", "string"),
    ONE("title", "string"), ONE("publishing_status", "string"), ONE("created_at", "time"),
    MAYBE("archived_at", "time"), END};
static const struct shape_member content_list[] = {
    MANY("items", "content"), MAYBE("next", "uuid"), END};
static const struct shape_member audit_entry[] = {ONE("id", "uuid"), ONE("at", "time"),
    ONE("actor", "string"), ONE("action", "string"), MAYBE("kind", "string"),
    MAYBE("item_id", "uuid"), MAYBE("mode", "string"), MAYBE("reason", "string"),
    ONE("details", "object"), MAYBE("request_id", "string"), END};
static const struct shape_member audit_list[] = {
    MANY("items", "audit_entry"), MAYBE("next", "uuid"), END};
static const struct shape_member cleanup[] = {ONE("id", "uuid"), ONE("storage_key", "string"),
    ONE("bytes", "integer"), ONE("state", "string"), ONE("attempts", "integer"),
    MAYBE("next_attempt_at", "time"), MAYBE("last_error", "string"), ONE("created_at", "time"),
    END};
static const struct shape_member cleanup_list[] = {
    MANY("items", "cleanup"), MAYBE("next", "string"), END};
static const struct shape_member cleanup_retry[] = {ONE("id", "uuid"), ONE("state", "string"), END};
static const struct shape_member stats_count[] = {
    ONE("count", "integer"), ONE("more", "boolean"), MAYBE("since", "time"), END};
static const struct shape_member stats_overdue[] = {ONE("requests", "stats_count"),
    ONE("erasures", "stats_count"), ONE("identities", "stats_count"), ONE("purges", "stats_count"),
    ONE("retentions", "stats_count"), ONE("jobs", "stats_count"), ONE("mails", "stats_count"),
    ONE("webhooks", "stats_count"), END};
static const struct shape_member stats_turnover[] = {ONE("deleted", "integer"),
    ONE("restored", "integer"), ONE("purged", "integer"), ONE("reclaimed_bytes", "integer"), END};
static const struct shape_member stats_day[] = {ONE("deleted", "integer"),
    ONE("restored", "integer"), ONE("purged", "integer"), ONE("reclaimed_bytes", "integer"),
    ONE("day", "string"), END};
static const struct shape_member stats_shelf[] = {ONE("photos", "integer"), ONE("bytes", "integer"),
    ONE("more", "boolean"), MAYBE("counted_at", "time"), END};
static const struct shape_member stats_shelves[] = {
    ONE("live", "stats_shelf"), ONE("archived", "stats_shelf"), ONE("trashed", "stats_shelf"), END};
static const struct shape_member stats_queue[] = {
    ONE("waiting", "stats_count"), MAYBE("failed", "stats_count"), END};
static const struct shape_member stats_queues[] = {ONE("cleanup", "stats_queue"),
    ONE("mail", "stats_queue"), ONE("webhooks", "stats_queue"), ONE("jobs", "stats_queue"),
    ONE("deletions", "stats_queue"), END};
static const struct shape_member stats_requester[] = {MAYBE("user_id", "uuid"),
    MAYBE("name", "string"), MAYBE("email", "string"), ONE("requests", "integer"),
    ONE("rejected", "integer"), ONE("pending", "integer"), END};
static const struct shape_member stats[] = {ONE("overdue", "stats_overdue"),
    MAYBE("purge_paused_at", "time"), ONE("pending_requests", "stats_count"),
    ONE("recoverable", "stats_count"), MANY("closing", "deletion"), MANY("days", "stats_day"),
    ONE("days_more", "boolean"), ONE("last_days", "stats_turnover"),
    ONE("all_days", "stats_turnover"), ONE("photos", "stats_shelves"),
    MANY("requesters", "stats_requester"), ONE("requests_counted", "integer"),
    ONE("failed_cleanups", "stats_count"), ONE("queues", "stats_queues"),
    MANY("latest", "audit_entry"), END};
static const struct shape_member bulk_item[] = {
    ONE("id", "uuid"), ONE("result", "string"), MAYBE("reason", "string"), END};
static const struct shape_member bulk_result[] = {
    MANY("items", "bulk_item"), ONE("changed", "integer"), ONE("skipped", "integer"), END};
static const struct shape_member archive_batch[] = {
    MAYBE("batch_id", "uuid"), ONE("photo_count", "integer"), END};
static const struct shape_member place[] = {
    ONE("id", "uuid"), ONE("name", "string"), SOMETIMES("slug", "string"), END};
static const struct shape_member place_list[] = {
    MANY("items", "place"), MAYBE("next", "uuid"), END};
static const struct shape_member share[] = {
    ONE("id", "uuid"), ONE("token", "string"), ONE("url", "string"), END};
static const struct shape_member generation[] = {ONE("generation_id", "uuid"), END};
static const struct shape_member access_token[] = {
    ONE("access_token", "string"), ONE("token_type", "string"), ONE("expires_in", "integer"), END};
static const struct shape_member reauth_token[] = {
    ONE("reauth_token", "string"), ONE("expires_in", "integer"), END};
static const struct shape_member health[] = {ONE("status", "string"), END};
static const struct shape_member impact[] = {
    ONE("counts", "counts"), ONE("bytes", "integer"), ONE("people", "integer"), END};
static const struct shape_member project_deleted[] = {ONE("deletion_id", "uuid"),
    ONE("project_id", "uuid"), MAYBE("photo_count", "integer"), ONE("photo_action", "string"), END};
static const struct shape_member site_deleted[] = {ONE("deletion_id", "uuid"),
    ONE("site_id", "uuid"), MAYBE("photo_count", "integer"), ONE("photo_action", "string"), END};
static const struct shape_member claim[] = {ONE("id", "uuid"), ONE("site_id", "uuid"),
    ONE("user_id", "uuid"), ONE("state", "string"), ONE("created_at", "time"),
    MAYBE("decided_by", "uuid"), MAYBE("decided_at", "time"), END};
static const struct shape_member request[] = {ONE("id", "uuid"), ONE("photo_id", "uuid"),
    MAYBE("requested_by", "uuid"), MAYBE("requester_email", "string"),
    ONE("requester_role", "string"), MAYBE("reason", "string"), ONE("requested_at", "time"),
    ONE("due_at", "time"), ONE("status", "string"), MAYBE("reviewed_at", "time"),
    MAYBE("reviewed_by", "uuid"), MAYBE("rejection_reason", "string"), END};
static const struct shape_member request_list[] = {
    MANY("items", "request"), MAYBE("next", "uuid"), END};
static const struct shape_member settings[] = {ONE("photo_recovery_s", "integer"),
    ONE("container_recovery_s", "integer"), ONE("archive_retention_s", "integer"),
    ONE("account_grace_s", "integer"), ONE("audit_retention_months", "integer"),
    ONE("self_deletion", "boolean"), ONE("admin_deletion", "boolean"), END};
static const struct shape_member export[] = {ONE("id", "uuid"), ONE("state", "string"),
    ONE("progress", "progress"), MAYBE("bytes", "integer"), ONE("created_at", "time"),
    MAYBE("ready_at", "time"), MAYBE("expires_at", "time"), END};
static const struct shape_member webhook[] = {ONE("id", "uuid"), ONE("url", "string"),
    MANY("events", "string"), MAYBE("created_by", "uuid"), ONE("created_at", "time"), END};
static const struct shape_member webhook_created[] = {ONE("id", "uuid"), ONE("url", "string"),
    MANY("events", "string"), MAYBE("created_by", "uuid"), ONE("created_at", "time"),
    ONE("secret", "string"), END};
static const struct shape_member webhook_list[] = {
    MANY("items", "webhook"), MAYBE("next", "uuid"), END};
static const struct shape_member webhook_delivery[] = {ONE("id", "uuid"), ONE("webhook_id", "uuid"),
    ONE("event", "string"), ONE("state", "string"), ONE("attempts", "integer"),
    MAYBE("next_attempt_at", "time"), MAYBE("last_error", "string"), ONE("created_at", "time"),
    MAYBE("settled_at", "time"), END};
static const struct shape_member webhook_delivery_list[] = {
    MANY("items", "webhook_delivery"), MAYBE("next", "uuid"), END};
static const struct shape_member account_status[] = {MAYBE("deletion_status", "string"),
    MAYBE("requested_at", "time"), MAYBE("scheduled_for", "time"), MAYBE("reason", "string"), END};
static const struct shape_member user[] = {ONE("id", "uuid"), MAYBE("email", "string"),
    ONE("display_name", "string"), ONE("role", "string"), ONE("created_at", "time"),
    MAYBE("deletion_status", "string"), MAYBE("deleted_at", "time"), MAYBE("deletion_id", "uuid"),
    END};
static const struct shape_member user_list[] = {MANY("items", "user"), MAYBE("next", "uuid"), END};
static const struct shape_member cleanup_started[] = {
    ONE("unfinished", "boolean"), ONE("paused", "boolean"), END};
static const struct shape_member event[] = {
    ONE("id", "uuid"), ONE("title", "string"), ONE("starts_at", "time"), END};
static const struct shape_member settled_event[] = {ONE("id", "uuid"), ONE("title", "string"),
    ONE("starts_at", "time"), MAYBE("created_by", "uuid"), END};
static const struct shape_member problem[] = {ONE("type", "string"), ONE("title", "string"),
    ONE("status", "integer"), ONE("detail", "string"), ONE("code", "string"),
    SOMETIMES("field", "string"), SOMETIMES("deletion_id", "uuid"), SOMETIMES("request_id", "uuid"),
    SOMETIMES("site_id", "uuid"), SOMETIMES("user_id", "uuid"),
    {.name = "events", .type = "event", .is_list = true, .is_optional = true}, END};

const struct shape shapes[] = {
    {"photo", photo, NULL},
    {"photo_list", photo_list, NULL},
    {"counts", NULL, NULL},
    {"progress", progress, NULL},
    {"deletion", deletion, NULL},
    {"deletion_list", deletion_list, NULL},
    {"receipt", receipt, NULL},
    {"deleted", deleted, NULL},
    {"content", content, NULL},
    {"content_list", content_list, NULL},
    {"audit_entry", audit_entry, NULL},
    {"audit_list", audit_list, NULL},
    {"cleanup", cleanup, NULL},
    {"cleanup_list", cleanup_list, NULL},
    {"cleanup_retry", cleanup_retry, NULL},
    {"stats_count", stats_count, NULL},
    {"stats_overdue", stats_overdue, NULL},
    {"stats_turnover", stats_turnover, NULL},
    {"stats_day", stats_day, NULL},
    {"stats_shelf", stats_shelf, NULL},
    {"stats_shelves", stats_shelves, NULL},
    {"stats_queue", stats_queue, NULL},
    {"stats_queues", stats_queues, NULL},
    {"stats_requester", stats_requester, NULL},
    {"stats", stats, NULL},
    {"bulk_item", bulk_item, NULL},
    {"bulk_result", bulk_result, NULL},
    {"archive_batch", archive_batch, NULL},
    {"impact", impact, NULL},
    {"project_deleted", project_deleted, NULL},
    {"site_deleted", site_deleted, NULL},
    {"claim", claim, NULL},
    {"request", request, NULL},
    {"request_list", request_list, NULL},
    {"settings", settings, NULL},
    {"webhook", webhook, NULL},
    {"webhook_created", webhook_created, NULL},
    {"webhook_list", webhook_list, NULL},
    {"webhook_delivery", webhook_delivery, NULL},
    {"webhook_delivery_list", webhook_delivery_list, NULL},
    {"account_status", account_status, NULL},
    {"export", export, NULL},
    {"user", user, NULL},
    {"user_list", user_list, NULL},
    {"cleanup_started", cleanup_started, NULL},
    {"place", place, NULL},
    {"place_list", place_list, NULL},
    {"share", share, NULL},
    {"generation", generation, NULL},
    {"access_token", access_token, NULL},
    {"reauth_token", reauth_token, NULL},
    {"health", health, NULL},
    {"event", event, NULL},
    {"settled_event", settled_event, NULL},
    {"problem", problem, "application/problem+json"},
    {"openapi", NULL, NULL},
    {"file", NULL, "image/*"},
    {"archive", NULL, "application/zip"},
    {"metrics", NULL, "text/plain"},
};

const size_t shape_count = sizeof(shapes) / sizeof(shapes[0]);
