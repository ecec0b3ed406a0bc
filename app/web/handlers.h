/* handlers.h - what the route table names: `find` loads and asks policy, the rest answer. */
#ifndef LETHE_WEB_HANDLERS_H
#define LETHE_WEB_HANDLERS_H

#include "web.h"

#include <domain/photos.h>
#include <store/content.h>
#include <store/deletions.h>

/* find: web->subject is then a struct photo, struct deletion or struct content. */
bool find_photo(struct web *web, struct error *error);
bool find_photo_to_patch(struct web *web, struct error *error);
bool find_photo_to_share(struct web *web, struct error *error);
bool find_photo_to_generate(struct web *web, struct error *error);
bool find_photo_to_archive(struct web *web, struct error *error);
bool find_photo_to_delete(struct web *web, struct error *error);
bool find_photo_to_moderate(struct web *web, struct error *error);
bool find_photo_to_restore(struct web *web, struct error *error);
bool find_photo_to_delete_forever(struct web *web, struct error *error);
bool find_deletion(struct web *web, struct error *error);
bool find_deletion_to_restore(struct web *web, struct error *error);
bool find_content(struct web *web, struct error *error);

/* A struct request that the actor may see; a struct photo whose deletion they may ask for (NULL
 * where the field `photo` names none that could be). */
bool find_request(struct web *web, struct error *error);
bool find_photo_to_ask(struct web *web, struct error *error);

/* The generation whose result the actor may deliver; web->subject stays NULL. */
bool find_generation(struct web *web, struct error *error);

/* permit: what the inputs ask for is this actor's to ask for. */
bool permit_content(struct web *web, struct error *error);
bool permit_photo_list(struct web *web, struct error *error);
bool permit_bulk_archive(struct web *web, struct error *error);
bool permit_patch(struct web *web, struct error *error);
bool permit_requests(struct web *web, struct error *error);

/* A struct place: the live site (to administer: for admins), or the project, site, album or
 * organisation that the actor may delete, or the organisation to restore; those deleted as well. */
bool find_site(struct web *web, struct error *error);
bool find_cleanup_to_retry(struct web *web, struct error *error);
bool find_claim_to_decide(struct web *web, struct error *error);
bool find_project_to_delete(struct web *web, struct error *error);
bool find_site_to_delete(struct web *web, struct error *error);
bool find_album(struct web *web, struct error *error);
bool find_album_to_delete(struct web *web, struct error *error);
bool find_organization_to_delete(struct web *web, struct error *error);
bool find_organization_to_restore(struct web *web, struct error *error);

/* The photo is archived or in the trash: else invalid "not_archived_or_trashed". */
bool check_photo_set_aside(struct web *web, struct error *error);

/* The typed name is that of web->subject: a struct place. */
bool check_confirmation(struct web *web, struct error *error);

/* api/ */
bool api_impact(struct web *web, struct error *error);
bool api_project_delete(struct web *web, struct error *error);
bool api_site_delete(struct web *web, struct error *error);
bool api_container_delete(struct web *web, struct error *error);
bool api_organization_restore(struct web *web, struct error *error);
bool api_claim_make(struct web *web, struct error *error);
bool api_claim_decide(struct web *web, struct error *error);
bool api_settings_get(struct web *web, struct error *error);
bool api_settings_change(struct web *web, struct error *error);
bool api_request_list(struct web *web, struct error *error);
bool api_request_make(struct web *web, struct error *error);
bool api_request_review(struct web *web, struct error *error);
bool api_request_cancel(struct web *web, struct error *error);
bool api_cleanup_start(struct web *web, struct error *error);
bool api_token_create(struct web *web, struct error *error);
bool api_reauth_create(struct web *web, struct error *error);
bool api_photo_add(struct web *web, struct error *error);
bool api_photo_list(struct web *web, struct error *error);
bool api_photo_get(struct web *web, struct error *error);
bool api_photo_patch(struct web *web, struct error *error);
bool api_photo_delete(struct web *web, struct error *error);
bool api_photo_archive(struct web *web, struct error *error);
bool api_photo_restore(struct web *web, struct error *error);
bool api_photo_delete_forever(struct web *web, struct error *error);
bool api_photo_bulk_archive(struct web *web, struct error *error);
bool api_photo_bulk_delete(struct web *web, struct error *error);
bool api_photo_bulk_restore(struct web *web, struct error *error);
bool api_share_create(struct web *web, struct error *error);
bool api_share_revoke(struct web *web, struct error *error);
bool api_generation_start(struct web *web, struct error *error);
bool api_generation_result(struct web *web, struct error *error);
bool api_project_list(struct web *web, struct error *error);
bool api_site_list(struct web *web, struct error *error);
bool api_album_list(struct web *web, struct error *error);
bool api_tag_list(struct web *web, struct error *error);
bool api_organization_list(struct web *web, struct error *error);
bool api_deletion_list(struct web *web, struct error *error);
bool api_deletion_get(struct web *web, struct error *error);
bool api_deletion_restore(struct web *web, struct error *error);
bool api_content_list(struct web *web, struct error *error);
bool api_content_archive(struct web *web, struct error *error);
bool api_content_restore(struct web *web, struct error *error);
bool api_content_delete_forever(struct web *web, struct error *error);
bool api_content_delete_legacy(struct web *web, struct error *error);
bool api_stats(struct web *web, struct error *error);
bool api_audit_list(struct web *web, struct error *error);
bool api_storage_list(struct web *web, struct error *error);
bool api_storage_retry(struct web *web, struct error *error);
bool api_webhook_list(struct web *web, struct error *error);
bool api_webhook_create(struct web *web, struct error *error);
bool api_webhook_delete(struct web *web, struct error *error);
bool api_webhook_test(struct web *web, struct error *error);
bool api_webhook_deliveries(struct web *web, struct error *error);
bool api_webhook_retry(struct web *web, struct error *error);
bool api_openapi(struct web *web, struct error *error);

