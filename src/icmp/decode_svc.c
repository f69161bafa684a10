// SPDX-License-Identifier: GPL-2.0-or-later
/* Service parameters of a resolver: RFC 9460 */
#include "decode_svc.h"

/* Section 2.2: a key, the length of its value, and the value. */
bool svc_param_next(struct span *params, struct svc_param *param)
{
	struct span s = *params;
	const uint8_t *h = take(&s, 4);

	if (!h)
		return false;
	param->key = be16(h);
	param->value.size = be16(h + 2);
	param->value.data = take(&s, param->value.size);
	if (!param->value.data)
		return false;
	*params = s;
	return true;
}

bool svc_alpn_next(struct span *value, struct span *name)
{
	struct span s = *value;
	const uint8_t *h = take(&s, 1);

	if (!h || !*h)
		return false;
	name->size = *h;
	name->data = take(&s, name->size);
	if (!name->data)
		return false;
	*value = s;
	return true;
}

static bool is_alpn(struct span value)
{
	struct span name;

	if (!value.size)
		return false;
	while (svc_alpn_next(&value, &name))
		;
	return !value.size;
}

/* Section 7, and RFC 9461, section 5, for dohpath. */
static bool is_value(const struct svc_param *param)
{
	size_t size = param->value.size;

	switch (param->key) {
	case SVC_MANDATORY:
		return size && size % 2 == 0;
	case SVC_ALPN:
		return is_alpn(param->value);
	case SVC_NO_DEFAULT_ALPN:
		return !size;
	case SVC_PORT:
		return size == 2;
	case SVC_DOHPATH:
		return size;
	default:
		return true;
	}
}

/* Section 2.2: in the order of their keys, and none of them twice. */
bool svc_params_are_valid(struct span params)
{
	struct svc_param param;
	int32_t last = -1;

	while (svc_param_next(&params, &param)) {
		if (param.key <= last || !is_value(&param))
			return false;
		last = param.key;
	}
	return !params.size;
}
