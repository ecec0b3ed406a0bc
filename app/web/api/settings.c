/* settings.c - the API of windows and switches. */
#include "../answer.h"
#include "../handlers.h"
#include "../input.h"
#include "../present.h"

#include <domain/settings.h>

bool api_settings_get(struct web *web, struct error *error)
{
	struct settings settings;

	return settings_get(web->domain, &web->actor, web->arena, &settings, error) &&
	       api_answer(web, present_settings(web, &settings));
}

bool api_settings_change(struct web *web, struct error *error)
{
	struct settings_change change = {0};
	struct settings settings;

	for (size_t i = 0; i < SETTING_COUNT; i++) {
		const struct web_value *value = input_get(web, setting_rule((enum setting)i)->name);
		change.given[i] = value->present;
		change.values[i] = value->integer;
	}
	return settings_change(web->domain, &web->actor, web->arena, &change, &settings, error) &&
	       api_answer(web, present_settings(web, &settings));
}
