/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sentences of the doctor */
#ifndef KCTL_DOCTOR_SENTENCES_H
#define KCTL_DOCTOR_SENTENCES_H

#include "cli/error.h"

/*
 * The step of a row is the name of a finding, its hint the next command. A finding that
 * has no row here has the sentence of its errno in src/cli/error.c.
 */
extern const struct error_row doctor_sentences[];

#endif /* KCTL_DOCTOR_SENTENCES_H */