/* files of photos, for pages and API */
bool file_original(struct web *web, struct error *error);
bool file_thumbnail(struct web *web, struct error *error);
bool file_shared(struct web *web, struct error *error);
bool file_removal(struct web *web, struct error *error);
bool file_export(struct web *web, struct error *error);

/* api/exports.c */
bool api_me_export(struct web *web, struct error *error);
bool api_me_export_get(struct web *web, struct error *error);

/* subjects_users.c */
bool find_user(struct web *web, struct error *error);
bool find_event(struct web *web, struct error *error); /* web->subject: a struct account_event */
bool permit_user_delete(struct web *web, struct error *error);
bool waive_user_delete(const struct web *web);
bool check_user_delete(struct web *web, struct error *error);
bool check_users_delete(struct web *web, struct error *error);
bool permit_leave(struct web *web, struct error *error);
bool check_leave(struct web *web, struct error *error);
bool waive_account_delete(const struct web *web);

/* The typed name is that of the account that is to go at once. */
bool check_user_name(struct web *web, struct error *error);

/* api/accounts.c */
bool api_me_delete(struct web *web, struct error *error);
bool api_me_deletion_status(struct web *web, struct error *error);
bool api_me_deletion_cancel(struct web *web, struct error *error);
bool api_user_list(struct web *web, struct error *error);
bool api_user_get(struct web *web, struct error *error);
bool api_event_change(struct web *web, struct error *error);
bool api_user_change(struct web *web, struct error *error);
bool api_user_delete(struct web *web, struct error *error);
bool api_user_bulk_delete(struct web *web, struct error *error);
bool api_user_restore(struct web *web, struct error *error);
bool api_user_impact(struct web *web, struct error *error);

/* system.c */
bool system_health(struct web *web, struct error *error);
bool system_ready(struct web *web, struct error *error);
bool system_metrics(struct web *web, struct error *error);
bool system_live(struct web *web, struct error *error);

/* pages/ */
bool page_login(struct web *web, struct error *error);
bool page_login_send(struct web *web, struct error *error);
bool page_logout(struct web *web, struct error *error);
bool page_logout_send(struct web *web, struct error *error);
bool page_sso_send(struct web *web, struct error *error);
bool page_reauth(struct web *web, struct error *error);
bool page_reauth_send(struct web *web, struct error *error);
bool page_account(struct web *web, struct error *error);
bool page_account_name_send(struct web *web, struct error *error);
bool page_account_notices_send(struct web *web, struct error *error);
bool page_export(struct web *web, struct error *error);
bool page_export_send(struct web *web, struct error *error);
bool page_account_delete(struct web *web, struct error *error);
bool page_account_delete_send(struct web *web, struct error *error);
bool page_account_deletion(struct web *web, struct error *error);
bool page_account_deletion_cancel_send(struct web *web, struct error *error);
bool page_account_confirm(struct web *web, struct error *error);
bool page_account_confirm_send(struct web *web, struct error *error);
bool page_account_cancel(struct web *web, struct error *error);
bool page_account_cancel_send(struct web *web, struct error *error);
bool page_users(struct web *web, struct error *error);
bool page_user(struct web *web, struct error *error);
bool page_user_role_send(struct web *web, struct error *error);
bool page_user_restore_send(struct web *web, struct error *error);

