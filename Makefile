# Tests are real: `make test` starts slapd and a SCIM service (testservers).
# Tests that take minutes are in *_soak_test.go behind the build tag soak, so
# that no test is skipped at run time. Benchmarks take the number of people
# from LDAP2SCIM_BENCH_PEOPLE.

FUZZTIME ?= 30s
PEOPLE   ?= 1000000
SEED     ?= $(shell date +%s)

.DEFAULT_GOAL := help
.PHONY: build servers test lint fuzz soak bench bench-full demo help

build: ## the program, in bin/
	CGO_ENABLED=0 go build -trimpath -o bin/ ./cmd/ldap2scim

servers: ## install what the tests start: slapd, ldap-utils, samba, chromium, the SCIM service's node modules
	testservers/install.sh

test: servers ## all tests but the long ones, with the race detector, in random order; SEED chooses the faults
	@echo "SEED=$(SEED) chooses the same kills and faults again"
	LDAP2SCIM_SEED=$(SEED) go test -race -shuffle=on -timeout=15m ./...

lint: ## format, vet, linters (.golangci.yml), tidy modules
	.ci/lint

fuzz: ## every fuzz target, for FUZZTIME each (30s)
	.ci/fuzz $(FUZZTIME)

soak: servers ## the long tests: kills, faults and repetitions over minutes; SEED chooses them
	@echo "SEED=$(SEED) chooses the same kills and faults again"
	LDAP2SCIM_SEED=$(SEED) go test -tags=soak -run=Soak -timeout=60m -v ./...

bench: servers ## the benchmarks
	go test -run='^$$' -bench=. -benchmem ./...

bench-full: servers ## the benchmarks at full size, PEOPLE people (1,000,000) each
	LDAP2SCIM_BENCH_PEOPLE=$(PEOPLE) go test -run='^$$' -bench=. -benchmem -benchtime=1x -timeout=60m ./...

demo: build ## a whole migration against a built-in directory and service
	bin/ldap2scim demo

help: ## this list
	@sed -nE 's/^([a-z-]+):.*## (.*)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 12
