/* route_inputs.h - the inputs that the route table names. */
#ifndef LETHE_WEB_ROUTE_INPUTS_H
#define LETHE_WEB_ROUTE_INPUTS_H

#include "route.h"

#include <store/photos.h>

extern const struct web_input in_token[];
extern const struct web_input in_login[];
extern const struct web_input in_login_page[];
extern const struct web_input in_sso[];
extern const struct web_input in_reauth_page[];
extern const struct web_input in_reauth_send[];
extern const struct web_input in_reauth[];
extern const struct web_input in_account_name[];
extern const struct web_input in_account_notices[];
extern const struct web_input in_upload[];
extern const struct web_input in_upload_page[];
extern const struct web_input in_photo_list[];
extern const struct web_input in_library[];
extern const struct web_input in_notice[];
extern const struct web_input in_reason[];
extern const struct web_input in_patch[];
extern const struct web_input in_status[];
extern const struct web_input in_forever[];
extern const struct web_input in_forever_page[];
extern const struct web_input in_bulk[];
extern const struct web_input in_bulk_archive[];
extern const struct web_input in_selection[];
extern const struct web_input in_share[];
extern const struct web_input in_share_page[];
extern const struct web_input in_result[];
extern const struct web_input in_list[];
extern const struct web_input in_deletions[];
extern const struct web_input in_restore[];
extern const struct web_input in_trash[];
extern const struct web_input in_deletion[];
extern const struct web_input in_undo[];
extern const struct web_input in_content_list[];
extern const struct web_input in_content_page[];
extern const struct web_input in_content[];
extern const struct web_input in_content_forever[];
extern const struct web_input in_audit[];
extern const struct web_input in_audit_export[];
extern const struct web_input in_storage[];
extern const struct web_input in_storage_page[];
extern const struct web_input in_impact[];
extern const struct web_input in_impact_of_all[];
extern const struct web_input in_container_delete[];
extern const struct web_input in_organization_delete[];
extern const struct web_input in_container_delete_page[];
extern const struct web_input in_organization_delete_page[];
extern const struct web_input in_organization_act[];
extern const struct web_input in_choose[];
extern const struct web_input in_place_page[];
extern const struct web_input in_album[];
extern const struct web_input in_sites_page[];
extern const struct web_input in_decision[];
extern const struct web_input in_requests[];
extern const struct web_input in_recover_page[];
extern const struct web_input in_account_page[];
extern const struct web_input in_trash_restore[];
extern const struct web_input in_admin_photos[];
extern const struct web_input in_archive_page[];
extern const struct web_input in_archive_send[];
extern const struct web_input in_settings[];
extern const struct web_input in_settings_page[];
extern const struct web_input in_webhook[];
extern const struct web_input in_webhooks_page[];
extern const struct web_input in_webhook_deliveries[];
extern const struct web_input in_requests_page[];
extern const struct web_input in_review_page[];
extern const struct web_input in_request_new_page[];
extern const struct web_input in_request_new[];
extern const struct web_input in_decide[];
extern const struct web_input in_receipts[];
extern const struct web_input in_removal_page[];
extern const struct web_input in_removal[];
extern const struct web_input in_removal_link[];
extern const struct web_input in_leave[];
extern const struct web_input in_leave_page[];
extern const struct web_input in_leave_send[];
extern const struct web_input in_users_page[];
extern const struct web_input in_user_page[], in_user_delete_page[];
extern const struct web_input in_user_delete_send[];
extern const struct web_input in_user_bulk_send[];
extern const struct web_input in_users[];
extern const struct web_input in_event_page[];
extern const struct web_input in_event_send[];
extern const struct web_input in_event[];
extern const struct web_input in_user_role[];
extern const struct web_input in_user_delete[];
extern const struct web_input in_user_bulk[];

#endif