/* pages/events.c */
bool page_event(struct web *web, struct error *error);
bool page_event_send(struct web *web, struct error *error);
bool page_user_delete(struct web *web, struct error *error);
bool page_user_delete_send(struct web *web, struct error *error);
bool page_users_delete(struct web *web, struct error *error);
bool page_users_delete_send(struct web *web, struct error *error);
bool page_session_end_send(struct web *web, struct error *error);
bool page_sessions_end_send(struct web *web, struct error *error);
bool page_notices(struct web *web, struct error *error);
bool page_notices_send(struct web *web, struct error *error);
bool page_help(struct web *web, struct error *error);
bool page_privacy(struct web *web, struct error *error);
bool page_library(struct web *web, struct error *error);
bool page_upload(struct web *web, struct error *error);
bool page_upload_send(struct web *web, struct error *error);
bool page_photo(struct web *web, struct error *error);
bool page_photo_delete(struct web *web, struct error *error);
bool page_photo_delete_send(struct web *web, struct error *error);
bool page_photo_archive(struct web *web, struct error *error);
bool page_photo_archive_send(struct web *web, struct error *error);
bool page_photo_status_send(struct web *web, struct error *error);
bool page_photo_restore_send(struct web *web, struct error *error);
bool page_photo_forever(struct web *web, struct error *error);
bool page_photo_forever_send(struct web *web, struct error *error);
bool page_photos_delete(struct web *web, struct error *error);
bool page_photos_delete_send(struct web *web, struct error *error);
bool page_photos_archive(struct web *web, struct error *error);
bool page_photos_archive_send(struct web *web, struct error *error);
bool page_photos_restore_send(struct web *web, struct error *error);
bool page_share_send(struct web *web, struct error *error);
bool page_share_revoke_send(struct web *web, struct error *error);
bool page_shared(struct web *web, struct error *error);
bool page_trash(struct web *web, struct error *error);
bool page_trash_restore_send(struct web *web, struct error *error);
bool page_undo_send(struct web *web, struct error *error);
bool page_deletion(struct web *web, struct error *error);
bool page_deletion_restore_send(struct web *web, struct error *error);
bool page_requests(struct web *web, struct error *error);
bool page_request(struct web *web, struct error *error);
bool page_request_cancel_send(struct web *web, struct error *error);
bool page_request_new(struct web *web, struct error *error);
bool page_request_new_send(struct web *web, struct error *error);
bool page_review(struct web *web, struct error *error);
bool page_approve(struct web *web, struct error *error);
bool page_approve_send(struct web *web, struct error *error);
bool page_reject(struct web *web, struct error *error);
bool page_reject_send(struct web *web, struct error *error);
bool page_receipts(struct web *web, struct error *error);
bool page_receipts_send(struct web *web, struct error *error);
bool page_deletion_receipt(struct web *web, struct error *error);
bool api_deletion_receipt(struct web *web, struct error *error);
bool page_removal(struct web *web, struct error *error);
bool page_removal_send(struct web *web, struct error *error);
bool page_removal_link(struct web *web, struct error *error);
bool page_removal_link_send(struct web *web, struct error *error);
bool page_removal_cancel_send(struct web *web, struct error *error);
bool page_content(struct web *web, struct error *error);
bool page_content_archive_send(struct web *web, struct error *error);
bool page_content_restore_send(struct web *web, struct error *error);
bool page_content_forever(struct web *web, struct error *error);
bool page_content_forever_send(struct web *web, struct error *error);
bool page_choose_project(struct web *web, struct error *error);
bool page_choose_site(struct web *web, struct error *error);
bool page_albums(struct web *web, struct error *error);
bool page_album(struct web *web, struct error *error);
bool page_sites(struct web *web, struct error *error);
bool page_claim_send(struct web *web, struct error *error);
bool page_container_delete(struct web *web, struct error *error);
bool page_container_delete_send(struct web *web, struct error *error);
bool page_admin(struct web *web, struct error *error);
bool page_admin_photos(struct web *web, struct error *error);
bool page_archive(struct web *web, struct error *error);
bool page_archive_send(struct web *web, struct error *error);
bool page_admin_projects(struct web *web, struct error *error);
bool page_admin_sites(struct web *web, struct error *error);
bool page_claim_decide_send(struct web *web, struct error *error);
bool page_recover(struct web *web, struct error *error);
bool page_settings(struct web *web, struct error *error);
bool page_settings_send(struct web *web, struct error *error);
bool page_organizations(struct web *web, struct error *error);
bool page_organization_act_send(struct web *web, struct error *error);
bool page_organization_delete(struct web *web, struct error *error);
bool page_organization_delete_send(struct web *web, struct error *error);
bool page_organization_restore_send(struct web *web, struct error *error);
bool page_audit(struct web *web, struct error *error);
bool page_audit_export(struct web *web, struct error *error);
bool page_storage(struct web *web, struct error *error);
bool page_storage_retry_send(struct web *web, struct error *error);
bool page_webhooks(struct web *web, struct error *error);
bool page_webhook_create_send(struct web *web, struct error *error);
bool page_webhook_delete_send(struct web *web, struct error *error);
bool page_webhook_test_send(struct web *web, struct error *error);
bool page_webhook_retry_send(struct web *web, struct error *error);

#endif
