# Lethe. `make run` runs it on this machine, `make test` tests it; `make help` lists the rest.
#
#   SANITIZER=address,undefined   build (and test) with these sanitizers, in a folder of its own
#   BUILD=folder                  where everything that is made goes
#   CC=clang                      another compiler
#   V=1                           show the commands

MAKEFLAGS += --no-builtin-rules
.SUFFIXES:
.DELETE_ON_ERROR:
.SECONDARY:

ifeq ($(origin CC),default)
CC := gcc
endif

SANITIZER ?=
ifeq ($(SANITIZER),)
BUILD ?= build
else ifneq ($(findstring thread,$(SANITIZER)),)
BUILD ?= build-tsan
else
BUILD ?= build-asan
endif

# --- flags ---------------------------------------------------------------------------------

PACKAGES  := libmariadb libsodium libcrypto jansson libcurl libarchive libmagic zlib
WARNINGS  := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla \
             -Wformat=2 -Wconversion -Wno-sign-conversion
# Asked for only when something is compiled: before `make run` has installed it, pkg-config may be missing.
PKG_CFLAGS = $(eval PKG_CFLAGS := $(shell pkg-config --cflags $(PACKAGES)))$(PKG_CFLAGS)
PKG_LIBS   = $(eval PKG_LIBS := $(shell pkg-config --libs $(PACKAGES)))$(PKG_LIBS)

DIALECT   := -std=c11 -D_GNU_SOURCE -Iinclude -DLETHE_SHARE_DIR="\"$(CURDIR)\""
OPTIMISE  ?= -O2 -g
HARDEN    := -fPIE -fstack-protector-strong -fstack-clash-protection -fcf-protection
HARDEN_LD := -pie -Wl,-z,relro,-z,now,-z,noexecstack
ifeq ($(SANITIZER),)
HARDEN    += -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
else
SANITIZE  := -fsanitize=$(SANITIZER) -fno-sanitize-recover=all -fno-omit-frame-pointer
endif

CFLAGS_ALL = $(DIALECT) $(WARNINGS) $(OPTIMISE) $(HARDEN) $(SANITIZE) -pthread $(PKG_CFLAGS) $(CFLAGS)
LDFLAGS_ALL = $(HARDEN_LD) $(SANITIZE) -pthread $(LDFLAGS)
LIBS       = -lfcgi $(PKG_LIBS) -lm

# --- what there is -------------------------------------------------------------------------

