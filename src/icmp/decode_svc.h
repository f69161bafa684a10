/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Service parameters of a resolver: RFC 9460 */
#ifndef KCTL_DECODE_SVC_H
#define KCTL_DECODE_SVC_H

#include "decode.h"

/* Check that @params are whole, and that the values of known keys are. */
bool svc_params_are_valid(struct span params);

#endif /* KCTL_DECODE_SVC_H */
