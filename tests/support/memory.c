#include "memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

long memory_peak_kib(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_maxrss;
}

bool memory_grew_less(long before_kib, long most_kib)
{
	long grown_kib = memory_peak_kib() - before_kib;

	if (MEMORY_IS_SANITIZED || grown_kib < most_kib)
		return true;
	fprintf(stderr, "the process grew by %ld KiB, of at most %ld\n", grown_kib, most_kib);
	return false;
}

long memory_resident_kib(pid_t pid)
{
	char path[64], line[256];
	long kib = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	file = fopen(path, "r");
	if (!file)
		return -1;
	while (fgets(line, sizeof(line), file))
		if (strncmp(line, "VmRSS:", 6) == 0)
			kib = strtol(line + 6, NULL, 10);
	fclose(file);
	return kib;
}