# LAYERS="base db" builds only these, to test one layer while another is being changed.
SOURCES    := $(sort $(filter-out app/main.c,$(shell find $(if $(LAYERS),$(LAYERS:%=app/%),app) -name '*.c')))
SUPPORT    := $(sort $(wildcard tests/support/*.c))
# Every *_test.c is a test program; *_cli.c are small programs that tests in other languages drive.
TESTS      := $(sort $(wildcard tests/unit/*_test.c tests/spec/*_test.c tests/store/*_test.c \
                tests/http/*_test.c tests/fault/*_test.c))
TOOLS      := $(sort $(wildcard tests/spec/*_cli.c tests/http/*_cli.c tests/fault/*_cli.c tests/e2e/*_cli.c \
                tests/bench/*.c))
FUZZERS    := $(sort $(wildcard tests/fuzz/*_fuzz.c))
# Programs that look at all of Lethe (each statement, each route) and so are linked with every object of it.
WHOLE      := tests/store/statements_test tests/store/schema_test tests/http/routes_pages_test \
              tests/http/routes_api_test tests/bench/bare

OBJECTS    := $(SOURCES:%.c=$(BUILD)/obj/%.o)
PROGRAMS   := $(TESTS:%.c=$(BUILD)/%) $(TOOLS:%.c=$(BUILD)/%)
ALL_C      := $(SOURCES) $(wildcard app/main.c) $(SUPPORT) $(TESTS) $(TOOLS) $(FUZZERS)

# --- goals ---------------------------------------------------------------------------------

.PHONY: all programs run test bench lint tidy fuzz clean help FORCE
.DEFAULT_GOAL := all

all: $(if $(wildcard app/main.c),$(BUILD)/lethe,$(BUILD)/liblethe.a)

programs: $(PROGRAMS)

# Started directly, not by a shell, so that Ctrl-C and SIGTERM reach it once and it can stop in order.
run:
	@app/run/run.sh

test:
	@tests/run.sh $(ONLY)

# One row alone: `make bench ROW=trash_page` or `make bench trash_page`.
BENCH_ROWS := trash_page trash_flat library_flat delete_latency marking purge interference every_page memory overload
ROW ?= $(filter $(BENCH_ROWS),$(MAKECMDGOALS))
.PHONY: $(BENCH_ROWS)
$(BENCH_ROWS): bench ; @:
bench:
	@tests/bench/run.sh $(ROW)

lint:
	@tests/lint/lint.sh

fuzz:
	@tests/fuzz/run.sh $(ONLY)

clean:
	rm -rf build build-*

help:
	@sed -n 's/^# \{0,1\}//p;/^$$/q' Makefile
	@echo 'Goals: all programs run test bench lint fuzz clean; `make test ONLY="unit store"` runs some sections.'

# What is done in a line each; V=1 shows the commands.
ifeq ($(V),)
say = @printf '  %-5s %s\n' $(1) $(2);
endif

# --- rules ---------------------------------------------------------------------------------

# Rewritten only when the flags or the list of sources change; what is built from them follows.
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' '$(subst ','\'',$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL))' > $@.new; \
	if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi
$(BUILD)/sources: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' $(SOURCES) > $@.new; if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi

$(BUILD)/obj/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,CC,$@)$(CC) $(CFLAGS_ALL) -MMD -MP -MT $@ -MT $(BUILD)/tidy/$*.ok -c $< -o $@

$(BUILD)/liblethe.a: $(OBJECTS) $(BUILD)/sources
	@rm -f $@
	$(call say,AR,$@)ar rcs $@ $(OBJECTS)

$(BUILD)/libsupport.a: $(SUPPORT:%.c=$(BUILD)/obj/%.o) $(BUILD)/sources
	@rm -f $@
	$(call say,AR,$@)ar rcs $@ $(filter %.o,$^)

$(BUILD)/lethe: $(BUILD)/obj/app/main.o $(BUILD)/liblethe.a
	$(call say,LINK,$@)$(CC) $(LDFLAGS_ALL) -o $@ $^ $(LIBS)

$(PROGRAMS): $(BUILD)/tests/%: $(BUILD)/obj/tests/%.o $(BUILD)/libsupport.a $(BUILD)/liblethe.a
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CC) $(LDFLAGS_ALL) -o $@ $< $(BUILD)/libsupport.a \
	    $(if $(filter tests/$*,$(WHOLE)),-Wl$(comma)--whole-archive $(BUILD)/liblethe.a -Wl$(comma)--no-whole-archive,$(BUILD)/liblethe.a) \
	    -lcmocka $(LIBS)
comma := ,

# A fuzz target: the whole library and the target instrumented by clang (tests/fuzz/run.sh sets that up).
$(BUILD)/tests/fuzz/%_fuzz: $(BUILD)/obj/tests/fuzz/%_fuzz.o $(BUILD)/liblethe.a
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CC) $(LDFLAGS_ALL) -fsanitize=fuzzer -o $@ $< $(BUILD)/liblethe.a $(LIBS)
fuzzers: $(FUZZERS:%.c=$(BUILD)/%)
.PHONY: fuzzers

# clang-tidy, file by file and only what has changed.
tidy: $(patsubst %.c,$(BUILD)/tidy/%.ok,$(filter-out $(FUZZERS),$(ALL_C)))
$(BUILD)/tidy/%.ok: %.c .clang-tidy tests/.clang-tidy $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,TIDY,$<)clang-tidy --quiet --warnings-as-errors='*' $< -- $(DIALECT) $(PKG_CFLAGS) >$@.out 2>&1 || { grep -v "warnings\{0,1\} generated" $@.out; exit 1; }
	@touch $@

print-%:
	@printf '%s\n' '$($*)'

-include $(ALL_C:%.c=$(BUILD)/obj/%.d)
